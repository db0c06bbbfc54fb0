import { checkDistinct, nearestNeighbours } from "./neighbours.ts";
import { type DimensionEstimate, mean, type Points } from "./points.ts";

export interface MaximumLikelihoodOptions {
  /** Neighbours of each point; a pair [k₁, k₂] averages the estimates of k₁, k₁ + 1, …, k₂. Default 20. */
  k?: number | readonly [number, number];
  /**
   * How the estimates of the points are combined: "harmonic" averages their inverses, which is the joint likelihood of
   * all points (MacKay & Ghahramani 2005); "arithmetic" averages them (Levina & Bickel 2005), which is biased upwards
   * for few neighbours. Default "harmonic".
   */
  average?: "harmonic" | "arithmetic";
  /** Divides by k − 2 instead of k − 1, which makes the estimate of one point unbiased. Default false. */
  unbiased?: boolean;
}

/** A mean logarithm of distance ratios below this is 0 but for rounding. */
const EQUAL_DISTANCES = 1e-9;

/**
 * Maximum likelihood of the growth of the number of neighbours with distance (Levina & Bickel 2005, eq. 8): with T_j
 * the distance to the j-th neighbour, m = [ 1/(k − 1) Σ_{j<k} ln(T_k / T_j) ]⁻¹ at each point. It supposes random
 * points: evenly spaced points of a line give 1.17 to 1.20 with 20 neighbours.
 *
 * @throws RangeError for repeated points, and where all k neighbours of a point are equally far
 */
export function maximumLikelihood(points: Points, options: MaximumLikelihoodOptions = {}): DimensionEstimate {
  const { k = 20, average = "harmonic", unbiased = false } = options;
  const [first, last] = typeof k === "number" ? [k, k] : k;
  const fewest = unbiased ? 3 : 2;
  if (!(Number.isInteger(first) && Number.isInteger(last) && first >= fewest && first <= last)) {
    throw new RangeError(
      `The numbers of neighbours are ${first} to ${last}; give ascending whole numbers from ${fewest}.`,
    );
  }
  const neighbours = nearestNeighbours(points, last);
  checkDistinct(neighbours);
  const n = points.points.length / points.dimension;
  const perPoint = new Float64Array(n);
  let estimate = 0;
  const sizes = last - first + 1;
  for (let size = first; size <= last; size++) {
    const inverse = new Float64Array(n).map((_, i) => meanLogRatio(neighbours.distances, i * last, size));
    checkSpread(inverse, size);
    if (unbiased) for (let i = 0; i < n; i++) inverse[i] *= (size - 1) / (size - 2);
    const local = inverse.map((value) => 1 / value);
    estimate += (average === "harmonic" ? 1 / mean(inverse) : mean(local)) / sizes;
    for (let i = 0; i < n; i++) perPoint[i] += local[i] / sizes;
  }
  return { estimate, perPoint };
}

/** 1/(k − 1) Σ_{j<k} ln(T_k / T_j) for the ascending distances T that start at `at`. */
function meanLogRatio(distances: Float64Array, at: number, k: number): number {
  const farthest = distances[at + k - 1];
  let sum = 0;
  for (let j = 0; j < k - 1; j++) sum += Math.log(farthest / distances[at + j]);
  return sum / (k - 1);
}

function checkSpread(meanLogRatios: Float64Array, k: number): void {
  const even = meanLogRatios.filter((value) => value < EQUAL_DISTANCES).length;
  if (even > 0) {
    throw new RangeError(
      `All ${k} nearest neighbours are equally far at ${even} of ${meanLogRatios.length} points, as in a lattice; give random points or more neighbours.`,
    );
  }
}
