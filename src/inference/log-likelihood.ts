import { logSumExp } from "./log-sum-exp.ts";

/** What each draw of a posterior says of each example: ln p(y_i | draw s), natural. */
export interface LogLikelihood {
  /** S, draws of all chains. */
  draws: number;
  /** n */
  examples: number;
  /** [S, n] row-major; densities make these positive or negative. */
  values: Float64Array;
}

/** Predictions of a regression with Gaussian noise, by each draw of a posterior. */
export interface GaussianPredictions {
  /** S, draws of all chains. */
  draws: number;
  /** n */
  examples: number;
  /** [S, n] row-major: the value of the regression function. */
  means: Float64Array;
  /** [S], above 0: the standard deviation of the noise of each draw. */
  deviations: Float64Array;
}

/** ln N(y_i; mean_si, deviation_s²), with its constant −½ ln 2π. */
export function gaussianLogLikelihood(
  predictions: GaussianPredictions,
  targets: ArrayLike<number>,
): LogLikelihood {
  checkPredictions(predictions, targets);
  const { draws, examples, means, deviations } = predictions;
  const values = new Float64Array(means.length);
  for (let s = 0; s < draws; s++) {
    const constant = -Math.log(deviations[s]) - 0.5 * Math.log(2 * Math.PI);
    for (let i = 0; i < examples; i++) {
      const z = (targets[i] - means[s * examples + i]) / deviations[s];
      values[s * examples + i] = constant - 0.5 * z * z;
    }
  }
  return { draws, examples, values };
}

/** ln of the mean over draws of p(y_i | draw), [n]: logsumexp_s − ln S. */
export function pointwisePredictiveDensity(logLikelihood: LogLikelihood): Float64Array {
  const { draws, examples } = logLikelihood;
  return Float64Array.from(
    { length: examples },
    (_, i) => logSumExp(exampleOf(logLikelihood, i)) - Math.log(draws),
  );
}

/** What the draws say of example i, [S], a copy. Throws where the number of values is not S·n. */
export function exampleOf({ draws, examples, values }: LogLikelihood, i: number): Float64Array {
  if (values.length !== draws * examples) {
    throw new RangeError(
      `${values.length} log-likelihoods were given for ${draws} draws and ${examples} examples; give ${draws * examples}.`,
    );
  }
  const example = new Float64Array(draws);
  for (let s = 0; s < draws; s++) example[s] = values[s * examples + i];
  return example;
}

/** Throws where the numbers of predictions, deviations and targets disagree. */
export function checkPredictions(predictions: GaussianPredictions, targets: ArrayLike<number>): void {
  const { draws, examples, means, deviations } = predictions;
  if (means.length !== draws * examples || deviations.length !== draws || targets.length !== examples) {
    throw new RangeError(
      `${means.length} means, ${deviations.length} deviations and ${targets.length} targets were given for ${draws} draws and ${examples} examples; give ${draws * examples}, ${draws} and ${examples}.`,
    );
  }
}
