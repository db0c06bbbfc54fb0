import { unzipSync, type Zippable, zipSync } from "fflate";
import { FormatError } from "./format-error.ts";
import type { NdArray } from "./ndarray.ts";
import { readNpy, writeNpy } from "./npy.ts";

/** Whether bytes begin as a zip file does, and so as a npz file does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * Reads a npz file (`numpy.savez`, `numpy.savez_compressed`): its arrays by name.
 *
 * @param file name for messages
 * @throws FormatError where it is not a whole zip file or one of its arrays cannot be read
 */
export function readNpz(bytes: Uint8Array, file = "npz data"): Record<string, NdArray> {
  if (!isZip(bytes))
    throw new FormatError(file, "byte 0", 'expected a npz file, which begins with "PK" (zip)');
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(bytes);
  } catch (error) {
    throw new FormatError(
      file,
      `byte ${bytes.length}`,
      `the zip data end early or are damaged (${(error as Error).message}), expected a whole npz file`,
    );
  }
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name.replace(/\.npy$/, ""),
      readNpy(member, `${file}, array ${name}`),
    ]),
  );
}

/** The npz file of named arrays, as `numpy.savez` writes it: not compressed. Equal arrays make equal bytes. */
export function writeNpz(arrays: Record<string, NdArray>): Uint8Array<ArrayBuffer> {
  const members: Zippable = {};
  for (const [name, array] of Object.entries(arrays)) members[`${name}.npy`] = writeNpy(array);
  // A zip file stores the time of each member: the earliest that it can hold, for the bytes to be reproducible.
  return zipSync(members, { level: 0, mtime: new Date(1980, 0, 1) });
}
