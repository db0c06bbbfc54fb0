import { type Predictions, predictedClasses } from "./predictive.ts";
import { checkLabels } from "./scores.ts";

/** How confidence and accuracy agree, bin by bin of equal width on the confidence of the predicted class. */
export interface Calibration {
  /**
   * Expected calibration error: Σ |right − confidence summed| / n over bins, in [0, 1] (Guo et al. 2017); NaN where a
   * probability is not a number.
   */
  expectedError: number;
  /**
   * Examples in each bin, but for those without a confidence (NaN). The bins divide [0, 1], and a confidence at an edge
   * counts below it.
   */
  counts: number[];
  /** Mean confidence and accuracy of each bin; NaN where it is empty. */
  confidence: number[];
  accuracy: number[];
}

/**
 * Calibration of probabilities.
 *
 * @param bins default 20 (Wortsman et al. 2021, code)
 */
export function calibrationOf(probabilities: Predictions, labels: ArrayLike<number>, bins = 20): Calibration {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`${bins} bins were asked for; give a whole number from 1.`);
  }
  checkLabels(probabilities, labels);
  const { classes, values } = probabilities;
  const predicted = predictedClasses(probabilities);
  const counts = new Array<number>(bins).fill(0);
  const confidence = new Array<number>(bins).fill(0);
  const right = new Array<number>(bins).fill(0);
  let undefinedExamples = 0;
  for (let i = 0; i < predicted.length; i++) {
    if (predicted[i] < 0) {
      undefinedExamples++;
      continue;
    }
    const p = values[i * classes + predicted[i]];
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1));
    counts[bin]++;
    confidence[bin] += p;
    if (predicted[i] === labels[i]) right[bin]++;
  }
  const gap = right.reduce((sum, r, b) => sum + Math.abs(r - confidence[b]), 0);
  return {
    expectedError: undefinedExamples > 0 ? Number.NaN : gap / predicted.length,
    counts,
    confidence: confidence.map((c, b) => c / counts[b]),
    accuracy: right.map((r, b) => r / counts[b]),
  };
}
