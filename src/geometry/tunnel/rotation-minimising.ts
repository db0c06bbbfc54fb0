import { type Embedding, place } from "../embedding.ts";
import { doubleReflection, type FramedPlace, smallestRotation } from "./double-reflection.ts";
import { addMultiple, checkRange, dot, type Frame, rowProducts } from "./frame.ts";
import { initialFrame, orthonormalRows, standsStill } from "./initial-frame.ts";
import { moveTo, type PathPoint, type PlacedPath, pathPoint } from "./placed-path.ts";

export interface RotationMinimisingOptions {
  /** Of t; default [−0.1, 1.1], where the published priors lie. */
  range?: readonly [from: number, to: number];
  /** The tangent turns by less than this angle (radians) between nodes; default 0.15. */
  maxTurn?: number;
  /** Largest difference between the frames from one step and from two half steps to a node; default 1e-7. */
  tolerance?: number;
}

/** The frame, and the nodes that it is stored at. */
export interface RotationMinimisingFrame extends Frame {
  /** Ascending. */
  readonly nodes: Float64Array;
  /**
   * Bounds, roughly, by how much the normals at the far end are rotated against the true ones: the sum over the steps of
   * the differences between one step and two half steps, before these are used to improve the result.
   */
  readonly errorEstimate: number;
}

interface Node extends FramedPlace {
  t: number;
  /** K − 1 rows of K. */
  normals: Float64Array;
}

/**
 * Largest angle between a frame that is turned to the next node by the smallest rotation and the one stored there. The
 * dot products of blended normals are wrong by at most 1/64 of its square, 1e-11.
 */
const MISMATCH = 2.5e-5;

/** A tangent that has not settled after so many halvings jumps. */
const HALVINGS = 30;

/**
 * The rotation-minimising frame (Bishop's): normals that turn only as the tangent makes them, N_i' = −(N_i · T') T,
 * from the initial frame at t = 0 in both directions. Other than the Frenet frame it has no flips at inflections.
 *
 * It is stored at nodes that are as dense as the path is bent, carried from one to the next by double reflection, two
 * half steps improved by what one whole step says of the error (the method is symmetric, of fourth order), and made
 * orthonormal again every few nodes, before rounding adds up.
 *
 * Between nodes j and j + 1 the normals are N(t) = (1 − w) R_j N_j + w R_{j+1} N_{j+1}, with R_j the smallest rotation
 * from T_j to the tangent T(t). So they are across T(t) to rounding, cost two products with stored matrices, and have
 * exact derivatives. The rotations R deviate from the path's own as the third power of the distance to their nodes, in
 * opposite senses from both sides; the weight w = u³ / (u³ + (1 − u)³), u ∈ [0, 1] between the nodes, makes these
 * deviations cancel, and the frame twice differentiable at the nodes. Beyond the range the last node goes on alone.
 *
 * @throws where the path stands still or its tangent jumps (a polygonal chain)
 */
export function rotationMinimisingFrame(
  curve: PlacedPath,
  { range = [-0.1, 1.1], maxTurn = 0.15, tolerance = 1e-7 }: RotationMinimisingOptions = {},
): RotationMinimisingFrame {
  checkRange(range);
  const K = curve.anchors.dimension;
  const walker = { curve, maxTurn, tolerance, errors: 0 };
  const start: Node = { ...placeAt(curve, 0), t: 0, normals: initialFrame(curve).subarray(K) };
  const back = walk(walker, start, range[0]).reverse();
  const nodes = [...back, start, ...walk(walker, start, range[1])];
  // Also for a range that starts at 0.
  const bins = nodes.length - 1;
  const ts = Float64Array.from(nodes, ({ t }) => t);
  const stored: Embedding[] = nodes.map(({ normals }) => ({ dimension: K, points: normals }));
  const tangents = nodes.map(({ tangent }) => tangent);
  const [left, right, scratch] = [side(K), side(K), new Float64Array(K - 1)];

  /** Prepares both sides and the weight of the right one for the point; returns the index of the bin. */
  function enter({ t, tangent, turn }: PathPoint): number {
    let low = 0;
    let high = bins;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ts[middle] <= t) low = middle;
      else high = middle;
    }
    const width = ts[low + 1] - ts[low];
    const u = Math.min(1, Math.max(0, (t - ts[low]) / width));
    const [a, b] = [u * u * u, (1 - u) ** 3];
    right.weight = a / (a + b);
    right.weightSlope = (3 * (u * (1 - u)) ** 2) / ((a + b) ** 2 * width);
    left.weight = 1 - right.weight;
    left.weightSlope = -right.weightSlope;
    aim(left, tangents[low], tangent, turn);
    aim(right, tangents[low + 1], tangent, turn);
    return low;
  }

  return {
    curve,
    range,
    nodes: ts,
    errorEstimate: walker.errors,
    offset(point, xi, offset, derivative) {
      const bin = enter(point);
      offset.fill(0);
      derivative.fill(0);
      place(stored[bin], xi, left.vector);
      addTurned(left, point, offset, derivative);
      place(stored[bin + 1], xi, right.vector);
      addTurned(right, point, offset, derivative);
    },
    components(point, g, out) {
      const bin = enter(point);
      turnBack(left, point.tangent, g);
      turnBack(right, point.tangent, g);
      rowProducts(stored[bin].points, left.vector, out);
      rowProducts(stored[bin + 1].points, right.vector, scratch);
      for (let i = 0; i < out.length; i++) out[i] += scratch[i];
    },
  };
}

