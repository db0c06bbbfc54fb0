export {
  DivergenceError,
  type EpochMetrics,
  type FitOptions,
  type FitProblem,
  type FitSpec,
  type FitState,
  fit,
} from "./fit.ts";
export { OPTIMISERS, Optimiser, type OptimiserKind, type OptimiserSpec } from "./optimiser.ts";
export { cosinePenalty, type Penalty, pointDecayWeights } from "./regulariser.ts";
export { rateFactor, SCHEDULES, type Schedule } from "./schedule.ts";
export { StepGradient } from "./step.ts";
