import { FormatError } from "./format-error.ts";
import {
  arrayFromBytes,
  bytesOf,
  checkArray,
  ELEMENT_TYPES,
  elementCount,
  elementTypeOf,
  type NdArray,
  type TypedArray,
} from "./ndarray.ts";

/** The magic string of NumPy files: byte 147 and "NUMPY". */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether bytes begin as a npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a NumPy file (npy format 1 to 3) of little-endian floats, integers or booleans. Fortran order is turned into
 * row-major order.
 *
 * @param file name for messages
 * @throws FormatError for a wrong magic string, a header or element type that is not supported, or a wrong length
 */
export function readNpy(bytes: Uint8Array, file = "npy data"): NdArray {
  if (!isNpy(bytes))
    throw new FormatError(file, "byte 0", 'expected a NumPy file, which begins with "\\x93NUMPY"');
  const version = bytes[6];
  if (!(version >= 1 && version <= 3))
    throw new FormatError(file, "byte 6", `expected version 1, 2 or 3 of the npy format, found ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = version === 1 ? 10 : 12;
  const cut = () => new FormatError(file, `byte ${bytes.length}`, "the file ends inside its header");
  if (bytes.length < headerStart) throw cut();
  const start = headerStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < start) throw cut();
  const { type, fortran, shape } = parseHeader(
    new TextDecoder().decode(bytes.subarray(headerStart, start)),
    file,
    headerStart,
  );
  const expected = start + elementCount(shape) * type.array.BYTES_PER_ELEMENT;
  if (bytes.length !== expected)
    throw new FormatError(
      file,
      `byte ${Math.min(bytes.length, expected)}`,
      `an array of shape (${shape}) and type ${type.npy} makes ${expected} bytes, found ${bytes.length}`,
    );
  const data = arrayFromBytes(type, bytes.subarray(start));
  const array: NdArray = { shape, data: fortran ? rowMajor(data, shape) : data };
  return type.dtype ? { ...array, dtype: type.dtype } : array;
}

/** The header is a Python literal with three known keys: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } */
function parseHeader(header: string, file: string, offset: number) {
  const place = `byte ${offset}`;
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined)
    throw new FormatError(
      file,
      place,
      `expected a header with a simple descr, fortran_order and shape, found ${header.trim()}`,
    );
  const type = ELEMENT_TYPES.find(({ npy }) => descr === `<${npy}` || descr === `|${npy}`);
  if (!type)
    throw new FormatError(
      file,
      place,
      `the element type '${descr}' is not supported, save the array as one of ${ELEMENT_TYPES.map(({ npy }) => npy).join(", ")} in little-endian order, for example with array.astype('<f4')`,
    );
  const lengths = shape.split(",").filter((length) => length.trim() !== "");
  return { type, fortran: fortran === "True", shape: lengths.map(Number) };
}

/** Column-major values in row-major order. */
function rowMajor(data: TypedArray, shape: number[]): TypedArray {
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  const out = data.slice();
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** The NumPy file (npy format 1) of an array, in row-major order. */
export function writeNpy(array: NdArray): Uint8Array<ArrayBuffer> {
  checkArray("for the npy file", array);
  const type = elementTypeOf(array);
  const order = type.array.BYTES_PER_ELEMENT === 1 ? "|" : "<";
  const shape = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(", ");
  const text = `{'descr': '${order}${type.npy}', 'fortran_order': False, 'shape': (${shape}), }`;
  // NumPy pads the header so that the values begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + array.data.byteLength);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 11)}\n`), 10);
  bytes.set(bytesOf(array.data), length);
  return bytes;
}
