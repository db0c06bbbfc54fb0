/** The part of the room that needs Node.js: run folders and the jobs that write them. */
export type { Alignment } from "./align-node.ts";
export { compareJob } from "./compare-node.ts";
export {
  type ComparedMethod,
  type CompareResult,
  type CompareSpec,
  METHODS,
  type Method,
} from "./compare-spec.ts";
export {
  type ConnectResult,
  type ConnectSpec,
  connectJob,
  type PathResult,
  readOptimum,
} from "./connect-node.ts";
export { connectorJob } from "./connector-node.ts";
export { type ConnectorSetup, dataOf, optimaLosses } from "./connector-setup.ts";
export {
  CONNECTOR_METHODS,
  type ConnectorMethod,
  type ConnectorNode,
  type ConnectorPath,
  type ConnectorResult,
  type ConnectorSpec,
  type HyperplaneResult,
  type MConnectorResult,
  type MinimaEdge,
  type MinimaGraphResult,
} from "./connector-spec.ts";
export { openRunData, type RunData } from "./data-node.ts";
export { type DimensionSetup, dimensionJob } from "./dimension-node.ts";
export { pointsOfDraws, readDraws, type SavedDraws } from "./draws-node.ts";
export { type EnsembleRunResult, type EnsembleSource, ensembleJob } from "./ensemble-node.ts";
export { inferenceDataOf, writeInferenceData } from "./export-node.ts";
export { RunFolder } from "./folder-node.ts";
export { geometryJob } from "./geometry-node.ts";
export { type HessianPlace, type HessianResult, hessianJob } from "./hessian-node.ts";
export {
  type NetworkSubspaces,
  networkIntrinsicJob,
  REACHED,
  trainInSubspace,
  wedgeIntrinsicJob,
} from "./intrinsic-node.ts";
export { mConnectorJob } from "./m-connector-node.ts";
export { minimaGraphJob } from "./minima-graph-node.ts";
export {
  type LossPathResult,
  type PathSetup,
  pathJob,
  readPath,
  type TrainedPath,
  trainPath,
  trainPaths,
} from "./path-node.ts";
export { type PatternJobSpec, type PatternResult, patternJob } from "./pattern-node.ts";
export { type DrawStatistics, type PerturbResult, type PerturbSpec, perturbJob } from "./perturb-node.ts";
export {
  evaluatePlane,
  type PlaneEvaluation,
  type PlaneResult,
  type PlaneSetup,
  planeOf,
} from "./plane-node.ts";
export { outputsOf, type PosteriorPoints } from "./posterior-points.ts";
export { type PredictResult, predictJob } from "./predict-node.ts";
export { alongTraining, type ProbeSetup, probeJob } from "./probe-node.ts";
export { sampleJob } from "./sample-node.ts";
export type { SampledTemperature, SampleResult, SampleSpec } from "./sample-spec.ts";
export { SAMPLERS, type SamplerSpec } from "./sampler-spec.ts";
export { serveRuns } from "./serve-node.ts";
export { type FitStageOptions, fitStage } from "./stage-node.ts";
export {
  type LearntSubspace,
  learn,
  type SubspaceResult,
  type SubspaceSpec,
  subspaceJob,
} from "./subspace-node.ts";
export { epochFile, type JobOptions, type TrainResult, trainJob, trainOptimum } from "./train-node.ts";
export { type FrameReport, type TunnelResult, type TunnelSpec, tunnelJob } from "./tunnel-node.ts";
export { type WedgeJobSpec, type WedgeResult, wedgeJob } from "./wedge-node.ts";
