export { arvizArrays, arvizGroup, type DrawnVariable, type InferenceData } from "./arviz.ts";
export { type Calibration, calibrationOf } from "./calibration.ts";
export type { LogDensity } from "./density.ts";
export { divergenceCounts } from "./divergences.ts";
export {
  disagreement,
  disagreementOneRight,
  diversityLimits,
  jensenShannon,
  klDivergence,
  pairwise,
  totalVariation,
} from "./diversity.ts";
export { brokenChains, type Draws, type Trace, traceOf, withoutChains } from "./draws.ts";
export { type Chain, type RunOptions, runChains, startChains } from "./driver.ts";
export { essBulk, essMean, essQuantile, essSd, essTail } from "./effective-sample-size.ts";
export { type EllipticalSliceOptions, ellipticalSlice } from "./elliptical-slice.ts";
export { eBfmi } from "./energy.ts";
export { type FullSpace, fullSpace } from "./full-space.ts";
export { type FunctionMapOptions, functionMap } from "./function-map.ts";
export { type HmcInfo, type HmcOptions, hmc } from "./hmc.ts";
export { fromInterval, type IntervalPoint, toInterval } from "./interval.ts";
export { type GridDensity, kernelDensity } from "./kernel-density.ts";
export { type DiagonalPosterior, diagonalLaplace, type LaplaceOptions, predictDraws } from "./laplace.ts";
export type { HamiltonianTuning } from "./leapfrog.ts";
export { pointLikelihood, type SpanLikelihood, spanLikelihood } from "./likelihood.ts";
export {
  type GaussianPredictions,
  gaussianLogLikelihood,
  type LogLikelihood,
  pointwisePredictiveDensity,
} from "./log-likelihood.ts";
export { type Loo, looOf } from "./loo.ts";
export { type MclmcInfo, type MclmcOptions, mclmc } from "./mclmc.ts";
export type { MclmcTuning } from "./mclmc-tuning.ts";
export { type Metric, metricOf, unitMetric } from "./metric.ts";
export { mcseMean, mcseQuantile, mcseSd } from "./monte-carlo-error.ts";
export { type NutsInfo, type NutsOptions, nuts } from "./nuts.ts";
export { planarPriorDensity } from "./planar-prior.ts";
export {
  type Noise,
  type Posterior,
  type PosteriorSpec,
  PRIOR_WEIGHTS,
  type Prior,
  posterior,
} from "./posterior.ts";
export { meanPrediction, type Predictions, predictedClasses, softmax } from "./predictive.ts";
export { predictiveQuantiles } from "./predictive-quantiles.ts";
export { priorDraws } from "./prior-draws.ts";
export { psis, type SmoothedWeights } from "./psis.ts";
export { accuracyOfAveragedClasses, rmseOfNoisyDraws } from "./published-scores.ts";
export { type RandomWalkInfo, type RandomWalkOptions, randomWalk } from "./random-walk.ts";
export { rankCounts } from "./rank-counts.ts";
export {
  type Coverage,
  coverageOf,
  lppdOf,
  meanFunction,
  predictiveRanks,
  rmseOf,
} from "./regression-scores.ts";
export { rHat } from "./rhat.ts";
export type { ChainState, Evaluation, Sampler, StepInfo } from "./sampler.ts";
export { type Score, type Scores, scoresOf } from "./scores.ts";
export {
  type Convergence,
  convergenceOf,
  relativeEfficiency,
  type SummaryOptions,
  type SummaryRow,
  summaryOf,
} from "./summary.ts";
export {
  type ApproximationQuality,
  assessGaussian,
  drawGaussian,
  fitGaussian,
  type GaussianApproximation,
  type VariationalFit,
  type VariationalOptions,
} from "./variational.ts";
