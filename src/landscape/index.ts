export { Batch, Examples } from "./examples.ts";
export { crossEntropy, gaussian, type Loss, squaredError } from "./loss.ts";
export type { PointMetrics, SpanMetrics } from "./metrics.ts";
export { type EvaluationOptions, NetworkLandscape } from "./network-landscape.ts";
export type { WorkOptions } from "./network-runs.ts";
export { type PathShapes, pathGradientProgram, pathLossProgram } from "./path-programs.ts";
export { evaluatePoints } from "./points.ts";
export { anchorGradientProgram, cappedGradientProgram, pointGradientProgram } from "./programs.ts";
export { SpanGradient } from "./span-gradient.ts";
