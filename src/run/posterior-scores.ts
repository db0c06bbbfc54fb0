import {
  coverageOf,
  gaussianLogLikelihood,
  type LogLikelihood,
  lppdOf,
  rmseOf,
  scoresOf,
  softmax,
} from "../inference/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";

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
}

/** Points of a span, each with its noise scale (of a regression). */
export interface PosteriorPoints {
  anchors: readonly Float32Array[];
  /** P × m */
  coefficients: Float64Array;
  /** P */
  scales: Float64Array;
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
  { anchors, coefficients, scales }: PosteriorPoints,
  options: WorkOptions = {},
): Promise<{ scores: PosteriorScores; logLikelihood: LogLikelihood }> {
  const m = anchors.length;
  const points = coefficients.length / m;
  const n = landscape.examples.count;
  const { outputs } = landscape.network;
  if (landscape.loss.task === "regression") {
    const means = Float64Array.from(await landscape.predictSpan(anchors, coefficients, options));
    const predictions = { draws: points, examples: n, means, deviations: scales };
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
  const values = new Float64Array(points * n);
  const mean = new Float64Array(n * outputs);
  const chunk = Math.max(1, Math.floor(HELD / (n * outputs)));
  for (let from = 0; from < points; from += chunk) {
    const here = Math.min(chunk, points - from);
    const logits = await landscape.predictSpan(
      anchors,
      coefficients.slice(from * m, (from + here) * m),
      options,
    );
    const { values: probabilities } = softmax({ classes: outputs, values: logits });
    for (let p = 0; p < here; p++) {
      const own = probabilities.subarray(p * n * outputs, (p + 1) * n * outputs);
      for (let i = 0; i < n; i++) values[(from + p) * n + i] = Math.log(own[i * outputs + targets[i]]);
      for (let j = 0; j < own.length; j++) mean[j] += own[j] / points;
    }
  }
  const logLikelihood = { draws: points, examples: n, values };
  const lppd = lppdOf(logLikelihood);
  const { accuracy, brier } = scoresOf({ classes: outputs, values: mean }, targets);
  return {
    logLikelihood,
    scores: {
      lppd: lppd.value,
      lppdError: lppd.standardError,
      accuracy: accuracy.value,
      brier: brier.value,
    },
  };
}
