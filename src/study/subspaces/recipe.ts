import type { FitSpec } from "../../fit/index.ts";
import { mlp, type Network } from "../../model/index.ts";
import type { SubspaceSpec } from "../../run/node.ts";
import type { MapSpec } from "../../subspace/index.ts";
import type { Scale } from "../study.ts";

/**
 * The recipe of Chen and Saidi (section 1.1 of their code): AdamW, dropout 0.3, batches of 128. On the full data 784-512-10,
 * the sum of the losses, at most 50 epochs with patience 10; quick, 784-64-10 on 6,000 of the embedded images, the mean
 * of the losses and 15 epochs.
 */
export function recipeOf(scale: Scale): FitSpec {
  const full = scale === "paper";
  return {
    kind: "adamw",
    momentum: 0.9,
    weightDecay: 0.01,
    epochs: full ? 50 : 15,
    batch: 128,
    rate: 1e-3,
    schedule: "constant",
    samples: 1,
    reduction: full ? "sum" : "mean",
    beta: 0,
    pointDecay: 0,
    keepBest: full,
    patience: full ? 10 : 0,
  };
}

export const networkOfScale = (scale: Scale, dropout = 0.3): Network =>
  mlp([784, scale === "paper" ? 512 : 64, 10], "relu", dropout);

/** Data sets and counts of each scale; validation examples choose the epoch at full scale only. */
export const DATA: Record<Scale, { data: string; trainCount?: number; validationCount: number }> = {
  quick: { data: "fashion-mnist-small", trainCount: 6000, validationCount: 0 },
  paper: { data: "fashion-mnist", validationCount: 10_000 },
};

/** A subspace learnt from scratch with the cos² penalty: all parameters on it, every vertex initialised alike. */
export const learnt = (map: MapSpec, recipe: FitSpec, change: Partial<FitSpec> = {}): SubspaceSpec => ({
  kind: "map",
  map,
  init: "pytorch",
  otherInit: "pytorch",
  fit: { ...recipe, beta: 1, ...change },
});

/** The same as the authors' code has it: weights only, one copy of the biases, Xavier vertices but the first. */
export const asPublished = (map: MapSpec, recipe: FitSpec): SubspaceSpec => ({
  kind: "map",
  map,
  init: "pytorch",
  otherInit: "glorot-normal",
  fit: { ...recipe, beta: 1, sharedBiases: true },
});

/** The published neural curve: tanh, 10, 20, 40 hidden units a layer of the network, weights only. */
export const neuralCurveSpec = (
  scale: Scale,
  recipe: FitSpec,
  change: Partial<Extract<SubspaceSpec, { kind: "neural" }>["fit"]> = {},
): SubspaceSpec => ({
  kind: "neural",
  fit: {
    ...recipe,
    epochs: scale === "paper" ? 30 : recipe.epochs,
    widths: [10, 20, 40],
    activation: "tanh",
    perLayer: true,
    sharedBiases: true,
    rectified: false,
    beta: 0.5,
    repel: 0,
    repelLimit: 2.5,
    repelRange: [0.25, 0.75],
    ...change,
  },
});
