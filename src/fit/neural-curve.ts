import { allocateVector, type Rng, releaseVector } from "../engine/index.ts";
import type { Examples, Loss, NetworkLandscape } from "../landscape/index.ts";
import { initialise, type Network, partsOf } from "../model/index.ts";
import {
  checkTrunk,
  neuralCurve,
  neuralParts,
  type PathMap,
  Span,
  type TrunkSpec,
  trunkSize,
} from "../subspace/index.ts";
import { NeuralCurveStep } from "./neural-curve-step.ts";
import { type FitOptions, type FitState, type TrainingSpec, trainEpochs } from "./training.ts";

/** How a neural curve is trained ("Examining the geometry of neural mode connecting loss subspaces", algorithm 2). */
export interface NeuralCurveFitSpec extends TrainingSpec, TrunkSpec {
  /** Decoupled weight decay of AdamW. */
  weightDecay: number;
  /** As for `FitSpec`. */
  reduction: "mean" | "sum";
  /** Weight of cos²(g(0), g(1)), relative to the loss; 0 for none. */
  beta: number;
  /** A trunk for each layer of the network, instead of one for all parameters. */
  perLayer: boolean;
  /** Biases are not on the curve: one copy serves all of it (Chen and Saidi, code). */
  sharedBiases: boolean;
  /** A ReLU follows the last layer of the curve, so that no weight is negative (the published shallow ReLU curve). */
  rectified: boolean;
  /**
   * Weight φ of the interpolation-repelling loss, −φ L(γ g(0) + (1 − γ) g(1)), which makes the chord bad (authors'
   * later code); 0 for none.
   */
  repel: number;
  /** The repelled mean loss counts only below this; infinite as published, which diverges. */
  repelLimit: number;
  /** γ is uniform between these. */
  repelRange: readonly [number, number];
}

/** The trained vectors of a neural curve, in the vector memory. */
export interface NeuralCurve {
  /** Columns of the last layer's weights, then its biases: last width + 1 vectors of D. */
  anchors: readonly Float32Array[];
  /** Parameters of each trunk. */
  trunks: readonly Float32Array[];
}

/** Independent random starts, as PyTorch's Linear has them: uniform in ±1/√fan_in for every layer. */
export function initialiseNeuralCurve(network: Network, spec: NeuralCurveFitSpec, rng: Rng): NeuralCurve {
  checkTrunk(spec);
  const { layout } = network;
  const { groups } = partsOf(layout, { layerwise: spec.perLayer, sharedBiases: spec.sharedBiases });
  const trunks = Array.from({ length: groups - (spec.sharedBiases ? 1 : 0) }, (_, g) => {
    const trunk = allocateVector(trunkSize(spec));
    let at = 0;
    spec.widths.forEach((width, l) => {
      const fanIn = l === 0 ? 1 : spec.widths[l - 1];
      const bound = 1 / Math.sqrt(fanIn);
      trunk.set(rng.split(`trunk ${g} layer ${l}`).uniform(width * (fanIn + 1), -bound, bound), at);
      at += width * (fanIn + 1);
    });
    return trunk;
  });
  const fanIn = spec.widths[spec.widths.length - 1];
  const bound = 1 / Math.sqrt(fanIn);
  const anchors = Array.from({ length: fanIn + 1 }, (_, i) => {
    const anchor = allocateVector(layout.size);
    anchor.set(rng.split(`anchor ${i}`).uniform(layout.size, -bound, bound));
    return anchor;
  });
  if (spec.sharedBiases) {
    // Biases that are not on the curve start as those of a network do; they lie in the constant anchor.
    const theta = allocateVector(layout.size);
    initialise(network, theta, "pytorch", rng.split("biases"));
    for (const { shape, offset, size } of layout.leaves) {
      if (shape.length > 1) continue;
      for (const anchor of anchors) anchor.fill(0, offset, offset + size);
      anchors[fanIn].set(theta.subarray(offset, offset + size), offset);
    }
    releaseVector(theta);
  }
  return { anchors, trunks };
}

/** The path of a neural curve, and the span it runs in (which owns the anchors). */
export function pathOfNeuralCurve(
  network: Network,
  spec: NeuralCurveFitSpec,
  { anchors, trunks }: NeuralCurve,
): { map: PathMap; span: Span } {
  const map = neuralCurve({
    widths: [...spec.widths],
    activation: spec.activation,
    trunks: trunks.map((trunk) => [...trunk]),
    constantGroup: spec.sharedBiases,
    rectified: spec.rectified,
  });
  const parts = neuralParts(network.layout, {
    trunks,
    constantGroup: spec.sharedBiases,
    rectified: spec.rectified,
  });
  return { map, span: new Span(anchors, parts) };
}

/**
 * Learns a curve g(t), t in [0, 1], that a small network makes, so that the network does well all along it: minimises
 * E_t L(g(t)) + β cos²(g(0), g(1)) with AdamW, in place.
 *
 * @throws DivergenceError if a loss is not finite
 */
export async function fitNeuralCurve(
  problem: { network: Network; loss: Loss; train: Examples; validation?: NetworkLandscape },
  curve: NeuralCurve,
  spec: NeuralCurveFitSpec,
  rng: Rng,
  options: FitOptions = {},
): Promise<FitState> {
  const { network, loss, train, validation } = problem;
  using step = new NeuralCurveStep(network, loss, curve, spec, rng);
  const data = { train, validation, parameters: network.layout.size };
  const state = await trainEpochs(step, data, spec, rng, options);
  step.finish();
  return state;
}
