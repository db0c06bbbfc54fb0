import {
  checkPredictions,
  type GaussianPredictions,
  type LogLikelihood,
  pointwisePredictiveDensity,
} from "./log-likelihood.ts";
import { normalDistribution } from "./normal-distribution.ts";
import { meanOf, type Score } from "./scores.ts";

/**
 * The log pointwise predictive density: mean over examples of ln (mean over draws of p(y_i | draw)), in nats; higher
 * is better.
 *
 * @param logLikelihood untempered, whatever the temperature of the posterior
 */
export function lppdOf(logLikelihood: LogLikelihood): Score {
  return meanOf(pointwisePredictiveDensity(logLikelihood));
}

/** The mean over draws of the regression function, [n]. */
export function meanFunction({ draws, examples, means }: GaussianPredictions): Float64Array {
  const mean = new Float64Array(examples);
  for (let s = 0; s < draws; s++) {
    for (let i = 0; i < examples; i++) mean[i] += means[s * examples + i] / draws;
  }
  return mean;
}

/** √ of the mean squared error of the mean function, in the units of the targets. */
export function rmseOf(predictions: GaussianPredictions, targets: ArrayLike<number>): number {
  checkPredictions(predictions, targets);
  return rootMeanSquare(meanFunction(predictions), targets);
}

export function rootMeanSquare(predicted: Float64Array, targets: ArrayLike<number>): number {
  return Math.sqrt(meanOf(predicted.map((value, i) => (value - targets[i]) ** 2)).value);
}

/** How often targets lie in the central interval of a probability. */
export interface Coverage {
  /** Probability of the interval, in (0, 1). */
  level: number;
  /** Share of the targets in it, in [0, 1]: equal to `level` where the predictions are calibrated. */
  coverage: Score;
}

/**
 * Coverage of central prediction intervals of the mixture over draws of N(mean_si, deviation_s²). A target lies in
 * the interval where the mixture's distribution function at it is within level/2 of ½, so no quantile has to be
 * searched for. NaN where a prediction is not a number.
 *
 * @param levels default 0.5 and 0.9
 */
export function coverageOf(
  predictions: GaussianPredictions,
  targets: ArrayLike<number>,
  levels: readonly number[] = [0.5, 0.9],
): Coverage[] {
  const ranks = predictiveRanks(predictions, targets);
  return levels.map((level) => {
    if (!(level > 0 && level < 1)) {
      throw new RangeError(
        `An interval of probability ${level} was asked for; give a number between 0 and 1.`,
      );
    }
    const inside = ranks.map((u) => (Number.isNaN(u) ? u : Math.abs(u - 0.5) <= level / 2 ? 1 : 0));
    return { level, coverage: meanOf(inside) };
  });
}

/**
 * Where each target lies in its predictive distribution: the mixture's distribution function at it, [n] in [0, 1].
 * Uniform where the predictions are calibrated (the probability integral transform).
 */
export function predictiveRanks(predictions: GaussianPredictions, targets: ArrayLike<number>): Float64Array {
  checkPredictions(predictions, targets);
  const { draws, examples, means, deviations } = predictions;
  const ranks = new Float64Array(examples);
  for (let s = 0; s < draws; s++) {
    for (let i = 0; i < examples; i++) {
      ranks[i] += normalDistribution((targets[i] - means[s * examples + i]) / deviations[s]) / draws;
    }
  }
  return ranks;
}
