import { FormatError } from "./format-error.ts";
import { gunzip } from "./gzip.ts";
import { checkArray, elementCount, type NdArray } from "./ndarray.ts";

/** An idx array: the format of MNIST holds unsigned bytes. */
export interface IdxArray extends NdArray {
  data: Uint8Array;
}

/** Magic number of unsigned bytes with no axes yet: 2048 + rank is 2049 for labels and 2051 for images. */
const UNSIGNED_BYTES = 0x0800;

/**
 * Reads an idx file of unsigned bytes, the format of MNIST (LeCun et al. 1998), also when it is gzipped.
 *
 * @param file name for messages
 * @param rank number of axes that the array must have: 1 for labels (magic 2049), 3 for images (magic 2051); any of
 *   1 to 4 if left out
 * @throws FormatError for a wrong magic number, a wrong length or a damaged gzip
 */
export function parseIdx(bytes: Uint8Array, file = "idx data", rank?: number): IdxArray {
  const content = gunzip(bytes, file);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const magic = content.length >= 4 ? view.getUint32(0) : Number.NaN;
  const found = magic - UNSIGNED_BYTES;
  if (rank === undefined ? !(found >= 1 && found <= 4) : found !== rank) {
    const expected = rank === undefined ? "2049 to 2052" : `${UNSIGNED_BYTES + rank}`;
    const was = Number.isNaN(magic) ? `a file of ${content.length} bytes` : `${magic}`;
    throw new FormatError(
      file,
      "byte 0",
      `the magic number of ${describe(rank)} is ${expected}, found ${was}`,
    );
  }
  const start = 4 + 4 * found;
  if (content.length < start)
    throw new FormatError(
      file,
      `byte ${content.length}`,
      `the header needs ${start} bytes, the file ends early`,
    );
  const shape = Array.from({ length: found }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = start + elementCount(shape);
  if (content.length !== expected)
    throw new FormatError(
      file,
      `byte ${Math.min(content.length, expected)}`,
      `an array of shape ${shape.join(" x ")} makes ${expected} bytes, found ${content.length}`,
    );
  return { shape, data: new Uint8Array(content.subarray(start)) };
}

function describe(rank: number | undefined): string {
  if (rank === 1) return "an idx file of labels (unsigned bytes, one axis)";
  if (rank === 3) return "an idx file of images (unsigned bytes, three axes)";
  return "an idx file of unsigned bytes";
}

/** The idx file of an array of unsigned bytes with 1 to 4 axes, not compressed. */
export function encodeIdx(array: IdxArray): Uint8Array<ArrayBuffer> {
  checkArray("for the idx file", array);
  const rank = array.shape.length;
  if (rank < 1 || rank > 4) throw new RangeError(`An idx file has 1 to 4 axes, not ${rank}.`);
  const bytes = new Uint8Array(4 + 4 * rank + array.data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, UNSIGNED_BYTES + rank);
  for (const [axis, length] of array.shape.entries()) view.setUint32(4 + 4 * axis, length);
  bytes.set(array.data, 4 + 4 * rank);
  return bytes;
}
