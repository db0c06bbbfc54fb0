import { exampleOf, type LogLikelihood, pointwisePredictiveDensity } from "./log-likelihood.ts";
import { logSumExp } from "./log-sum-exp.ts";
import { psis } from "./psis.ts";

/** Leave-one-out cross-validation by importance sampling. Sums over n examples, in nats; higher is better. */
export interface Loo {
  /** Σ_i ln p(y_i | all other examples), estimated: the expected log predictive density. */
  elpd: number;
  /** Standard error of `elpd`, √(n Var_i). */
  standardError: number;
  /** Effective number of parameters: the log density of the examples when they are learned from less `elpd`. */
  effectiveParameters: number;
  /** The terms of `elpd`, [n]. */
  pointwise: Float64Array;
  /** k̂ of each example, [n]. */
  k: Float64Array;
  /** Examples with k̂ > 0.7 or NaN, too influential for the estimate to be trusted. */
  unreliable: number;
}

/**
 * PSIS-LOO (Vehtari, Gelman and Gabry 2017; as `arviz.loo`): every example is left out by
 * weighting the draws with 1/p(y_i | draw), smoothed.
 *
 * @param logLikelihood of the examples that the posterior has learned from
 * @param efficiency effective sample size over draws, see `relativeEfficiency`; default 1, independent draws
 */
export function looOf(logLikelihood: LogLikelihood, efficiency = 1): Loo {
  const n = logLikelihood.examples;
  const pointwise = new Float64Array(n);
  const k = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const example = exampleOf(logLikelihood, i);
    const { logWeights, k: shape } = psis(
      example.map((value) => -value),
      efficiency,
    );
    pointwise[i] = logSumExp(logWeights.map((weight, s) => weight + example[s]));
    k[i] = shape;
  }
  const elpd = sum(pointwise);
  return {
    elpd,
    standardError: Math.sqrt(sum(pointwise.map((value) => (value - elpd / n) ** 2))),
    effectiveParameters: sum(pointwisePredictiveDensity(logLikelihood)) - elpd,
    pointwise,
    k,
    unreliable: k.filter((shape) => !(shape <= 0.7)).length,
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
