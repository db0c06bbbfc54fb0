import { lenet, lenetti, simpleCnn } from "./cnn.ts";
import { mlp } from "./mlp.ts";
import type { Network, NetworkSpec } from "./network.ts";
import { withOrderedBiases } from "./ordered-biases.ts";

export { lenet, lenetti, type SimpleCnnOptions, simpleCnn } from "./cnn.ts";
export { initialiseAsFlax, initialiseAsPublishedPath } from "./flax.ts";
export { importParameters, type NamedArray } from "./import.ts";
export { INITIALISERS, type Initialiser, initialise } from "./initialise.ts";
export { type Layout, type Leaf, layoutOf, leafViews } from "./layout.ts";
export { mlp } from "./mlp.ts";
export { ACTIVATIONS, type Activation, type MaskSite, type Network, type NetworkSpec } from "./network.ts";
export { type OrderTube, orderTube } from "./order-tube.ts";
export {
  initialiseRawBiases,
  orderedFromRaw,
  orderedParameters,
  rawFromOrdered,
  rawParameters,
  sortUnits,
  withOrderedBiases,
} from "./ordered-biases.ts";
export { type Grouping, type LayoutPart, partsOf } from "./parts.ts";
export { permuteUnits, type UnitLayer, unitLayersOf } from "./units.ts";
export { matchWeights, type WeightMatching } from "./weight-matching.ts";

/** Builds the network that a spec describes. */
export function networkOf(spec: NetworkSpec): Network {
  switch (spec.kind) {
    case "mlp":
      return mlp(spec.widths, spec.activation, spec.dropout, spec.powers);
    case "lenet":
      return lenet(spec.activation);
    case "lenetti":
      return lenetti(spec.activation);
    case "simple-cnn":
      return simpleCnn(spec.activation, spec.inputShape, spec.classes, spec);
    case "ordered-biases":
      return withOrderedBiases(networkOf(spec.of));
  }
}
