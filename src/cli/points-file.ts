import { existsSync, readFileSync, statSync } from "node:fs";
import { FormatError, type NdArray, parseCsv, readNpy, readNpz } from "../format/index.ts";
import { UsageError } from "./verb.ts";

/** Points of the user's own: n rows of d numbers, row-major. */
export interface PointsFile {
  values: Float64Array;
  rows: number;
  columns: number;
}

/** Reads points from an npy, npz or csv file with a row for each. */
export function readPointsFile(file: string): PointsFile {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new UsageError(`there is no file ${file}; give an npy, npz or csv file with a row for each point.`);
  }
  const { shape, data } = arrayOf(file);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows < 1 || columns < 1) {
    throw new FormatError(
      file,
      "content",
      `found an array of shape [${shape.join(", ")}], expected [points, coordinates]`,
    );
  }
  const values = Float64Array.from(data as ArrayLike<number | bigint>, Number);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new FormatError(
      file,
      "content",
      `found ${values[bad]} in row ${Math.floor(bad / columns) + 1}, expected finite numbers`,
    );
  }
  return { values, rows, columns };
}

function arrayOf(file: string): NdArray {
  const bytes = readFileSync(file);
  if (file.endsWith(".csv")) return parseCsv(bytes.toString("utf8"), file);
  if (file.endsWith(".npy")) return readNpy(bytes, file);
  const arrays = Object.values(readNpz(bytes, file));
  if (arrays.length !== 1) {
    throw new UsageError(`${file} holds ${arrays.length} arrays; give a file with one, the points.`);
  }
  return arrays[0];
}
