import { allocateVector, releaseVector } from "../engine/index.ts";
import {
  type Calibration,
  calibrationOf,
  disagreement,
  jensenShannon,
  meanPrediction,
  type Predictions,
  pairwise,
  type Scores,
  scoresOf,
  softmax,
  totalVariation,
} from "../inference/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";
import type { Span } from "../subspace/index.ts";

/** How good a predictor is. */
export interface Assessment extends Scores {
  calibration: Calibration;
}

/** Networks that predict together. */
export interface EnsembleResult {
  members: Assessment[];
  /** The mean of the members' probabilities, and the softmax of their mean logits. */
  meanProbability: Assessment;
  meanLogit: Assessment;
  /** Share of examples on which two members name different classes, rows. */
  disagreement: number[][];
  /** Total variation distance between two members' predictive distributions, rows. */
  totalVariation: number[][];
  /** Jensen-Shannon divergence of all members, in nats. */
  jensenShannon: number;
}

/** Logits of points of a span for every example of a landscape. */
export async function memberLogits(
  landscape: NetworkLandscape,
  span: Span,
  coefficients: readonly ArrayLike<number>[],
  options: WorkOptions = {},
): Promise<Predictions[]> {
  const theta = allocateVector(span.size);
  const members: Predictions[] = [];
  try {
    for (const [i, c] of coefficients.entries()) {
      span.point(c, theta);
      const logits = await landscape.predict(theta, { signal: options.signal });
      members.push({ classes: landscape.network.outputs, values: Float64Array.from(logits) });
      options.onProgress?.((i + 1) / coefficients.length);
    }
  } finally {
    releaseVector(theta);
  }
  return members;
}

/** Scores and calibration of probabilities. */
export function assess(probabilities: Predictions, labels: ArrayLike<number>): Assessment {
  return { ...scoresOf(probabilities, labels), calibration: calibrationOf(probabilities, labels) };
}

/** Assesses members, given by their logits, alone and together (Wortsman et al. 2021, section 4.2). */
export function assessEnsemble(logits: readonly Predictions[], labels: ArrayLike<number>): EnsembleResult {
  const members = logits.map(softmax);
  const m = members.length;
  const rows = (values: Float64Array) =>
    Array.from({ length: m }, (_, i) => [...values.subarray(i * m, (i + 1) * m)]);
  return {
    members: members.map((p) => assess(p, labels)),
    meanProbability: assess(meanPrediction(members), labels),
    meanLogit: assess(softmax(meanPrediction(logits)), labels),
    disagreement: rows(pairwise(members, disagreement)),
    totalVariation: rows(pairwise(members, totalVariation)),
    jensenShannon: jensenShannon(members),
  };
}
