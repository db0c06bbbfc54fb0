import type { Rng } from "../../engine/index.ts";
import type { Examples, Loss, NetworkLandscape } from "../../landscape/index.ts";
import type { Network } from "../../model/index.ts";
import type { OptimiserSpec } from "../optimiser.ts";
import { type FitOptions, type FitState, type TrainingSpec, trainEpochs } from "../training.ts";
import { RandomSubspaceStep } from "./step.ts";
import type { RandomSubspace } from "./subspace.ts";

/** A network that is trained in a random subspace. */
export interface SubspaceFitProblem {
  network: Network;
  loss: Loss;
  subspace: RandomSubspace;
  train: Examples;
  /** Landscape that is looked at after each epoch. */
  validation?: NetworkLandscape;
}

/**
 * Trains a network in a random subspace (Li et al. 2018). The state holds one vector, z.
 *
 * @throws DivergenceError if a loss is not finite
 */
export async function fitInSubspace(
  { network, loss, subspace, train, validation }: SubspaceFitProblem,
  spec: TrainingSpec & OptimiserSpec,
  rng: Rng,
  options: FitOptions = {},
): Promise<FitState> {
  using step = new RandomSubspaceStep(network, loss, subspace, spec, rng);
  const data = { train, validation, parameters: network.layout.size };
  const { history, bestEpoch } = await trainEpochs(step, data, spec, rng, options);
  // The step gives its vectors back.
  return { history, bestEpoch, anchors: step.vectors.map((z) => z.slice()), bestAnchors: [], moments: [] };
}
