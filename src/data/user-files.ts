import {
  elementCount,
  FormatError,
  gunzip,
  isNpy,
  isZip,
  type NdArray,
  parseCsv,
  parseIdx,
  readNpy,
  readNpz,
} from "../format/index.ts";
import { type Dataset, type Split, type Task, withChecksum } from "./dataset.ts";

/** A file of the user's: its name, for messages, and its bytes. */
export interface UserFile {
  name: string;
  bytes: Uint8Array;
}

/**
 * The file or files of one split: a table (csv or the like) whose last column is the target; a npz with the arrays
 * `inputs` and `targets`, or `x` and `y`; or one file of inputs and one of targets, each idx, npy or a table.
 */
export type SplitFiles<File> = File | { inputs: File; targets: File };

/** The files of a data set, in `UserFile`s or as paths. */
export interface DatasetFiles<File> {
  train: SplitFiles<File>;
  validation?: SplitFiles<File>;
  test: SplitFiles<File>;
}

export interface UserOptions {
  /** Default `own`. */
  name?: string;
  /** Default: classification where the targets are stored as integers (idx, integer npy), regression otherwise. */
  task?: Task;
}

interface Raw {
  inputs: NdArray;
  targets: NdArray;
  /** Names of the files, for messages. */
  inputFile: string;
  targetFile: string;
}

/**
 * A data set of the user's own. Inputs stored as bytes stay bytes with the value byte / 255, others become float32 as
 * they are (see `standardise`). The number of classes is the largest label plus 1.
 *
 * @throws FormatError, in one sentence with file and place, where a file is damaged, counts or shapes disagree, a value
 *   is not finite, a label is not a whole number from 0 on, or all training targets of a regression are the same
 */
export async function parseUserFiles(
  files: DatasetFiles<UserFile>,
  { name = "own", task }: UserOptions = {},
): Promise<Dataset> {
  const train = readSplit(files.train);
  const validation = files.validation && readSplit(files.validation);
  const test = readSplit(files.test);
  const kind = task ?? (isInteger(train.targets) ? "classification" : "regression");
  for (const other of [validation, test]) if (other) checkAlike(train, other);
  const { data: targets } = train.targets;
  if (kind === "regression" && targets.length > 1 && targets.every((target) => target === targets[0]))
    throw new FormatError(
      train.targetFile,
      "targets",
      `expected targets that differ (in a table the last column), found ${targets[0]} in all ${targets.length} examples`,
    );
  const splits = {
    train: toSplit(train, kind),
    ...(validation && { validation: toSplit(validation, kind) }),
    test: toSplit(test, kind),
  };
  const bytes = splits.train.inputs instanceof Uint8Array;
  const largest = Object.values(splits).reduce(
    (top, { targets }) => (targets as Int32Array).reduce((a, b) => Math.max(a, b), top),
    0,
  );
  return withChecksum({
    name,
    task: kind,
    shape: train.inputs.shape.slice(1),
    classes: kind === "classification" ? largest + 1 : 0,
    byteScale: bytes ? 1 / 255 : 1,
    byteShift: 0,
    ...splits,
    source: [train, validation, test]
      .flatMap((raw) => (raw ? [...new Set([raw.inputFile, raw.targetFile])] : []))
      .join(", "),
  });
}

function readSplit(files: SplitFiles<UserFile>): Raw {
  const raw = "bytes" in files ? readTogether(files) : readPair(files);
  const { inputs, targets, inputFile, targetFile } = raw;
  if (inputs.shape.length === 1) inputs.shape = [inputs.shape[0], 1];
  const count = inputs.shape[0];
  if (!(elementCount(inputs.shape) > 0))
    throw new FormatError(
      inputFile,
      "inputs",
      `expected at least one example, found the shape [${inputs.shape}]`,
    );
  if (targets.shape[0] !== count || targets.data.length !== count)
    throw new FormatError(
      targetFile,
      "targets",
      `expected ${count} targets, one for each example of ${inputFile}, found the shape [${targets.shape}]`,
    );
  return raw;
}

