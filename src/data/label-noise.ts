import type { Rng } from "../engine/index.ts";
import { type Dataset, withNote } from "./dataset.ts";

/**
 * The data set with a part of its training labels replaced by uniformly random ones, which may be the true ones: those
 * of the first ⌊share · n⌋ examples of a random order (Wortsman et al. 2021, code). Test labels stay as they are.
 *
 * @param share in [0, 1]
 */
export function withLabelNoise(dataset: Dataset, share: number, rng: Rng): Dataset {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`The share of noisy labels is ${share}; give 0 to 1.`);
  if (dataset.task !== "classification") {
    throw new RangeError(`${dataset.name} has no labels to change; give a data set of classes.`);
  }
  const { train, classes } = dataset;
  const count = Math.floor(share * train.count);
  const order = rng.split("order").permutation(train.count);
  const labels = rng.split("labels").integers(count, classes);
  const targets = Int32Array.from(train.targets);
  for (let i = 0; i < count; i++) targets[order[i]] = labels[i];
  return withNote({ ...dataset, train: { ...train, targets } }, `${100 * share} % of training labels random`);
}
