import digamma from "@stdlib/math-base-special-digamma";
import type { Neighbours } from "./neighbour-list.ts";
import { checkDistinct, nearestNeighbours } from "./neighbours.ts";
import type { DimensionEstimate, Points } from "./points.ts";

export interface MiNDOptions {
  /** Neighbours of each point; default 20. */
  k?: number;
  /** The largest dimension that is tried; default 10. */
  maxDimension?: number;
  /** Returns the most likely whole number (MiND_MLi) instead of the most likely real number (MiND_MLk). Default false. */
  integer?: boolean;
}

/**
 * MiND_ML (Lombardi et al. 2011; Rozza et al. 2012): ρ = r₁ / r_{k+1}, the distance to the nearest neighbour in units
 * of the radius of a ball that holds k, has the density g(ρ) = k d ρ^(d−1) (1 − ρ^d)^(k−1); d of maximum likelihood.
 *
 * @throws RangeError for repeated points, and where all k + 1 neighbours of a point are equally far
 */
export function mind(points: Points, options: MiNDOptions = {}): DimensionEstimate {
  const { k = 20, maxDimension = 10, integer = false } = options;
  checkMaxDimension(maxDimension);
  const logs = logNearest(nearestNeighbours(points, k + 1));
  if (!integer) return { estimate: mostLikelyDimension(logs, k, maxDimension) };
  let best = { estimate: 1, logLikelihood: Number.NEGATIVE_INFINITY };
  for (let d = 1; d <= maxDimension; d++) {
    const value = logLikelihood(logs, k, d);
    if (value > best.logLikelihood) best = { estimate: d, logLikelihood: value };
  }
  return { estimate: best.estimate };
}

export function checkMaxDimension(maxDimension: number): void {
  if (!(Number.isInteger(maxDimension) && maxDimension >= 1)) {
    throw new RangeError(`The largest dimension is ${maxDimension}; give a whole number from 1.`);
  }
}

/** ln ρ of each point: nearest over farthest of its neighbours. */
export function logNearest(neighbours: Neighbours): Float64Array {
  checkDistinct(neighbours);
  const { k, distances } = neighbours;
  const logs = new Float64Array(distances.length / k).map((_, i) =>
    Math.log(distances[i * k] / distances[i * k + k - 1]),
  );
  const even = logs.filter((log) => log > -1e-9).length;
  if (even > 0) {
    throw new RangeError(
      `All ${k} nearest neighbours are equally far at ${even} of ${logs.length} points, as in a lattice; give random points or more neighbours.`,
    );
  }
  return logs;
}

/** The real d in (0, maxDimension] of the largest likelihood of ln ρ. */
export function mostLikelyDimension(logs: Float64Array, k: number, maxDimension: number): number {
  // Every term of the slope falls with d, so the likelihood has one maximum, where the slope changes its sign.
  if (slope(logs, k, maxDimension) >= 0) return maxDimension;
  let [low, high] = [0, maxDimension];
  while (high - low > 1e-10 * high) {
    const middle = (low + high) / 2;
    if (slope(logs, k, middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Kullback–Leibler divergence of the distribution of ρ in dimension `reference` from that in dimension d, with
 * q = reference / d (Ceruti et al. 2014, DANCo): H_k q − ln q − 1 − H_{k−1} − (k − 1) Σᵢ (−1)ⁱ C(k,i) ψ(1 + i/q). The
 * published formula leaves out the constants that make it 0 for q = 1. k up to 25, above which the alternating sum
 * loses its digits.
 */
export function nearestDivergence(d: number, reference: number, k: number): number {
  const q = reference / d;
  let harmonic = 0;
  let alternating = digamma(1);
  let binomial = 1;
  for (let i = 1; i <= k; i++) {
    harmonic += 1 / i;
    binomial *= -(k - i + 1) / i;
    alternating += binomial * digamma(1 + i / q);
  }
  return harmonic * q - Math.log(q) - 1 - (harmonic - 1 / k) - (k - 1) * alternating;
}

/** N ln(k d) + (d − 1) Σ ln ρ + (k − 1) Σ ln(1 − ρ^d) */
function logLikelihood(logs: Float64Array, k: number, d: number): number {
  let sum = logs.length * Math.log(k * d);
  for (const log of logs) sum += (d - 1) * log + (k - 1) * Math.log(-Math.expm1(d * log));
  return sum;
}

/** The derivative of the log-likelihood: N / d + Σ ln ρ [1 − (k − 1) ρ^d / (1 − ρ^d)]. */
function slope(logs: Float64Array, k: number, d: number): number {
  let sum = logs.length / d;
  for (const log of logs) sum += log * (1 - (k - 1) / Math.expm1(-d * log));
  return sum;
}
