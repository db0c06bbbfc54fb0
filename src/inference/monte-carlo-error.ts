import { betaQuantile } from "./beta-quantile.ts";
import { problemOf, type Trace } from "./draws.ts";
import { essMean, essQuantile, essSd } from "./effective-sample-size.ts";
import { momentsOf } from "./moments.ts";
import { sorted } from "./order-statistics.ts";

/**
 * Monte Carlo standard errors of estimates from draws, in the units of the draws (Vehtari et al. 2021; as in ArviZ
 * from 0.21 on and R's `posterior`). NaN where the effective sample size is.
 */

/** Of the mean: sd/√ESS. */
export function mcseMean(trace: Trace): number {
  return Math.sqrt(momentsOf(trace.values).variance / essMean(trace));
}

/**
 * Of the standard deviation, from the variance of (x − x̄)² by the delta method, for draws of any distribution
 * (`posterior`, `mcse_sd`; ArviZ up to 0.20 took the draws for normal).
 */
export function mcseSd(trace: Trace): number {
  const { values } = trace;
  const { mean } = momentsOf(values);
  let second = 0;
  let fourth = 0;
  for (const x of values) {
    const square = (x - mean) ** 2;
    second += square / values.length;
    fourth += (square * square) / values.length;
  }
  return Math.sqrt((fourth - second * second) / essSd(trace) / second / 4);
}

/**
 * Of the p-quantile, with p in (0, 1): half the distance of the draws at the ends of the central 68.3 % of where the
 * quantile's rank lies, Beta(ESS·p + 1, ESS·(1−p) + 1).
 */
export function mcseQuantile(trace: Trace, p: number): number {
  if (problemOf(trace) !== undefined) return Number.NaN;
  const ess = essQuantile(trace, p);
  const ascending = sorted(trace.values);
  const n = ascending.length;
  const rank = (probability: number) => betaQuantile(probability, ess * p + 1, ess * (1 - p) + 1) * n - 1;
  // One standard deviation of a normal below and above its mean.
  const low = Math.floor(Math.max(rank(0.1586553), 0));
  const high = Math.ceil(Math.min(rank(0.8413447), n - 1));
  return (ascending[high] - ascending[low]) / 2;
}
