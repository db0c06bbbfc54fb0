/** Arrays as they stand in files: a shape and a row-major typed array. */

/** Array classes that the formats here can hold. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** An array of a file. A scalar has the shape []. */
export interface NdArray {
  /** Length of each axis; their product is `data.length`. */
  shape: number[];
  /** Values in row-major (C) order; its class is the element type. */
  data: TypedArray;
  /** Only where the class does not say it: a Uint8Array of 0 and 1 that stands for booleans in the file. */
  dtype?: "bool";
}

/** What the formats call an element type. */
export interface ElementType {
  /** Name in NumPy files, without byte order. */
  npy: string;
  /** Name in safetensors files. */
  safetensors: string;
  array: {
    new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
    readonly BYTES_PER_ELEMENT: number;
  };
  dtype?: "bool";
}

export const ELEMENT_TYPES: readonly ElementType[] = [
  { npy: "f4", safetensors: "F32", array: Float32Array },
  { npy: "f8", safetensors: "F64", array: Float64Array },
  { npy: "i1", safetensors: "I8", array: Int8Array },
  { npy: "u1", safetensors: "U8", array: Uint8Array },
  { npy: "i2", safetensors: "I16", array: Int16Array },
  { npy: "u2", safetensors: "U16", array: Uint16Array },
  { npy: "i4", safetensors: "I32", array: Int32Array },
  { npy: "u4", safetensors: "U32", array: Uint32Array },
  { npy: "i8", safetensors: "I64", array: BigInt64Array },
  { npy: "u8", safetensors: "U64", array: BigUint64Array },
  { npy: "b1", safetensors: "BOOL", array: Uint8Array, dtype: "bool" },
];

/** The element type of an array that is to be written. */
export function elementTypeOf({ data, dtype }: NdArray): ElementType {
  const type = ELEMENT_TYPES.find((type) => data instanceof type.array && type.dtype === dtype);
  if (!type) throw new TypeError(`An array of class ${data.constructor.name} cannot be written as ${dtype}.`);
  return type;
}

/** The number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Throws where the shape and the number of values of an array that is to be written disagree. */
export function checkArray(name: string, { shape, data }: NdArray): void {
  if (elementCount(shape) !== data.length)
    throw new RangeError(
      `The array ${name} has ${data.length} values, but its shape [${shape}] asks for ${elementCount(shape)}.`,
    );
}

/** The bytes of an array's values, little-endian as on every machine that runs JavaScript today; not a copy. */
export function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Values of an element type from little-endian bytes: where they are aligned the bytes themselves, a copy otherwise. */
export function arrayFromBytes(type: ElementType, bytes: Uint8Array): TypedArray {
  const size = type.array.BYTES_PER_ELEMENT;
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new type.array(buffer, byteOffset, bytes.length / size);
}
