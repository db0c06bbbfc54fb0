import {
  calibrationOf,
  coverageOf,
  gaussianLogLikelihood,
  type LogLikelihood,
  lppdOf,
  rmseOf,
  scoresOf,
  softmax,
} from "../inference/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";
import { outputsOf, type PosteriorPoints } from "./posterior-points.ts";

/** How well draws of a posterior predict examples; means over examples. */
export interface PosteriorScores {
  /** Log pointwise predictive density, untempered, and its standard error. */
  lppd: number;
  lppdError: number;
  /** Of a regression: root mean squared error of the mean function, and shares in central 50 and 90 % intervals. */
  rmse?: number;
  coverage?: { level: number; share: number }[];
  /** Of a classification, of mean probabilities. */
  accuracy?: number;
  brier?: number;
  /** Expected calibration error. */
  calibrationError?: number;
}

/** Outputs that are held at a time. */
const HELD = 5e6;

/**
 * Log-likelihoods of the examples under each of P points, [P, n], and the scores of their mixture.
 *
 * @param targets of the landscape's examples
 */
export async function scorePoints(
  landscape: NetworkLandscape,
  targets: ArrayLike<number>,
  points: PosteriorPoints,
  options: WorkOptions = {},
): Promise<{ scores: PosteriorScores; logLikelihood: LogLikelihood }> {
  const { scales } = points;
  const n = landscape.examples.count;
  const { outputs } = landscape.network;
  if (landscape.loss.task === "regression") {
    return scoreMeans(await outputsOf(landscape, points, options), scales, targets);
  }
  const mixture = new ClassMixture(scales.length, n, outputs, targets);
  const chunk = Math.max(1, Math.floor(HELD / (n * outputs)));
  for (let from = 0; from < scales.length; from += chunk) {
    const to = Math.min(from + chunk, scales.length);
    mixture.add(await outputsOf(landscape, points, options, from, to));
  }
  return mixture.score();
}

/**
 * The same from outputs that are at hand, [P, n, outputs].
 *
 * @param scales of the noise [P], of a regression
 */
export function scoreOutputs(
  landscape: NetworkLandscape,
  targets: ArrayLike<number>,
  outputs: Float32Array,
  scales: Float64Array,
): { scores: PosteriorScores; logLikelihood: LogLikelihood } {
  if (landscape.loss.task === "regression") return scoreMeans(outputs, scales, targets);
  const n = landscape.examples.count;
  const classes = landscape.network.outputs;
  const mixture = new ClassMixture(outputs.length / (n * classes), n, classes, targets);
  mixture.add(outputs);
  return mixture.score();
}

function scoreMeans(outputs: Float32Array, scales: Float64Array, targets: ArrayLike<number>) {
  const points = scales.length;
  const means = Float64Array.from(outputs);
  const predictions = { draws: points, examples: means.length / points, means, deviations: scales };
  const logLikelihood = gaussianLogLikelihood(predictions, targets);
  const lppd = lppdOf(logLikelihood);
  return {
    logLikelihood,
    scores: {
      lppd: lppd.value,
      lppdError: lppd.standardError,
      rmse: rmseOf(predictions, targets),
      coverage: coverageOf(predictions, targets).map(({ level, coverage }) => ({
        level,
        share: coverage.value,
      })),
    },
  };
}

/** The predictions of P classifiers together, which come in portions. */
class ClassMixture {
  readonly #points: number;
  readonly #examples: number;
  readonly #classes: number;
  readonly #targets: ArrayLike<number>;
  readonly #logs: Float64Array;
  readonly #mean: Float64Array;
  #added = 0;

  constructor(points: number, examples: number, classes: number, targets: ArrayLike<number>) {
    this.#points = points;
    this.#examples = examples;
    this.#classes = classes;
    this.#targets = targets;
    this.#logs = new Float64Array(points * examples);
    this.#mean = new Float64Array(examples * classes);
  }

  /** Takes in the logits of some of the classifiers, [here, examples, classes]. */
  add(logits: Float32Array): void {
    const each = this.#mean.length;
    const { values } = softmax({ classes: this.#classes, values: logits });
    for (let p = 0; p < values.length / each; p++, this.#added++) {
      const own = values.subarray(p * each, (p + 1) * each);
      for (let i = 0; i < this.#examples; i++) {
        this.#logs[this.#added * this.#examples + i] = Math.log(own[i * this.#classes + this.#targets[i]]);
      }
      for (let j = 0; j < each; j++) this.#mean[j] += own[j] / this.#points;
    }
  }

  score(): { scores: PosteriorScores; logLikelihood: LogLikelihood } {
    const logLikelihood = { draws: this.#points, examples: this.#examples, values: this.#logs };
    const lppd = lppdOf(logLikelihood);
    const mean = { classes: this.#classes, values: this.#mean };
    const { accuracy, brier } = scoresOf(mean, this.#targets);
    return {
      logLikelihood,
      scores: {
        lppd: lppd.value,
        lppdError: lppd.standardError,
        accuracy: accuracy.value,
        brier: brier.value,
        calibrationError: calibrationOf(mean, this.#targets).expectedError,
      },
    };
  }
}
