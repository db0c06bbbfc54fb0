import { type Dataset, SPLIT_NAMES, type Split, withNote } from "./dataset.ts";

/**
 * Gives each feature, and the target of a regression, mean 0 and population standard deviation 1.
 *
 * @param from the rows that the means and deviations are of: the `train` split, or `all` splits together
 * @throws RangeError for inputs that are bytes (those have `byteScale`) and for a column that is constant
 */
export function standardise(dataset: Dataset, from: "all" | "train"): Dataset {
  const splits = SPLIT_NAMES.flatMap((name) => dataset[name] ?? []);
  if (splits.some(({ inputs }) => inputs instanceof Uint8Array))
    throw new RangeError(
      `The inputs of ${dataset.name} are bytes, which byteScale and byteShift scale already.`,
    );
  const sample = from === "train" ? [dataset.train] : splits;
  const features = dataset.train.inputs.length / dataset.train.count;
  const named = (kind: string) => `${kind} of ${dataset.name}`;
  const inputScales = Array.from({ length: features }, (_, j) =>
    columnScale(
      sample.map(({ inputs }) => inputs),
      j,
      features,
      named(`feature ${j + 1}`),
    ),
  );
  const targetScale =
    dataset.task === "regression" &&
    columnScale(
      sample.map(({ targets }) => targets),
      0,
      1,
      named("target"),
    );
  const scaled = ({ count, inputs, targets }: Split): Split => ({
    count,
    inputs: Float32Array.from(inputs, (x, i) => apply(x, inputScales[i % features])),
    targets: targetScale ? Float32Array.from(targets, (y) => apply(y, targetScale)) : targets,
  });
  const result = { ...dataset };
  for (const name of SPLIT_NAMES) {
    const split = dataset[name];
    if (split) result[name] = scaled(split);
  }
  return withNote(result, `standardised by ${from === "train" ? "the training rows" : "all rows"}`);
}

interface Scale {
  mean: number;
  deviation: number;
}

const apply = (x: number, { mean, deviation }: Scale) => Math.fround(x - mean) / deviation;

/** Mean and population deviation of every `stride`-th value from `offset`, rounded to float32 as in the paper's code. */
function columnScale(parts: ArrayLike<number>[], offset: number, stride: number, what: string): Scale {
  const count = parts.reduce((sum, part) => sum + part.length / stride, 0);
  const sumOf = (term: (x: number) => number) => {
    let sum = 0;
    for (const part of parts) for (let i = offset; i < part.length; i += stride) sum += term(part[i]);
    return sum;
  };
  const mean = sumOf((x) => x) / count;
  const deviation = Math.fround(Math.sqrt(sumOf((x) => (x - mean) ** 2) / count));
  if (!(deviation > 0)) throw new RangeError(`The ${what} is the same in all rows; leave that column out.`);
  return { mean: Math.fround(mean), deviation };
}
