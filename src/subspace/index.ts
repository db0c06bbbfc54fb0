export { affine } from "./affine.ts";
export { bezier, line } from "./bezier.ts";
export { chord } from "./chord.ts";
export {
  type CoefficientMap,
  coefficientMatrix,
  isPath,
  type MapSpec,
  type PathMap,
} from "./coefficient-map.ts";
export { complex } from "./complex.ts";
export { evenly, middleOf, sampleCoordinates } from "./coordinates.ts";
export { type NeuralCurveSpec, neuralCurve, neuralParts } from "./neural-curve.ts";
export { polychain } from "./polychain.ts";
export * from "./random-projection/index.ts";
export { simplex } from "./simplex.ts";
export { materialise, type Part, Span } from "./span.ts";
export { fromSpec, spanFor, storedAnchors } from "./spec.ts";
export {
  checkTrunk,
  TRUNK_ACTIVATIONS,
  type TrunkActivation,
  type TrunkPass,
  type TrunkSpec,
  trunkDerivatives,
  trunkGradient,
  trunkPass,
  trunkSize,
} from "./trunk.ts";
