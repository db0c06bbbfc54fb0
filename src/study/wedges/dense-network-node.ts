import { type Dataset, subset } from "../../data/index.ts";
import { loadDataset } from "../../data/node.ts";
import { Rng } from "../../engine/index.ts";
import type { FitSpec } from "../../fit/index.ts";
import { type Network, networkOf } from "../../model/index.ts";
import { openRunData, type RunData } from "../../run/node.ts";
import type { StudyContext } from "../study.ts";
import { DATA, recipeOf } from "./recipe.ts";

/** The data of the scale's studies on real networks. */
export async function studyData({ scale, dataDir, options }: StudyContext): Promise<Dataset> {
  const { data, trainCount } = DATA[scale];
  const whole = await loadDataset(data, { dataDir, signal: options.signal });
  return trainCount ? subset(whole, { train: trainCount }) : whole;
}

/** A fully connected ReLU network for images of 28 x 28 and ten classes, as Li et al. 2018 and Fort and Scherlis 2019 take. */
export const denseNetwork = (hidden: readonly number[]): Network =>
  networkOf({ kind: "mlp", widths: [784, ...hidden, 10], activation: "relu", dropout: 0 });

/** The network's landscapes on the data; nothing is set aside, and the test examples are what accuracy is of. */
export const openDense = (dataset: Dataset, network: Network, seed: number): RunData =>
  openRunData(dataset, network, 0, Rng.fromSeed(seed).split("split"));

/** Adam with batches of 128 at a constant rate. */
export const denseRecipe = ({ scale }: StudyContext, epochs: number, rate: number): FitSpec => ({
  ...recipeOf(scale),
  epochs,
  rate,
});
