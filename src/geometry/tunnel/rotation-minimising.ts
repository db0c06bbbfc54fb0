import { type Embedding, place } from "../embedding.ts";
import { doubleReflection, type FramedPlace, smallestRotation } from "./double-reflection.ts";
import { checkRange, type Frame } from "./frame.ts";
import { initialFrame, orthonormalRows, standsStill } from "./initial-frame.ts";
import { moveTo, type PlacedPath, pathPoint, positionOf } from "./placed-path.ts";
import { rowProducts } from "./products.ts";

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
  const ts = Float64Array.from(nodes, ({ t }) => t);
  const bins = nodes.slice(1).map((right, j) => binBetween(nodes[j], right));
  // The combinations of the normals of both sides, and vectors for products with them.
  const sides = new Float64Array(2 * K);

  function binAt(t: number): Bin {
    let low = 0;
    let high = bins.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ts[middle] <= t) low = middle;
      else high = middle;
    }
    return bins[low];
  }

  return {
    curve,
    range,
    nodes: ts,
    errorEstimate: walker.errors,
    offset({ t, tangent, turn }, xi, offset, derivative) {
      const { from, width, left, right, normals } = binAt(t);
      place(normals, xi, sides);
      let [tl, tr, tv, tw, sl, sr, sv, sw] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let d = 0; d < K; d++) {
        const x = tangent[d];
        const y = turn[d];
        tl += x * left[d];
        sl += y * left[d];
        tr += x * right[d];
        sr += y * right[d];
        tv += x * sides[d];
        sv += y * sides[d];
        tw += x * sides[K + d];
        sw += y * sides[K + d];
      }
      const u = Math.min(1, Math.max(0, (t - from) / width));
      const [a, b] = [u * u * u, (1 - u) ** 3];
      const w = a / (a + b);
      const slope = (3 * (u * (1 - u)) ** 2) / ((a + b) ** 2 * width);
      // R v = v − p (T_j + T) with p = T · v / (1 + T · T_j), for v from the left and w from the right.
      const p = tv / (1 + tl);
      const q = tw / (1 + tr);
      const pSlope = (sv - p * sl) / (1 + tl);
      const qSlope = (sw - q * sr) / (1 + tr);
      const [leftShare, rightShare] = [(1 - w) * p, w * q];
      const leftSlope = (1 - w) * pSlope - slope * p;
      const rightSlope = w * qSlope + slope * q;
      for (let d = 0; d < K; d++) {
        const v = sides[d];
        const across = sides[K + d] - v;
        const x = tangent[d];
        const l = left[d] + x;
        const r = right[d] + x;
        offset[d] = v + w * across - leftShare * l - rightShare * r;
        derivative[d] = slope * across - leftSlope * l - rightSlope * r - (leftShare + rightShare) * turn[d];
      }
    },
    components({ t, tangent }, g, out) {
      const { from, width, left, right, normals } = binAt(t);
      let [tl, tr, tg, lg, rg] = [0, 0, 0, 0, 0];
      for (let d = 0; d < K; d++) {
        const x = tangent[d];
        const y = g[d];
        tl += x * left[d];
        tr += x * right[d];
        tg += x * y;
        lg += left[d] * y;
        rg += right[d] * y;
      }
      const u = Math.min(1, Math.max(0, (t - from) / width));
      const [a, b] = [u * u * u, (1 - u) ** 3];
      const w = a / (a + b);
      // R v · g = v · (g − (T_j + T) · g / (1 + T · T_j) T) for v across T_j.
      const p = ((1 - w) * (lg + tg)) / (1 + tl);
      const q = (w * (rg + tg)) / (1 + tr);
      for (let d = 0; d < K; d++) {
        sides[d] = (1 - w) * g[d] - p * tangent[d];
        sides[K + d] = w * g[d] - q * tangent[d];
      }
      rowProducts(normals.points, sides, out);
    },
  };
}

/** What lies between two nodes: their tangents, and their normals side by side in K − 1 rows of 2 K. */
interface Bin {
  from: number;
  width: number;
  left: Float64Array;
  right: Float64Array;
  normals: Embedding;
}

function binBetween(left: Node, right: Node): Bin {
  const K = left.tangent.length;
  const points = new Float64Array(2 * left.normals.length);
  for (let at = 0; at < left.normals.length; at += K) {
    points.set(left.normals.subarray(at, at + K), 2 * at);
    points.set(right.normals.subarray(at, at + K), 2 * at + K);
  }
  return {
    from: left.t,
    width: right.t - left.t,
    left: left.tangent,
    right: right.tangent,
    normals: { dimension: 2 * K, points },
  };
}

function placeAt(curve: PlacedPath, t: number): FramedPlace {
  const point = moveTo(curve, t, pathPoint(curve));
  if (!(point.speed > 0)) throw standsStill(t);
  return { position: positionOf(curve, point), tangent: point.tangent };
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
      `The tangent of the path jumps near t = ${t.toFixed(4)}; a frame needs a path without bends or stops, such as a Bézier curve whose neighbouring control points differ.`,
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
