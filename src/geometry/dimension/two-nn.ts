import gammaQuantile from "@stdlib/stats-base-dists-gamma-quantile";
import type { Rng } from "../../engine/index.ts";
import { checkDistinct, nearestNeighbours } from "./neighbours.ts";
import { checkPoints, type DimensionEstimate, type Points, subset } from "./points.ts";

export interface TwoNNOptions {
  /** "fit" of a line through the empirical distribution, as published, or maximum "likelihood". Default "fit". */
  method?: "fit" | "likelihood";
  /** Share of the points with the largest ratios that the fit leaves out, 0 to 0.9. Default 0.1. */
  discard?: number;
  /** For the likelihood: (N − 1) / Σ ln μ in place of N / Σ ln μ. Default false. */
  unbiased?: boolean;
}

/** Two nearest neighbours whose distances differ by less than this share are equally far but for rounding. */
const EQUAL_DISTANCES = 1e-6;
/** More points than this share with two equally far neighbours are a lattice, not chance. */
const LATTICE_SHARE = 0.05;

/**
 * TwoNN (Facco et al. 2017): the ratio μ of the distances to the second and the first neighbour has the distribution
 * F(μ) = 1 − μ^(−d) where the density is locally constant. "fit" is the slope through the origin of −ln(1 − F) over
 * ln μ, "likelihood" is d = N / Σ ln μ. The interval has 95 % of the likelihood, from Σ ln μ ~ Gamma(N, 1/d), as if
 * the points' ratios were independent.
 *
 * @throws RangeError for fewer than 3 points, repeated points, and lattices
 */
export function twoNN(points: Points, options: TwoNNOptions = {}): DimensionEstimate {
  const { method = "fit", discard = 0.1, unbiased = false } = options;
  if (!(discard >= 0 && discard <= 0.9)) {
    throw new RangeError(`The share of points to discard is ${discard}; give a number from 0 to 0.9.`);
  }
  const n = checkPoints(points, 3);
  const logs = logRatios(points);
  const sum = logs.reduce((a, b) => a + b);
  return {
    estimate: method === "fit" ? fittedSlope(logs, discard) : (unbiased ? n - 1 : n) / sum,
    interval: [gammaQuantile(0.025, n, 1) / sum, gammaQuantile(0.975, n, 1) / sum],
  };
}

/** The dimension as it appears at one scale. */
export interface TwoNNScale {
  /** Points in each subset: the fewer, the larger the distances. */
  samples: number;
  /** Number of subsets. */
  subsets: number;
  /** Mean over the subsets. */
  estimate: number;
  /** Standard deviation over the subsets; NaN for one. */
  spread: number;
}

/**
 * TwoNN at growing scales (Facco et al. 2017): of all N points, of two random halves, of four quarters, and so on
 * while a subset has at least `fewest` points. An estimate that stays is the dimension; one that falls from a higher
 * value at N was noise.
 */
export function twoNNScales(
  points: Points,
  rng: Rng,
  options: TwoNNOptions & { fewest?: number } = {},
): TwoNNScale[] {
  const { fewest = 50, ...rest } = options;
  if (!(fewest >= 3)) throw new RangeError(`The smallest subset has ${fewest} points; give at least 3.`);
  const n = checkPoints(points, fewest);
  const order = rng.permutation(n);
  const scales: TwoNNScale[] = [];
  for (let subsets = 1; Math.floor(n / subsets) >= fewest; subsets *= 2) {
    const samples = Math.floor(n / subsets);
    const estimates = Array.from(
      { length: subsets },
      (_, i) => twoNN(subset(points, order.subarray(i * samples, (i + 1) * samples)), rest).estimate,
    );
    const estimate = estimates.reduce((a, b) => a + b) / subsets;
    const squares = estimates.reduce((sum, value) => sum + (value - estimate) ** 2, 0);
    scales.push({ samples, subsets, estimate, spread: Math.sqrt(squares / (subsets - 1)) });
  }
  return scales;
}

/** ln μ of each point, ascending. */
function logRatios(points: Points): Float64Array {
  const neighbours = nearestNeighbours(points, 2);
  checkDistinct(neighbours);
  const { distances } = neighbours;
  const n = distances.length / 2;
  const logs = new Float64Array(n).map((_, i) => Math.log(distances[2 * i + 1] / distances[2 * i])).sort();
  const equal = logs.filter((log) => log < EQUAL_DISTANCES).length;
  if (equal > LATTICE_SHARE * n) {
    throw new RangeError(
      `The two nearest neighbours are equally far at ${equal} of ${n} points, as in a lattice; TwoNN needs random points.`,
    );
  }
  return logs;
}

/** Least squares through the origin of −ln(1 − i/N) over the i-th smallest ln μ, i = 1 … N (1 − discard), below N. */
function fittedSlope(logs: Float64Array, discard: number): number {
  const n = logs.length;
  const kept = Math.max(1, Math.min(n - 1, Math.floor(n * (1 - discard))));
  let [xy, xx] = [0, 0];
  for (let i = 0; i < kept; i++) {
    xy -= logs[i] * Math.log(1 - (i + 1) / n);
    xx += logs[i] ** 2;
  }
  return xy / xx;
}
