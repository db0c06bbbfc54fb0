import { gunzipSync } from "fflate";
import { FormatError } from "./format-error.ts";

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The content of a gzip file; bytes that are not gzip come back as they are. Throws FormatError where damaged. */
export function gunzip(bytes: Uint8Array, file: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  const damaged = (what: string) =>
    new FormatError(file, `byte ${bytes.length}`, `the gzip data ${what}; fetch or copy the file again`);
  if (bytes.length < 18) throw damaged("end early");
  // The last four bytes are the length of the content: of a file cut short they are nonsense, and deflate cannot
  // shrink anything more than 1032-fold, so an impossible length is caught before memory is asked for it.
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  if (length > 1032 * bytes.length) throw damaged("end early or are damaged");
  let content: Uint8Array;
  try {
    content = gunzipSync(bytes);
  } catch (error) {
    throw damaged(`cannot be decompressed (${(error as Error).message})`);
  }
  if (content.length !== length) throw damaged("end early or are damaged");
  return content;
}
