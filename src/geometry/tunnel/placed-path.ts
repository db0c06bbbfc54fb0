import type { PathMap } from "../../subspace/index.ts";
import { type Embedding, place } from "../embedding.ts";
import { gramOf } from "../gram.ts";
import { pathLength } from "../length.ts";
import { rowProducts } from "./products.ts";

/** A path in R^K: a map and the places of its anchors, as an affine span or `embed` gives them. */
export interface PlacedPath {
  readonly path: PathMap;
  /** m rows of K coordinates. */
  readonly anchors: Embedding;
  /** The same, transposed: K × m. */
  readonly columns: Float64Array;
}

/** Where a placed path is at t and how it moves; memory to be moved along the path with `moveTo`. */
export interface PathPoint {
  t: number;
  /** B'(t) and B''(t), length K each. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** |B'(t)| */
  speed: number;
  /** T = B'/|B'| and dT/dt; NaN where the path stands still. */
  readonly tangent: Float64Array;
  readonly turn: Float64Array;
  /** The coefficients c(t), c'(t) and c''(t) of the path. */
  readonly coefficients: readonly [Float64Array, Float64Array, Float64Array];
}

/** @throws where the anchors are not as many as the path has */
export function placedPath(path: PathMap, anchors: Embedding): PlacedPath {
  const given = anchors.points.length / anchors.dimension;
  if (given !== path.anchors) {
    throw new RangeError(
      `The path has ${path.anchors} anchors and the places are of ${given}; give as many.`,
    );
  }
  const { dimension: K, points } = anchors;
  const m = path.anchors;
  const columns = Float64Array.from({ length: K * m }, (_, at) => points[(at % m) * K + Math.floor(at / m)]);
  return { path, anchors, columns };
}

/** Memory for a point of a path. */
export function pathPoint({ path, anchors }: PlacedPath): PathPoint {
  const coordinates = () => new Float64Array(anchors.dimension);
  const coefficients = () => new Float64Array(path.anchors);
  return {
    t: Number.NaN,
    first: coordinates(),
    second: coordinates(),
    speed: Number.NaN,
    tangent: coordinates(),
    turn: coordinates(),
    coefficients: [coefficients(), coefficients(), coefficients()],
  };
}

/** Moves the point to t; that costs 2 m K multiplications. */
export function moveTo({ path, columns }: PlacedPath, t: number, point: PathPoint): PathPoint {
  const { first, second, tangent, turn, coefficients } = point;
  const c1 = coefficients[1];
  const c2 = coefficients[2];
  const dimension = first.length;
  // The highest first, from which a neural curve knows the others.
  path.derivative(t, 2, c2);
  path.derivative(t, 1, c1);
  path.derivative(t, 0, coefficients[0]);
  rowProducts(columns, c1, first);
  rowProducts(columns, c2, second);
  let squared = 0;
  let product = 0;
  for (let d = 0; d < dimension; d++) {
    squared += first[d] * first[d];
    product += first[d] * second[d];
  }
  const speed = Math.sqrt(squared);
  const inverse = 1 / speed;
  const along = product / squared;
  for (let d = 0; d < dimension; d++) {
    tangent[d] = first[d] * inverse;
    turn[d] = (second[d] - along * first[d]) * inverse;
  }
  point.t = t;
  point.speed = speed;
  return point;
}

/** B(t), of the point. */
export function positionOf(
  { anchors }: PlacedPath,
  { coefficients }: PathPoint,
  out: Float64Array = new Float64Array(anchors.dimension),
): Float64Array {
  place(anchors, coefficients[0], out);
  return out;
}

/** Arc length from t = `from` to t = `to`, in the metric of the places; also outside of [0, 1]. */
export function arcLengthBetween({ path, anchors }: PlacedPath, from: number, to: number): number {
  const width = to - from;
  // Only its derivative is asked for.
  const stretched: PathMap = {
    ...path,
    derivative(t, order = 1, out = new Float64Array(path.anchors)) {
      path.derivative(from + width * t, order, out);
      for (let i = 0; i < out.length; i++) out[i] *= width ** order;
      return out;
    },
  };
  const { dimension: K, points } = anchors;
  const rows = Array.from({ length: path.anchors }, (_, i) => points.subarray(i * K, (i + 1) * K));
  return pathLength(stretched, gramOf(rows));
}
