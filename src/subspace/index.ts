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
export { evenly, middleOf, sampleCoordinates } from "./coordinates.ts";
export { polychain } from "./polychain.ts";
export { simplex } from "./simplex.ts";
export { Span } from "./span.ts";
export { fromSpec } from "./spec.ts";
