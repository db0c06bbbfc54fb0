import { FormatError } from "./format-error.ts";
import type { NdArray } from "./ndarray.ts";

/** A table of numbers: shape [rows, columns]. */
export interface Table extends NdArray {
  data: Float64Array;
  /** Names of the columns, where the file has a header. */
  header?: string[];
}

/**
 * Reads a table of numbers, separated by commas, semicolons, tabs or spaces (found from the first line that has
 * something). A first line with anything that is not a number is the header; blank lines and lines that begin with `#`
 * do not count.
 *
 * @param file name for messages
 * @throws FormatError with the line number for a field that is not a finite number, for a line with another number of
 *   fields than the first, and for a table without rows
 */
export function parseCsv(text: string, file = "table"): Table {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  let split: ((line: string) => string[]) | undefined;
  let header: string[] | undefined;
  let columns = 0;
  const values: number[] = [];
  lines.forEach((raw, index) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const place = `line ${index + 1}`;
    if (!split) {
      split = splitter(line);
      const fields = split(line);
      columns = fields.length;
      if (fields.some((field) => Number.isNaN(toNumber(field)) && !/^[-+]?nan$/i.test(field))) {
        header = fields;
        return;
      }
    }
    const fields = split(line);
    if (fields.length !== columns)
      throw new FormatError(
        file,
        place,
        `expected ${columns} columns as in the first line, found ${fields.length}`,
      );
    fields.forEach((field, column) => {
      const value = toNumber(field);
      if (!Number.isFinite(value))
        throw new FormatError(
          file,
          place,
          `column ${column + 1} is ${field === "" ? "empty" : `"${field}"`}, expected a finite number`,
        );
      values.push(value);
    });
  });
  if (values.length === 0)
    throw new FormatError(file, `line ${lines.length}`, "the table has no rows, expected at least one");
  return { shape: [values.length / columns, columns], data: Float64Array.from(values), header };
}

/** How a line is cut into fields, each without the spaces and quotation marks around it. */
function splitter(line: string): (line: string) => string[] {
  const separator = [",", ";", "\t"].find((mark) => line.includes(mark)) ?? /\s+/;
  return (line) => line.split(separator).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
}

/** NaN for an empty field, which `Number` would take for 0. */
function toNumber(field: string): number {
  return field === "" ? Number.NaN : Number(field);
}
