import { type Predictions, predictedClasses } from "./predictive.ts";

/** A mean over examples, and the standard error of that mean (with n − 1; NaN for one example). */
export interface Score {
  value: number;
  standardError: number;
}

/** Predictive scores of probabilities. */
export interface Scores {
  /** Share of examples whose most probable class is the label, in [0, 1]. */
  accuracy: Score;
  /** Mean of −ln p(label), in nats: 0 or more, infinite where a label was given no probability at all. */
  negativeLogLikelihood: Score;
  /** Mean of Σ_k (p_k − [k is the label])², in [0, 2] (Brier 1950). */
  brier: Score;
}

/** Scores probabilities against labels. */
export function scoresOf(probabilities: Predictions, labels: ArrayLike<number>): Scores {
  const { classes, values } = probabilities;
  const n = values.length / classes;
  checkLabels(probabilities, labels);
  const predicted = predictedClasses(probabilities);
  const right = new Float64Array(n);
  const nll = new Float64Array(n);
  const brier = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    right[i] = predicted[i] === labels[i] ? 1 : 0;
    nll[i] = -Math.log(values[i * classes + labels[i]]);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const d = values[i * classes + k] - (k === labels[i] ? 1 : 0);
      sum += d * d;
    }
    brier[i] = sum;
  }
  return { accuracy: meanOf(right), negativeLogLikelihood: meanOf(nll), brier: meanOf(brier) };
}

/** Throws where there is not one label an example, or a label is not one of the classes. */
export function checkLabels({ classes, values }: Predictions, labels: ArrayLike<number>): void {
  if (labels.length * classes !== values.length) {
    throw new RangeError(
      `${labels.length} labels were given for ${values.length / classes} predictions; give one label for each.`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(
        `Label ${i + 1} is ${label}, of ${classes} classes; give whole numbers from 0 to ${classes - 1}.`,
      );
    }
  }
}

/** The mean of one number an example, and its standard error. */
export function meanOf(values: Float64Array): Score {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { value: mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}
