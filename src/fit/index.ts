export {
  type AroundSampler,
  SUBSPACE_SAMPLERS,
  type SubspaceSamplerKind,
  sampleAround,
} from "./around-optimum.ts";
export * from "./connector/index.ts";
export {
  CYCLES,
  type CycleShape,
  checkCycle,
  collectedEpochs,
  cycleFactor,
  type RateCycle,
} from "./cycle.ts";
export { type FitProblem, type FitSpec, fit } from "./fit.ts";
export * from "./neb/index.ts";
export {
  fitNeuralCurve,
  initialiseNeuralCurve,
  type NeuralCurve,
  type NeuralCurveFitSpec,
  pathOfNeuralCurve,
} from "./neural-curve.ts";
export { OPTIMISERS, Optimiser, type OptimiserKind, type OptimiserSpec } from "./optimiser.ts";
export {
  fitPaths,
  type PathFitOptions,
  type PathFitSpec,
  type PathFitState,
  type PathMetrics,
  type PathProblem,
  UNIFORM_IN,
} from "./path.ts";
export type { PathGeometry } from "./path-geometry.ts";
export {
  fitPattern,
  PATTERN_DEFAULTS,
  type PatternMetrics,
  type PatternOptions,
  type PatternProblem,
  type PatternSpec,
  type PatternState,
} from "./pattern.ts";
export { type BinaryImage, type PatternMask, patternMask, SMILEY } from "./pattern-mask.ts";
export {
  type AxisPenalty,
  cellCoefficients,
  cellCoordinates,
  PARAMETRISATIONS,
  type Parametrisation,
  type PatternParameters,
  type PatternPlane,
  patternParameters,
  patternPlane,
} from "./pattern-plane.ts";
export { type PatternScore, patternScore } from "./pattern-score.ts";
export * from "./random-subspace/index.ts";
export { cosinePenalty, type Penalty, pointDecayWeights, volumePenalty } from "./regulariser.ts";
export { rateFactor, SCHEDULES, type Schedule } from "./schedule.ts";
export { inOnePart, type PartedAnchors, StepGradient } from "./step.ts";
export {
  DivergenceError,
  type EpochMetrics,
  type FitOptions,
  type FitState,
  type TrainingSpec,
  type TrainingStep,
  trainEpochs,
} from "./training.ts";
export {
  curveSubspace,
  type DirectionSubspace,
  principalSubspace,
  randomSubspace,
  Trajectory,
} from "./trajectory.ts";
