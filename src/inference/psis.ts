import { fitGeneralisedPareto, generalisedParetoQuantile } from "./generalised-pareto.ts";
import { logSumExp } from "./log-sum-exp.ts";
import { sorted } from "./order-statistics.ts";

/** Importance weights whose tail is smoothed. */
export interface SmoothedWeights {
  /** [S], normalised: the weights sum to 1. */
  logWeights: Float64Array;
  /**
   * k̂, the shape of the tail of the ratios. Estimates are good below 0.7; above 1 not even the mean of the ratios is
   * finite. Infinite where fewer than 5 draws make the tail, so that nothing was smoothed.
   */
  k: number;
}

/**
 * Pareto-smoothed importance sampling (Vehtari et al. 2024, "Pareto smoothed importance sampling"): a
 * generalised Pareto distribution is fitted to the M largest ratios, which are replaced by its quantiles, at most the
 * largest raw one. M = ⌈min(S/5, 3√(S/efficiency))⌉. NaN where a ratio is NaN or infinite.
 *
 * @param logRatios [S], ln of target over proposal at each draw, up to a constant
 * @param efficiency effective sample size over S, see `relativeEfficiency`; default 1, independent draws
 */
export function psis(logRatios: Float64Array, efficiency = 1): SmoothedWeights {
  const n = logRatios.length;
  if (n < 5) throw new RangeError(`Importance ratios of ${n} draws were given; give at least 5.`);
  if (!(efficiency > 0)) {
    throw new RangeError(`The relative efficiency of the draws is ${efficiency}; give a number above 0.`);
  }
  // An infinite ratio is a draw that the target has and the proposal has not: nothing can be weighted then.
  if (logRatios.some((ratio) => Number.isNaN(ratio) || ratio === Number.POSITIVE_INFINITY)) {
    return { logWeights: new Float64Array(n).fill(Number.NaN), k: Number.NaN };
  }
  const ascending = sorted(logRatios);
  const largest = ascending[n - 1];
  const logWeights = logRatios.map((ratio) => ratio - largest);
  const tailLength = Math.ceil(Math.min(n / 5, 3 * Math.sqrt(n / efficiency)));
  // A ratio that is zero in float64 beside the largest one is no part of the tail.
  const cutoff = Math.max(ascending[n - 1 - tailLength] - largest, Math.log(2 ** -1022));
  const tail: number[] = [];
  for (let i = 0; i < n; i++) if (logWeights[i] > cutoff) tail.push(i);
  tail.sort((i, j) => logWeights[i] - logWeights[j]);
  const k = tail.length > 4 ? smoothTail(logWeights, tail, Math.exp(cutoff)) : Number.POSITIVE_INFINITY;
  const total = logSumExp(logWeights);
  return { logWeights: logWeights.map((weight) => weight - total), k };
}

/**
 * Replaces the weights at `tail`, in ascending order, by quantiles of the distribution fitted to them, and gives its
 * shape.
 */
function smoothTail(logWeights: Float64Array, tail: number[], cutoff: number): number {
  const excesses = Float64Array.from(tail, (i) => Math.exp(logWeights[i]) - cutoff);
  const pareto = fitGeneralisedPareto(excesses);
  if (Number.isFinite(pareto.k)) {
    tail.forEach((i, rank) => {
      const quantile = generalisedParetoQuantile(pareto, (rank + 0.5) / tail.length);
      logWeights[i] = Math.min(0, Math.log(quantile + cutoff));
    });
  }
  return pareto.k;
}
