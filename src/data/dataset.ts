import type { Rng } from "../engine/index.ts";
import { sha256 } from "./sha256.ts";

/** What is to be learnt: a class out of `classes`, or a number. */
export type Task = "classification" | "regression";

/** Examples of one split. */
export interface Split {
  count: number;
  /** count x prod(shape) values in row-major order; of bytes, the value is byte * byteScale + byteShift. */
  inputs: Uint8Array | Float32Array;
  /** count class indices (Int32Array) or numbers (Float32Array). */
  targets: Int32Array | Float32Array;
}

/** A data set in memory. */
export interface Dataset {
  name: string;
  task: Task;
  /** Shape of one example, such as [28, 28] for images or [8] for eight features. */
  shape: number[];
  /** Number of classes; 0 for regression. */
  classes: number;
  byteScale: number;
  byteShift: number;
  train: Split;
  validation?: Split;
  test: Split;
  /** SHA-256 over the contents as they were loaded, in hexadecimal digits; `subset` and the like keep it. */
  checksum: string;
  /** Where the data come from. */
  source: string;
  /** What was done to them. */
  note?: string;
}

/** The names of the splits, in their usual order. */
export const SPLIT_NAMES = ["train", "validation", "test"] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** The data set with its checksum: the SHA-256 of a text with one line a split, its name, count and array hashes. */
export async function withChecksum(dataset: Omit<Dataset, "checksum">): Promise<Dataset> {
  let text = "";
  for (const name of SPLIT_NAMES) {
    const split = dataset[name];
    if (split)
      text += `${name} ${split.count} ${await sha256(split.inputs)} ${await sha256(split.targets)}\n`;
  }
  return { ...dataset, checksum: await sha256(new TextEncoder().encode(text)) };
}

/**
 * The first examples of each split that is named, in their order; the others stay whole. Shares memory with `dataset`.
 *
 * @throws RangeError where a count is not between 1 and the number of examples there are
 */
export function subset(dataset: Dataset, counts: Partial<Record<SplitName, number>>): Dataset {
  const result = { ...dataset };
  for (const name of SPLIT_NAMES) {
    const count = counts[name];
    if (count === undefined) continue;
    const split = dataset[name];
    if (!split || !Number.isInteger(count) || count < 1 || count > split.count)
      throw new RangeError(
        `The subset asks for ${count} ${name} examples of ${dataset.name}, which has ${split?.count ?? 0}; ask for 1 to as many as there are.`,
      );
    const size = split.inputs.length / split.count;
    result[name] = {
      count,
      inputs: split.inputs.subarray(0, count * size),
      targets: split.targets.subarray(0, count),
    };
  }
  return withNote(
    result,
    `first ${SPLIT_NAMES.flatMap((name) => (counts[name] === undefined ? [] : `${counts[name]} ${name}`)).join(", ")} examples`,
  );
}

/**
 * Moves `count` training examples, drawn at random with `rng.permutation`, into a new validation split.
 *
 * @throws RangeError where there is a validation split already or `count` leaves no example for training
 */
export function splitTrainValidation(dataset: Dataset, count: number, rng: Rng): Dataset {
  const { train, name } = dataset;
  if (dataset.validation)
    throw new RangeError(`The data set ${name} has a validation split already; use that one.`);
  if (!Number.isInteger(count) || count < 1 || count >= train.count)
    throw new RangeError(
      `The validation split of ${name} is to have ${count} examples; give 1 to ${train.count - 1} of the ${train.count} training examples.`,
    );
  const order = rng.permutation(train.count);
  return withNote(
    {
      ...dataset,
      train: takeRows(train, order.subarray(0, train.count - count)),
      validation: takeRows(train, order.subarray(train.count - count)),
    },
    `${count} training examples drawn for validation`,
  );
}

/** Parts of the training examples that validation examples may be. */
export const FOLDS = 5;

/**
 * Makes one of five contiguous parts of the training examples, in their order, a new validation split (MNIST in Dold et
 * al. 2025). What is left over by five stays in the training split.
 *
 * @param fold 0 to 4
 * @throws RangeError where there is a validation split already, no such fold or too few examples
 */
export function foldValidation(dataset: Dataset, fold: number): Dataset {
  const { train, name } = dataset;
  if (dataset.validation)
    throw new RangeError(`The data set ${name} has a validation split already; leave the fold out.`);
  const size = Math.floor(train.count / FOLDS);
  if (!Number.isInteger(fold) || fold < 0 || fold >= FOLDS || size < 1)
    throw new RangeError(
      `Fold ${fold} of ${train.count} training examples of ${name} was asked for; give 0 to ${FOLDS - 1}, of ${FOLDS} examples or more.`,
    );
  const [start, end] = [fold * size, (fold + 1) * size];
  const rows = Int32Array.from({ length: train.count }, (_, i) => i);
  return withNote(
    {
      ...dataset,
      train: takeRows(
        train,
        rows.filter((i) => i < start || i >= end),
      ),
      validation: takeRows(train, rows.subarray(start, end)),
    },
    `training examples ${start} to ${end - 1} for validation`,
  );
}

/** The examples with the given indices, in the order of the indices; a copy. */
export function takeRows(split: Split, rows: Int32Array): Split {
  const size = split.inputs.length / split.count;
  const inputs = new (split.inputs.constructor as Float32ArrayConstructor)(rows.length * size);
  const targets = new (split.targets.constructor as Int32ArrayConstructor)(rows.length);
  rows.forEach((row, i) => {
    inputs.set(split.inputs.subarray(row * size, (row + 1) * size), i * size);
    targets[i] = split.targets[row];
  });
  return { count: rows.length, inputs, targets };
}

/** The data set with one more remark about what was done to it. */
export function withNote(dataset: Dataset, note: string): Dataset {
  return { ...dataset, note: dataset.note ? `${dataset.note}; ${note}` : note };
}
