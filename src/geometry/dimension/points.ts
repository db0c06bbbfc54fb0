import type { Embedding } from "../embedding.ts";

/**
 * N samples as rows of r coordinates. Points of a subspace of weight space come from `embed` of its Gram matrix, which
 * keeps all distances, so that the number of network parameters does not matter to any estimator.
 */
export type Points = Embedding;

/** What every estimator of intrinsic dimension returns. */
export interface DimensionEstimate {
  estimate: number;
  /** 95 % confidence interval, where the estimator has one. */
  interval?: [number, number];
  /** One estimate a point (N), where the estimator is local. */
  perPoint?: Float64Array;
  /** Further numbers of the estimator, by name. */
  details?: Record<string, number>;
}

/**
 * The number of points, N.
 *
 * @param atLeast the fewest points that the estimator can use
 * @throws RangeError where the points are too few, have no coordinates, or are not finite
 */
export function checkPoints({ dimension, points }: Points, atLeast = 1): number {
  if (!(Number.isInteger(dimension) && dimension >= 1)) {
    throw new RangeError(
      `The points have ${dimension} coordinates each; give at least one (an embedding with none means that all points coincide).`,
    );
  }
  if (points.length % dimension !== 0) {
    throw new RangeError(
      `${points.length} numbers were given, which is not a whole number of points of ${dimension} coordinates.`,
    );
  }
  const n = points.length / dimension;
  if (n < atLeast) {
    throw new RangeError(`${n} points were given; this estimator needs at least ${atLeast}.`);
  }
  const bad = points.findIndex((x) => !Number.isFinite(x));
  if (bad !== -1) {
    throw new RangeError(
      `Coordinate ${bad % dimension} of point ${Math.floor(bad / dimension)} is ${points[bad]}; give finite coordinates.`,
    );
  }
  return n;
}

/** The points at the places `rows`, in that order. */
export function subset({ dimension: r, points }: Points, rows: ArrayLike<number>): Points {
  const chosen = new Float64Array(rows.length * r);
  for (let i = 0; i < rows.length; i++) chosen.set(points.subarray(rows[i] * r, (rows[i] + 1) * r), i * r);
  return { dimension: r, points: chosen };
}

/** The arithmetic mean of at least one number. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
