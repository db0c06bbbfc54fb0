export { Batch, Examples } from "./examples.ts";
export { crossEntropy, gaussian, type Loss, squaredError } from "./loss.ts";
export {
  NetworkLandscape,
  type PointMetrics,
  SpanGradient,
  type SpanMetrics,
  type WorkOptions,
} from "./network-landscape.ts";
export { evaluatePoints } from "./points.ts";
export { anchorGradientProgram, cappedGradientProgram, pointGradientProgram } from "./programs.ts";
