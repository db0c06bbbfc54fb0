import { type Layout, partsOf } from "../model/index.ts";
import { type PathMap, pathMap } from "./coefficient-map.ts";
import type { Part } from "./span.ts";
import { checkTrunk, type TrunkSpec, trunkDerivatives, trunkSize } from "./trunk.ts";

/** What a neural curve is built from; plain JSON. */
export interface NeuralCurveSpec extends TrunkSpec {
  /** Parameters of each trunk, in the order of `trunkSize`. */
  trunks: number[][];
  /** Whether the last group of parameters (the biases) is not on the curve but the same for all t. */
  constantGroup: boolean;
  /** Whether a ReLU follows the last layer, so that the weights on the curve are never negative. */
  rectified: boolean;
}

/**
 * The parts of the parameter vector of a neural curve, for its `Span`: one where one trunk makes all of it, since its
 * coefficients do not sum to 1 and no anchor may be subtracted (see `Span.differences`).
 */
export function neuralParts(
  layout: Layout,
  {
    trunks,
    constantGroup,
    rectified,
  }: Pick<NeuralCurveSpec, "constantGroup" | "rectified"> & {
    trunks: { length: number };
  },
): Part[] | undefined {
  const { parts, groups } = partsOf(layout, { layerwise: trunks.length > 1, sharedBiases: constantGroup });
  const onCurve = constantGroup ? groups - 1 : groups;
  return parts.map(({ offset, size, group }) => ({
    offset,
    size,
    group,
    rectified: rectified && group < onCurve,
  }));
}

/**
 * The curve g(t) of "Examining the geometry of neural mode connecting loss subspaces" (section 3.3): a network of one
 * variable whose output is a parameter vector, or one such network for each layer. Its last layer is linear, so that
 * the curve lies in a span: the coefficients are the last hidden activations and a 1, the anchors are the columns of the
 * last layer's weights and its biases.
 *
 * With several trunks, trunk g belongs to group g of the parameters (see `Part`), and the coefficients of all groups
 * stand one after the other: m = (groups) × (last width + 1). They do not sum to 1.
 *
 * A curve that is `rectified` (the published shallow ReLU variant) leaves the span; the coefficients are those before
 * the last ReLU, and `materialise` makes its points.
 */
export function neuralCurve(spec: NeuralCurveSpec): PathMap {
  checkTrunk(spec);
  const size = trunkSize(spec);
  for (const trunk of spec.trunks) {
    if (trunk.length !== size) {
      throw new RangeError(
        `A trunk of a neural curve has ${trunk.length} parameters; widths [${spec.widths}] need ${size}.`,
      );
    }
  }
  const each = spec.widths[spec.widths.length - 1] + 1;
  const trunks = spec.trunks.map((parameters) => trunkDerivatives(spec, Float64Array.from(parameters)));
  const groups = trunks.length + (spec.constantGroup ? 1 : 0);
  return pathMap({ kind: "neural", ...spec }, groups * each, (t, order, out) => {
    out.fill(0);
    for (let g = 0; g < groups; g++) {
      if (g < trunks.length) out.set(trunks[g](t, order)[order], g * each);
      if (order === 0) out[(g + 1) * each - 1] = 1;
    }
    return out;
  });
}
