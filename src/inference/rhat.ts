import { problemOf, splitChains, type Trace } from "./draws.ts";
import { momentsOf } from "./moments.ts";
import { medianOf } from "./order-statistics.ts";
import { rankNormalise } from "./rank-normalise.ts";

/**
 * The rank-normalised split R̂: the larger one of the bulk R̂, which sees chains with different locations, and of the
 * folded R̂, which sees chains with different scales (Vehtari et al. 2021; as in ArviZ and Stan).
 * Converged chains have R̂ < 1.01. NaN where a draw is not finite, all are equal, or there are fewer than 2 chains or
 * 4 draws.
 */
export function rHat(trace: Trace): number {
  if (trace.chains < 2 || problemOf(trace) !== undefined) return Number.NaN;
  const split = splitChains(trace);
  const median = medianOf(split.values);
  const folded = split.values.map((value) => Math.abs(value - median));
  const bulk = potentialScaleReduction({ ...split, values: rankNormalise(split.values) });
  const tail = potentialScaleReduction({ ...split, values: rankNormalise(folded) });
  return Math.max(bulk, tail);
}

/**
 * R̂ of chains as they are, √(((S−1)/S·W + B/S) / W): W is the mean variance of a chain, B/S the variance of their
 * means (Gelman and Rubin 1992). Infinite where no chain moves but they
 * differ.
 */
export function potentialScaleReduction({ chains, draws, values }: Trace): number {
  const means = new Float64Array(chains);
  let within = 0;
  for (let chain = 0; chain < chains; chain++) {
    const { mean, variance } = momentsOf(values.subarray(chain * draws, (chain + 1) * draws));
    means[chain] = mean;
    within += variance / chains;
  }
  return Math.sqrt(momentsOf(means).variance / within + (draws - 1) / draws);
}
