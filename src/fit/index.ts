export { type FitProblem, type FitSpec, fit } from "./fit.ts";
export {
  fitNeuralCurve,
  initialiseNeuralCurve,
  type NeuralCurve,
  type NeuralCurveFitSpec,
  pathOfNeuralCurve,
} from "./neural-curve.ts";
export { OPTIMISERS, Optimiser, type OptimiserKind, type OptimiserSpec } from "./optimiser.ts";
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