function placeAt(curve: PlacedPath, t: number): FramedPlace {
  const { position, tangent, speed } = moveTo(curve, t, pathPoint(curve));
  if (!(speed > 0)) throw standsStill(t);
  return { position, tangent };
}

interface Walker {
  curve: PlacedPath;
  maxTurn: number;
  tolerance: number;
  errors: number;
}

/** The nodes from t = 0, exclusive, to an end of the range. */
function walk(walker: Walker, start: Node, end: number): Node[] {
  // Cells to start from, so that no bend hides between the ends and the middle of a step.
  const cells = Math.ceil(Math.abs(end) * Math.max(8, 2 * walker.curve.path.anchors));
  const nodes: Node[] = [];
  let last = start;
  for (let cell = 1; cell <= cells; cell++) {
    nodes.push(...step(walker, last, (end * cell) / cells, HALVINGS));
    last = nodes[nodes.length - 1];
    last.normals = orthonormalRows(rowsOf(last), last.tangent.length).subarray(last.tangent.length);
  }
  return nodes;
}

/** The node at t, after those between that are needed. */
function step(walker: Walker, from: Node, t: number, halvings: number): Node[] {
  const { curve, maxTurn, tolerance } = walker;
  const middle = placeAt(curve, (from.t + t) / 2);
  const to = placeAt(curve, t);
  const turn = angleOf(from.tangent, middle.tangent) + angleOf(middle.tangent, to.tangent);
  if (turn < maxTurn) {
    const once = doubleReflection(from, to, from.normals);
    const twice = doubleReflection(middle, to, doubleReflection(from, middle, from.normals));
    const error = difference(once, twice);
    const mismatch = difference(smallestRotation(from.tangent, to.tangent, from.normals), twice);
    if (error < tolerance && mismatch < MISMATCH) {
      walker.errors += error;
      // Richardson: of a symmetric method of fourth order, two half steps err by 1/16 of one step.
      return [{ ...to, t, normals: twice.map((x, at) => x + (x - once[at]) / 15) }];
    }
  }
  if (halvings === 0) {
    throw new RangeError(
      `The tangent of the path jumps near t = ${t}; a frame needs a path without bends, such as a Bézier curve.`,
    );
  }
  const before = step(walker, from, (from.t + t) / 2, halvings - 1);
  return [...before, ...step(walker, before[before.length - 1], t, halvings - 1)];
}

/** The tangent and the normals. */
function rowsOf({ tangent, normals }: Node): Float64Array[] {
  const K = tangent.length;
  return [tangent, ...Array.from({ length: K - 1 }, (_, i) => normals.subarray(i * K, (i + 1) * K))];
}

/** Between unit vectors, accurate for small angles. */
function angleOf(p: Float64Array, q: Float64Array): number {
  return 2 * Math.atan2(Math.hypot(...p.map((x, d) => x - q[d])), Math.hypot(...p.map((x, d) => x + q[d])));
}

/** The angle, while it is small, by which one frame is rotated against another: one plane counts twice. */
function difference(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] - b[at]) ** 2;
  return Math.sqrt(sum / 2);
}

/** What the smallest rotation from a node to the point needs, R v = v − (T · v) p (T + T_j), p = 1 / (1 + T · T_j). */
interface Side {
  /** T + T_j */
  readonly sum: Float64Array;
  p: number;
  pSlope: number;
  weight: number;
  weightSlope: number;
  readonly vector: Float64Array;
}

function side(K: number): Side {
  return {
    sum: new Float64Array(K),
    p: 0,
    pSlope: 0,
    weight: 0,
    weightSlope: 0,
    vector: new Float64Array(K),
  };
}

function aim(side: Side, node: Float64Array, tangent: Float64Array, turn: Float64Array): void {
  for (let d = 0; d < node.length; d++) side.sum[d] = node[d] + tangent[d];
  side.p = 1 / (1 + dot(node, tangent));
  side.pSlope = -side.p * side.p * dot(node, turn);
}

/** Adds w R v to the offset and (w R v)' to its derivative, for the vector v across the tangent of the node. */
function addTurned(side: Side, point: PathPoint, offset: Float64Array, derivative: Float64Array): void {
  const { sum, p, pSlope, weight, weightSlope, vector } = side;
  const along = dot(point.tangent, vector);
  const alongSlope = dot(point.turn, vector);
  const back = -along * p;
  const backSlope = -(alongSlope * p + along * pSlope);
  addMultiple(offset, weight, vector);
  addMultiple(offset, weight * back, sum);
  addMultiple(derivative, weightSlope, vector);
  addMultiple(derivative, weightSlope * back + weight * backSlope, sum);
  addMultiple(derivative, weight * back, point.turn);
}

/** Writes the vector whose products with the normals of the node are those of w R N_i with g. */
function turnBack({ sum, p, weight, vector }: Side, tangent: Float64Array, g: Float64Array): void {
  const along = weight * p * dot(sum, g);
  for (let d = 0; d < g.length; d++) vector[d] = weight * g[d] - along * tangent[d];
}
