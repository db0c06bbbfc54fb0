import { readFile } from "node:fs/promises";
import type { Dataset } from "./dataset.ts";
import {
  type DatasetFiles,
  parseUserFiles,
  type SplitFiles,
  type UserFile,
  type UserOptions,
} from "./user-files.ts";

/**
 * A data set of the user's own from the paths of its files, `{ train: "train.csv", test: "test.csv" }`, say; see
 * `SplitFiles` for what the files may be and `parseUserFiles` for what is checked.
 *
 * @throws Error where a file cannot be read, FormatError where it does not hold what it should
 */
export async function loadFiles(paths: DatasetFiles<string>, options: UserOptions = {}): Promise<Dataset> {
  return parseUserFiles(
    {
      train: await readSplit(paths.train),
      ...(paths.validation && { validation: await readSplit(paths.validation) }),
      test: await readSplit(paths.test),
    },
    options,
  );
}

async function readSplit(paths: SplitFiles<string>): Promise<SplitFiles<UserFile>> {
  if (typeof paths === "string") return read(paths);
  return { inputs: await read(paths.inputs), targets: await read(paths.targets) };
}

async function read(name: string): Promise<UserFile> {
  try {
    return { name, bytes: await readFile(name) };
  } catch (error) {
    throw new Error(
      `The file ${name} cannot be read (${(error as Error).message}); give the path of a file.`,
      {
        cause: error,
      },
    );
  }
}