function readTogether({ name, bytes }: UserFile): Raw {
  const both = { inputFile: name, targetFile: name };
  if (isZip(bytes)) {
    const arrays = readNpz(bytes, name);
    const inputs = arrays.inputs ?? arrays.x;
    const targets = arrays.targets ?? arrays.y;
    if (!inputs || !targets)
      throw new FormatError(
        name,
        "arrays",
        `expected inputs and targets, or x and y, found ${Object.keys(arrays).join(", ")}`,
      );
    return { inputs, targets, ...both };
  }
  const content = gunzip(bytes, name);
  if (isNpy(content) || isIdx(content))
    throw new FormatError(
      name,
      "byte 0",
      "this file holds one array, give two files, one of inputs and one of targets",
    );
  const table = parseCsv(new TextDecoder().decode(content), name);
  const [rows, columns] = table.shape;
  if (columns < 2)
    throw new FormatError(
      name,
      "line 1",
      "expected at least two columns, features and last the target, found one",
    );
  const features = columns - 1;
  const inputs = new Float64Array(rows * features);
  const targets = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    inputs.set(table.data.subarray(row * columns, row * columns + features), row * features);
    targets[row] = table.data[row * columns + features];
  }
  return {
    inputs: { shape: [rows, features], data: inputs },
    targets: { shape: [rows], data: targets },
    ...both,
  };
}

function readPair({ inputs, targets }: { inputs: UserFile; targets: UserFile }): Raw {
  return {
    inputs: readArray(inputs),
    targets: readArray(targets),
    inputFile: inputs.name,
    targetFile: targets.name,
  };
}

function readArray({ name, bytes }: UserFile): NdArray {
  const content = gunzip(bytes, name);
  if (isNpy(content)) return readNpy(content, name);
  if (isIdx(content)) return parseIdx(content, name);
  if (isZip(content))
    throw new FormatError(
      name,
      "byte 0",
      "this is a npz file, give it alone, for it holds both inputs and targets",
    );
  return parseCsv(new TextDecoder().decode(content), name);
}

/** Files of idx begin with two zero bytes, as no text does. */
function isIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0;
}

function isInteger({ data }: NdArray): boolean {
  return !(data instanceof Float32Array || data instanceof Float64Array);
}

function isBytes({ data, dtype }: NdArray): boolean {
  return data instanceof Uint8Array && dtype !== "bool";
}

function checkAlike(train: Raw, other: Raw): void {
  const describe = ({ inputs }: Raw) =>
    `${isBytes(inputs) ? "bytes" : "numbers"} of shape [${inputs.shape.slice(1)}]`;
  if (describe(train) !== describe(other))
    throw new FormatError(
      other.inputFile,
      "inputs",
      `expected examples like those of ${train.inputFile}, ${describe(train)}, found ${describe(other)}`,
    );
}

function toSplit({ inputs, targets, inputFile, targetFile }: Raw, task: Task): Split {
  const numbers = toFloat32(targets, targetFile, "target");
  return {
    count: targets.data.length,
    inputs: isBytes(inputs) ? (inputs.data as Uint8Array) : toFloat32(inputs, inputFile, "input value"),
    targets: task === "classification" ? toLabels(numbers, targetFile) : numbers,
  };
}

function toFloat32({ data }: NdArray, file: string, what: string): Float32Array {
  const floats = Float32Array.from({ length: data.length }, (_, i) => Number(data[i]));
  const wrong = floats.findIndex((x) => !Number.isFinite(x));
  if (wrong >= 0)
    throw new FormatError(
      file,
      `${what} ${wrong + 1}`,
      `expected a finite number in float32's range, found ${data[wrong]}`,
    );
  return floats;
}

function toLabels(numbers: Float32Array, file: string): Int32Array {
  const wrong = numbers.findIndex((label) => !Number.isInteger(label) || label < 0 || label > 65535);
  if (wrong >= 0)
    throw new FormatError(
      file,
      `target ${wrong + 1}`,
      `the label is ${numbers[wrong]}, expected a whole number from 0 to 65535`,
    );
  return Int32Array.from(numbers);
}
