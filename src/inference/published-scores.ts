import type { Rng } from "../engine/index.ts";
import { checkPredictions, type GaussianPredictions } from "./log-likelihood.ts";
import { checkAlike, type Predictions } from "./predictive.ts";
import { meanFunction, rootMeanSquare } from "./regression-scores.ts";
import { checkLabels, meanOf, type Score } from "./scores.ts";

/**
 * Two scores as the published code of Dold et al. 2025 computes them, to compare with their tables. `scoresOf` and
 * `rmseOf` are what they are meant to be.
 */

/**
 * The accuracy of averaged classes: one class is drawn from each member's probabilities, the class *numbers* are
 * averaged over members and rounded. It depends on how classes are numbered, and lies below the accuracy of the mean
 * probabilities where members are unsure.
 *
 * @param members probabilities of n examples by each draw of the posterior
 */
export function accuracyOfAveragedClasses(
  members: readonly Predictions[],
  labels: ArrayLike<number>,
  rng: Rng,
): Score {
  const [first] = checkAlike(members);
  checkLabels(first, labels);
  const { classes } = first;
  const mean = new Float64Array(labels.length);
  members.forEach(({ values }, m) => {
    const uniforms = rng.foldIn(m).uniform64(labels.length);
    for (let i = 0; i < labels.length; i++) {
      let drawn = 0;
      let below = values[i * classes];
      while (drawn < classes - 1 && uniforms[i] >= below) below += values[i * classes + ++drawn];
      mean[i] += (Number.isNaN(below) ? Number.NaN : drawn) / members.length;
    }
  });
  return meanOf(mean.map((value, i) => (Math.round(value) === labels[i] ? 1 : 0)));
}

/**
 * √ of the mean squared error of the mean over draws of *noisy* predictions, mean_si + deviation_s·z with z standard
 * normal.
 */
export function rmseOfNoisyDraws(
  predictions: GaussianPredictions,
  targets: ArrayLike<number>,
  rng: Rng,
): number {
  checkPredictions(predictions, targets);
  const { draws, examples, deviations } = predictions;
  const mean = meanFunction(predictions);
  for (let s = 0; s < draws; s++) {
    const noise = rng.foldIn(s).normal(examples);
    for (let i = 0; i < examples; i++) mean[i] += (deviations[s] * noise[i]) / draws;
  }
  return rootMeanSquare(mean, targets);
}
