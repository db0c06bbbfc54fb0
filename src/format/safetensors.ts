import { FormatError } from "./format-error.ts";
import {
  arrayFromBytes,
  bytesOf,
  checkArray,
  ELEMENT_TYPES,
  elementCount,
  elementTypeOf,
  type NdArray,
} from "./ndarray.ts";

/** What a safetensors file holds. */
export interface Safetensors {
  tensors: Record<string, NdArray>;
  /** Free text by key, the `__metadata__` of the header. */
  metadata: Record<string, string>;
}

/** The longest header that the reference implementation accepts. */
const MAX_HEADER = 100_000_000;

/**
 * Reads a safetensors file (Hugging Face): 8 bytes with the length of the header, the header in JSON, the values.
 * Tensors whose values are aligned are views of `bytes`, so that a file is not twice in memory.
 *
 * @param file name for messages
 * @throws FormatError for a header that is not one, a type that is not supported, or values that overlap, leave gaps or
 *   end early; the same that the reference implementation refuses
 */
export function readSafetensors(bytes: Uint8Array, file = "safetensors data"): Safetensors {
  const start = headerEnd(bytes, file);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, start), file);
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string"))
    throw new FormatError(file, "byte 8", "expected the __metadata__ to be texts by key");
  const tensors: [string, NdArray][] = [];
  const ranges: [name: string, begin: number, end: number][] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const place = `tensor ${name}`;
    const { dtype, shape, data_offsets: offsets } = (isRecord(entry) ? entry : {}) as Record<string, unknown>;
    if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
      throw new FormatError(file, place, "expected dtype, shape and two data_offsets in the header");
    const type = ELEMENT_TYPES.find(({ safetensors }) => safetensors === dtype);
    if (!type)
      throw new FormatError(
        file,
        place,
        `the type ${dtype} is not supported, convert the tensor to one of ${ELEMENT_TYPES.map(({ safetensors }) => safetensors).join(", ")}`,
      );
    const [begin, end] = offsets;
    const size = elementCount(shape) * type.array.BYTES_PER_ELEMENT;
    if (end - begin !== size)
      throw new FormatError(
        file,
        place,
        `shape [${shape}] of ${dtype} makes ${size} bytes, found ${end - begin}`,
      );
    if (start + end > bytes.length)
      throw new FormatError(
        file,
        `byte ${bytes.length}`,
        `the tensor ${name} should end at byte ${start + end}, the file ends early`,
      );
    ranges.push([name, begin, end]);
    const data = arrayFromBytes(type, bytes.subarray(start + begin, start + end));
    tensors.push([name, type.dtype ? { shape, data, dtype: type.dtype } : { shape, data }]);
  }
  checkCover(ranges, bytes.length - start, start, file);
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

/** The metadata of a safetensors file, without reading its tensors. */
export function readSafetensorsMetadata(
  bytes: Uint8Array,
  file = "safetensors data",
): Record<string, string> {
  const { __metadata__: metadata = {} } = parseHeader(bytes.subarray(8, headerEnd(bytes, file)), file);
  return metadata as Record<string, string>;
}

function headerEnd(bytes: Uint8Array, file: string): number {
  if (bytes.length < 8)
    throw new FormatError(file, "byte 0", `expected a safetensors file, found only ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER || 8 + length > bytes.length || bytes[8] !== 0x7b)
    throw new FormatError(
      file,
      "byte 0",
      `expected the length of a JSON header within the ${bytes.length} bytes of the file, found ${length}; either this is no safetensors file or it was cut short`,
    );
  return 8 + length;
}

function parseHeader(header: Uint8Array, file: string): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch (error) {
    throw new FormatError(file, "byte 8", `the header is not JSON (${(error as Error).message})`);
  }
}

/** Values must follow each other without gap and fill the file, as the reference implementation demands. */
function checkCover(ranges: [string, number, number][], size: number, start: number, file: string): void {
  let reached = 0;
  for (const [name, begin, end] of ranges.sort((a, b) => a[1] - b[1] || a[2] - b[2])) {
    if (begin !== reached)
      throw new FormatError(
        file,
        `byte ${start + reached}`,
        `expected the next tensor to begin here, but ${name} begins at byte ${start + begin}`,
      );
    reached = end;
  }
  if (reached !== size)
    throw new FormatError(
      file,
      `byte ${start + reached}`,
      `the tensors end here, but the file has ${size - reached} more bytes`,
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/**
 * The safetensors file of named tensors. Equal content makes equal bytes: tensors stand in the order of falling
 * element size (so that each is aligned), then by name, as the reference implementation writes them.
 *
 * @param metadata texts by key, for `__metadata__`
 */
export function writeSafetensors(
  tensors: Record<string, NdArray>,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const ordered = Object.entries(tensors)
    .map(([name, array]) => ({ name, array, type: elementTypeOf(array) }))
    .sort(
      (a, b) => b.type.array.BYTES_PER_ELEMENT - a.type.array.BYTES_PER_ELEMENT || (a.name < b.name ? -1 : 1),
    );
  let end = 0;
  const fields = Object.keys(metadata).length > 0 ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  for (const { name, array, type } of ordered) {
    if (name === "__metadata__") throw new RangeError("A tensor cannot have the name __metadata__.");
    checkArray(name, array);
    const begin = end;
    end += array.data.byteLength;
    const entry = { dtype: type.safetensors, shape: array.shape, data_offsets: [begin, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let offset = start;
  for (const { array } of ordered) {
    bytes.set(bytesOf(array.data), offset);
    offset += array.data.byteLength;
  }
  return bytes;
}
