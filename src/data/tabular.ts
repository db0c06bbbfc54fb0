import { Rng } from "../engine/index.ts";
import type { Table } from "../format/index.ts";
import { type Dataset, takeRows, withChecksum } from "./dataset.ts";
import { standardise } from "./standardise.ts";

/** How a table becomes a data set. */
export interface TabularOptions {
  /** Seed of the permutation, 0 .. 2^53-1; default 0. */
  seed?: number;
  /** Shares of training and validation, each in (0, 1); the rest is the test split. Default [0.7, 0.1]. */
  fractions?: [train: number, validation: number];
  /**
   * Where the mean and the population standard deviation of each column come from: `all` rows, as in the paper and so
   * that numbers can be compared with it, although the test data leak into the scale; or the `train` split only.
   * Default `all`.
   */
  standardise?: "all" | "train";
}

/**
 * A regression data set from a table whose last column is the target: rows permuted, split and standardised, target
 * included, exactly as Dold et al. (2025) do (`TabularLoader` of doldd/Paths-and-Ambient-Spaces): the permutation is
 * JAX's `permutation(split(PRNGKey(seed))[1])`, and the splits end at int(0.7 n) and int((0.7 + 0.1) n) in float64,
 * where 0.7 + 0.1 is slightly less than 0.8.
 *
 * @throws RangeError for fractions that leave a split empty, and for a constant column
 */
export async function tabularDataset(
  name: string,
  source: string,
  table: Table,
  { seed = 0, fractions = [0.7, 0.1], standardise: from = "all" }: TabularOptions = {},
): Promise<Dataset> {
  const [rows, columns] = table.shape;
  const features = columns - 1;
  if (features < 1)
    throw new RangeError(`The table ${name} has ${columns} column; it needs features and, last, the target.`);
  const [trainEnd, validationEnd] = [
    Math.trunc(rows * fractions[0]),
    Math.trunc(rows * (fractions[0] + fractions[1])),
  ];
  if (!(0 < trainEnd && trainEnd < validationEnd && validationEnd < rows))
    throw new RangeError(
      `The fractions ${fractions} of ${rows} rows leave a split empty; give two positive shares that sum to less than 1.`,
    );
  const all = { count: rows, inputs: new Float32Array(rows * features), targets: new Float32Array(rows) };
  for (let row = 0; row < rows; row++) {
    all.inputs.set(table.data.subarray(row * columns, row * columns + features), row * features);
    all.targets[row] = table.data[row * columns + features];
  }
  const order = Rng.fromSeed(seed).splitN(2)[1].permutation(rows);
  const raw = {
    name,
    task: "regression" as const,
    shape: [features],
    classes: 0,
    byteScale: 1,
    byteShift: 0,
    train: takeRows(all, order.subarray(0, trainEnd)),
    validation: takeRows(all, order.subarray(trainEnd, validationEnd)),
    test: takeRows(all, order.subarray(validationEnd)),
    checksum: "",
    source,
    note: `split ${fractions[0]}/${fractions[1]} with seed ${seed}`,
  };
  return withChecksum(standardise(raw, from));
}
