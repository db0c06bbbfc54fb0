export { denseMatrix, denseSpectrum, LARGEST_DENSE } from "./dense.ts";
export { hutchinson, type TraceEstimate } from "./hutchinson.ts";
export { type Lanczos, type LanczosOptions, lanczos } from "./lanczos.ts";
export { type HessianMeasures, type HessianSpec, measureHessian } from "./measure.ts";
export { hessianAt, type SymmetricOperator } from "./operator.ts";
export { quadrature, type SpectralDensity, spectralDensity } from "./quadrature.ts";
export { countDirections, type DirectionCount, settledCount } from "./short-directions.ts";
