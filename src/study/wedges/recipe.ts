import type { FitSpec } from "../../fit/index.ts";
import type { Scale } from "../study.ts";

/**
 * The recipe of Fort and Jastrzebski 2019 (section 4.1), and where they are silent that of the first author's later code:
 * SimpleCNN with tanh, Glorot-uniform weights, Adam at a constant rate, batches of 128.
 */
export const recipeOf = (scale: Scale): FitSpec => ({
  kind: "adam",
  momentum: 0,
  weightDecay: 0,
  epochs: scale === "paper" ? 40 : 30,
  batch: 128,
  rate: 1.6e-3,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: false,
  patience: 0,
});

/** Fashion-MNIST, as in figure 4; the paper's other figures are of CIFAR-10. */
export const DATA: Record<Scale, { data: string; trainCount?: number }> = {
  quick: { data: "fashion-mnist-small", trainCount: 2000 },
  paper: { data: "fashion-mnist" },
};
