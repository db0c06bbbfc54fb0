import { meanAutocovariance } from "./autocovariance.ts";
import { problemOf, splitChains, type Trace } from "./draws.ts";
import { momentsOf } from "./moments.ts";
import { quantileOfSorted, sorted } from "./order-statistics.ts";
import { rankNormalise } from "./rank-normalise.ts";

/**
 * Effective sample sizes (Vehtari et al. 2021): as many independent draws would give as good an estimate. All of them
 * split the chains. They agree with ArviZ (from 0.21 on, which is where the one of the standard deviation changed)
 * and R's `posterior`, but for draws that are all equal: these give NaN here, as in `posterior`. NaN too where a draw
 * is not finite or there are fewer than 4 draws a chain.
 */

/**
 * Of the location of the bulk: that of the mean of rank-normalised draws. More than 100 a chain is
 * asked for.
 */
export function essBulk(trace: Trace): number {
  if (problemOf(trace) !== undefined) return Number.NaN;
  const split = splitChains(trace);
  return essOfChains({ ...split, values: rankNormalise(split.values) });
}

/** Of the tails: the smaller one of those of the 5 % and of the 95 % quantile. */
export function essTail(trace: Trace): number {
  if (problemOf(trace) !== undefined) return Number.NaN;
  const ascending = sorted(trace.values);
  return Math.min(
    essBelow(trace, quantileOfSorted(ascending, 0.05)),
    essBelow(trace, quantileOfSorted(ascending, 0.95)),
  );
}

/** Of the p-quantile, with p in [0, 1]. */
export function essQuantile(trace: Trace, p: number): number {
  if (problemOf(trace) !== undefined) return Number.NaN;
  return essBelow(trace, quantileOfSorted(sorted(trace.values), p));
}

/** Of the mean. */
export function essMean(trace: Trace): number {
  return problemOf(trace) === undefined ? essOfChains(splitChains(trace)) : Number.NaN;
}

/** Of the standard deviation: that of the mean of (x − x̄)². */
export function essSd(trace: Trace): number {
  if (problemOf(trace) !== undefined) return Number.NaN;
  const { mean } = momentsOf(trace.values);
  return essOfChains(splitChains({ ...trace, values: trace.values.map((x) => (x - mean) ** 2) }));
}

/** Of the probability of values up to a threshold, which is that of the quantile there. */
function essBelow(trace: Trace, threshold: number): number {
  return essOfChains(splitChains({ ...trace, values: trace.values.map((x) => (x <= threshold ? 1 : 0)) }));
}

/**
 * Of the mean of chains as they are: C·S/τ, τ = −1 + 2 Σ_k P_k, where the P_k = ρ_{2k} + ρ_{2k+1} are sums of
 * neighbouring autocorrelations of all chains together, as long as these sums are positive (Geyer 1992, initial
 * positive sequence) and lowered to their predecessor where they are larger (initial monotone sequence). This is
 * Stan's estimate. τ ≥ 1/log₁₀(C·S), so that chains whose draws alternate do not look endlessly good. Chains that are
 * all constant and equal know their mean: C·S.
 *
 * @param trace finite values, at least 2 draws a chain
 */
export function essOfChains(trace: Trace): number {
  const { chains, draws, values } = trace;
  const total = chains * draws;
  if (values.every((value) => value === values[0])) return total;
  const covariance = meanAutocovariance(trace);
  // W is the mean of the chains' variances with S − 1, V the estimate of the posterior's variance.
  const within = (covariance[0] * draws) / (draws - 1);
  const variance = covariance[0] + (chains > 1 ? varianceOfMeans(trace) : 0);
  const correlation = (lag: number) => 1 - (within - covariance[lag]) / variance;

  // The autocorrelation at lag 0 is 1, whatever the estimate.
  let even = 1;
  let odd = correlation(1);
  let sumOfPairs = 0;
  let smallest = Number.POSITIVE_INFINITY;
  // The bound keeps lags below S − 1, as in Stan: the last ones are estimated from next to nothing.
  for (let lag = 2; lag < draws - 2 && even + odd > 0; lag += 2) {
    smallest = Math.min(smallest, even + odd);
    sumOfPairs += smallest;
    even = correlation(lag);
    odd = correlation(lag + 1);
  }
  // Of the pair at which the sequence ends the even part still counts, once, which lowers the bias of the truncation;
  // not where a negative even part is what made the sum negative.
  const last = even > 0 || even + odd >= 0 ? even : 0;
  const tau = -1 + 2 * sumOfPairs + last;
  return total / Math.max(tau, 1 / Math.log10(total));
}

function varianceOfMeans({ chains, draws, values }: Trace): number {
  const means = new Float64Array(chains);
  for (let i = 0; i < values.length; i++) means[Math.floor(i / draws)] += values[i] / draws;
  return momentsOf(means).variance;
}
