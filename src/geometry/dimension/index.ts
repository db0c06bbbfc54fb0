export { authorsTiling } from "./authors-tiling.ts";
export { type CorrelationDimensionOptions, correlationDimension } from "./correlation-dimension.ts";
export { type DANCoOptions, danco, uniformBall } from "./danco.ts";
export {
  DIMENSION_ESTIMATORS,
  type DimensionEstimatorName,
  type DimensionOptions,
  estimateDimension,
} from "./estimate.ts";
export { type FisherSeparabilityOptions, fisherSeparability } from "./fisher-separability.ts";
export { type KnnGraphOptions, knnGraph } from "./knn-graph.ts";
export { dimensionOfVariances, type LocalPCAOptions, localPCA, type VarianceRule } from "./local-pca.ts";
export { type MaximumLikelihoodOptions, maximumLikelihood } from "./maximum-likelihood.ts";
export { type MiNDOptions, mind } from "./mind.ts";
export { moments } from "./moments.ts";
export type { Neighbours } from "./neighbour-list.ts";
export { nearestNeighbours } from "./neighbours.ts";
export type { DimensionEstimate, Points } from "./points.ts";
export {
  type PublishedTangentRankOptions,
  publishedTangentRank,
  type TangentRankOptions,
  tangentRank,
} from "./tangent-rank.ts";
export { type TwoNNOptions, type TwoNNScale, twoNN, twoNNScales } from "./two-nn.ts";
