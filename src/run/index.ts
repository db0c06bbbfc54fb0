/** The run folder: what a run leaves behind, and how it goes on after an interruption. */

export { type Averages, angleBetween, averagesOf, probabilitiesOf } from "./averages.ts";
export {
  decodeOptimum,
  decodeSubspace,
  encodeOptimum,
  encodeSubspace,
  type OptimumCheckpoint,
  type SubspaceCheckpoint,
  wedgeLayout,
} from "./checkpoint.ts";
export {
  type DimensionPoints,
  type DimensionResult,
  type DimensionRow,
  ESTIMATOR_NAMES,
  estimateAll,
  givenPoints,
  misfit,
  SAMPLINGS,
  type Sampling,
  samplePoints,
} from "./dimension.ts";
export {
  DIVERSITY_DEFAULTS,
  DIVERSITY_GROUPS,
  type DiversityGroup,
  type DiversityPoint,
  type DiversityResult,
  type DiversitySpec,
  type DrawnGroup,
  diversityOf,
} from "./diversity.ts";
export {
  type Assessment,
  assess,
  assessEnsemble,
  type EnsembleResult,
  memberLogits,
} from "./ensemble.ts";
export { decodeFitState, encodeFitState, type SavedFitState } from "./fit-state.ts";
export { type Float32Curvatures, float32Artefact, float32Curvatures, median } from "./float32.ts";
export {
  type Extent,
  type Geometry,
  type GeometryResult,
  measureGeometry,
  type PathProfiles,
} from "./geometry.ts";
export type { IntrinsicResult, SubspaceSweep, SubspaceSweepSpec } from "./intrinsic.ts";
export type { MetricsLine } from "./metrics.ts";
export {
  type PlaneScene,
  type PlaneSize,
  type Subject,
  sceneOfComponents,
  sceneOfDirections,
  sceneOfPath,
  sceneOfVertices,
  sceneThrough,
  sceneWithOptimum,
  subjectOf,
} from "./plane-scene.ts";
export type { PosteriorScores } from "./posterior-scores.ts";
export { type Arrays, lineProfile, type NamedLandscape, octantMap, sectorMap } from "./probe-maps.ts";
export type {
  MapPoint,
  OctantResult,
  ProbedPair,
  ProbedPoint,
  ProbedWell,
  ProbeResult,
  ProbeSpec,
  TrainingRow,
} from "./probe-spec.ts";
export { type NewRun, RUN_STATUSES, type RunRecord, type RunStatus } from "./record.ts";
export { RunError } from "./run-error.ts";
export { type Bend, type PathShape, type Shape, shapeOf, type VerticesShape } from "./shape.ts";
export { leavesSpan, type SubspaceGram, subspaceGram } from "./subspace-gram.ts";
