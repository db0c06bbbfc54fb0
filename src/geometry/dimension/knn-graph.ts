import { Rng } from "../../engine/index.ts";
import { nearestNeighbours } from "./neighbours.ts";
import { checkPoints, type DimensionEstimate, type Points, subset } from "./points.ts";

export interface KnnGraphOptions {
  /** Neighbours of each point; default 2. */
  k?: number;
  /** Numbers of points in the random subsets, each above k and at most N; default k + 1, …, k + 4. */
  sizes?: readonly number[];
  /** Random subsets of each size; default 1. */
  repeats?: number;
  /** γ, the power of the distances; default 2. */
  power?: number;
  /** Chooses the subsets; default the stream of seed 0. */
  rng?: Rng;
}

/**
 * Dimension from the length of the nearest-neighbour graph (Costa & Hero 2004; Carter, Raich & Hero 2010; KNN in
 * scikit-dimension): the sum over p random points of their distances^γ to k neighbours grows as p^((m − γ)/m). Returns
 * the whole number m, from 1 to the number of coordinates, with the least squared residual of that law.
 *
 * With the default sizes of scikit-dimension (four subsets of 3 to 6 points) the answer is mostly noise; it is kept
 * because Chen & Saidi (2023) measured curves with it. Sizes from N/10 to N with some repeats make it usable.
 */
export function knnGraph(points: Points, options: KnnGraphOptions = {}): DimensionEstimate {
  const { k = 2, repeats = 1, power = 2, rng = Rng.fromSeed(0) } = options;
  const { sizes = [k + 1, k + 2, k + 3, k + 4] } = options;
  const n = checkPoints(points, k + 1);
  const bad = sizes.find((size) => !(Number.isInteger(size) && size > k && size <= n));
  if (bad !== undefined || sizes.length < 2) {
    throw new RangeError(
      `The subsets have ${sizes.join(", ")} points; give at least two whole numbers from ${k + 1} to ${n}.`,
    );
  }
  if (!(Number.isInteger(repeats) && repeats >= 1)) {
    throw new RangeError(`The number of repeats is ${repeats}; give a whole number from 1.`);
  }
  if (!(power > 0)) throw new RangeError(`The power of the distances is ${power}; give a positive number.`);

  const lengths = sizes.map((size, i) =>
    Array.from({ length: repeats }, (_, repeat) => {
      const stream = rng.split("knn-graph").foldIn(i * repeats + repeat);
      const { distances } = nearestNeighbours(subset(points, stream.permutation(n).subarray(0, size)), k);
      return distances.reduce((sum, distance) => sum + distance ** power, 0);
    }),
  );
  let best = { estimate: 1, residual: Number.POSITIVE_INFINITY };
  for (let m = 1; m <= points.dimension; m++) {
    const residual = residualOfLaw(sizes, lengths, (m - power) / m);
    if (residual < best.residual) best = { estimate: m, residual };
  }
  return { estimate: best.estimate, details: { residual: best.residual } };
}

/** The least Σ (L − c p^exponent)² over c. */
function residualOfLaw(sizes: readonly number[], lengths: number[][], exponent: number): number {
  const law = sizes.map((size) => size ** exponent);
  let [lawLength, lawLaw] = [0, 0];
  for (const [i, repeats] of lengths.entries()) {
    for (const length of repeats) {
      lawLength += law[i] * length;
      lawLaw += law[i] ** 2;
    }
  }
  const c = lawLength / lawLaw;
  return lengths
    .flatMap((repeats, i) => repeats.map((length) => (length - c * law[i]) ** 2))
    .reduce((a, b) => a + b);
}
