import { correlationDimension } from "./correlation-dimension.ts";
import { danco } from "./danco.ts";
import { fisherSeparability } from "./fisher-separability.ts";
import { knnGraph } from "./knn-graph.ts";
import { localPCA } from "./local-pca.ts";
import { maximumLikelihood } from "./maximum-likelihood.ts";
import { mind } from "./mind.ts";
import { moments } from "./moments.ts";
import type { DimensionEstimate, Points } from "./points.ts";
import { publishedTangentRank, tangentRank } from "./tangent-rank.ts";
import { twoNN } from "./two-nn.ts";

/** All estimators of intrinsic dimension by name, for menus and reports. Each takes (points, options). */
export const DIMENSION_ESTIMATORS = {
  "maximum-likelihood": {
    summary: "growth of the number of neighbours with distance; the usual first choice",
    source: "Levina & Bickel 2005; MacKay & Ghahramani 2005",
    estimate: maximumLikelihood,
  },
  "two-nn": {
    summary: "ratio of the distances to the two nearest neighbours; least disturbed by uneven density",
    source: "Facco et al. 2017",
    estimate: twoNN,
  },
  "tangent-rank": {
    summary: "rank of the differences to the nearest neighbours; exact on flat subspaces",
    source: "Chen & Saidi 2023, section on intrinsic dimension, as described",
    estimate: tangentRank,
  },
  "tangent-rank-published": {
    summary: "the rank as published: of neighbour positions, with a float32 tolerance; only to reproduce",
    source: "Chen & Saidi 2023, table 1, as computed",
    estimate: publishedTangentRank,
  },
  "local-pca": {
    summary: "principal components of all points, or of each neighbourhood with the option k",
    source: "Fukunaga & Olsen 1971; Fan et al. 2010",
    estimate: localPCA,
  },
  "correlation-dimension": {
    summary: "growth of the number of close pairs with distance",
    source: "Grassberger & Procaccia 1983",
    estimate: correlationDimension,
  },
  moments: {
    summary: "mean over largest distance of 100 neighbours; needs many points",
    source: "Amsaleg et al. 2018",
    estimate: moments,
  },
  mind: {
    summary: "nearest over farthest distance of 21 neighbours",
    source: "Lombardi et al. 2011; Rozza et al. 2012",
    estimate: mind,
  },
  danco: {
    summary: "distances and angles of neighbours compared with uniform balls; for higher dimensions",
    source: "Ceruti et al. 2014",
    estimate: danco,
  },
  "fisher-separability": {
    summary: "share of pairs that a linear discriminant cannot separate; global",
    source: "Albergante, Bac & Zinovyev 2019",
    estimate: fisherSeparability,
  },
  "knn-graph": {
    summary: "length of the neighbour graph of random subsets; a whole number, noisy with default sizes",
    source: "Carter, Raich & Hero 2010",
    estimate: knnGraph,
  },
} as const;

export type DimensionEstimatorName = keyof typeof DIMENSION_ESTIMATORS;

/** The options of an estimator. */
export type DimensionOptions<Name extends DimensionEstimatorName> = NonNullable<
  Parameters<(typeof DIMENSION_ESTIMATORS)[Name]["estimate"]>[1]
>;

/**
 * Intrinsic dimension of points by a named estimator, with its default options (those of scikit-dimension) where none
 * are given.
 *
 * @throws RangeError for an unknown name, and for points that the estimator cannot use
 */
export function estimateDimension<Name extends DimensionEstimatorName>(
  name: Name,
  points: Points,
  options?: DimensionOptions<Name>,
): DimensionEstimate {
  if (!Object.hasOwn(DIMENSION_ESTIMATORS, name)) {
    throw new RangeError(
      `The estimator ${name} is unknown; give one of ${Object.keys(DIMENSION_ESTIMATORS).join(", ")}.`,
    );
  }
  const estimate = DIMENSION_ESTIMATORS[name].estimate as (
    points: Points,
    options?: DimensionOptions<Name>,
  ) => DimensionEstimate;
  return estimate(points, options ?? {});
}
