import { z } from "zod";
import { type Dataset, type DatasetInfo, datasetInfo, FOLDS, foldValidation, subset } from "../data/index.ts";
import { loadDataset, loadFiles } from "../data/node.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./verb.ts";

const count = (what: string) => z.number().int().min(1).optional().describe(what);
const path = (what: string) => z.string().optional().describe(what);

/** Where the data come from. */
export const dataFlags = {
  data: z.string().default("fashion-mnist-small").describe("a data set (see isthmus data list)"),
  dataDir: path("folder with data files"),
  trainCount: count("use only so many training examples"),
  testCount: count("use only so many test examples"),
  fold: z
    .number()
    .int()
    .min(0, `give 0 to ${FOLDS - 1}`)
    .max(FOLDS - 1, `give 0 to ${FOLDS - 1}`)
    .optional()
    .describe("validation examples are this of five contiguous parts of the training examples, 0 to 4"),
  trainFile: path("your own data instead: csv (last column is the target) or npz"),
  testFile: path("csv or npz for the test"),
  trainInputs: path("your own data: idx or npy with the inputs"),
  trainTargets: path("idx or npy with the targets"),
  testInputs: path("idx or npy"),
  testTargets: path("idx or npy"),
};

export type DataSpec = z.output<z.ZodObject<typeof dataFlags>>;

/** Loads the data set or the files that a spec names. */
export async function openData(spec: DataSpec, seed: number, io: Io): Promise<Dataset> {
  const dataset = await (usesFiles(spec) ? ownData(spec) : namedData(spec, seed, io));
  const counts = { train: spec.trainCount, test: spec.testCount };
  const used = spec.trainCount || spec.testCount ? subset(dataset, counts) : dataset;
  return spec.fold === undefined ? used : foldValidation(used, spec.fold);
}

const usesFiles = (spec: DataSpec) =>
  [
    spec.trainFile,
    spec.testFile,
    spec.trainInputs,
    spec.trainTargets,
    spec.testInputs,
    spec.testTargets,
  ].some((p) => p !== undefined);

function ownData(spec: DataSpec): Promise<Dataset> {
  const { trainFile, testFile, trainInputs, trainTargets, testInputs, testTargets } = spec;
  if (trainFile && testFile) return loadFiles({ train: trainFile, test: testFile });
  if (trainInputs && trainTargets && testInputs && testTargets) {
    const train = { inputs: trainInputs, targets: trainTargets };
    return loadFiles({ train, test: { inputs: testInputs, targets: testTargets } });
  }
  throw new UsageError(
    "your own data need both splits: give --train-file and --test-file, or --train-inputs, --train-targets, --test-inputs and --test-targets.",
  );
}

/** What is known about a data set; a name that does not exist is wrong usage. */
export function knownDataset(name: string): DatasetInfo {
  try {
    return datasetInfo(name);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function namedData(spec: DataSpec, seed: number, io: Io): Promise<Dataset> {
  knownDataset(spec.data);
  const progress = io.progress(`getting ${spec.data}`);
  try {
    return await loadDataset(spec.data, {
      dataDir: spec.dataDir,
      seed,
      signal: io.signal,
      onProgress: ({ bytesDone, bytesTotal }) => progress.update(bytesTotal ? bytesDone / bytesTotal : 0),
    });
  } finally {
    progress.stop();
  }
}
