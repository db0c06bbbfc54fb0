import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NdArray } from "./ndarray.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/** A file from its header and its values, with the header padded to `length` bytes as the reference does. */
function file(
  header: string,
  values: ArrayLike<number>,
  length = Math.ceil(header.length / 8) * 8,
): Uint8Array {
  const bytes = new Uint8Array(8 + length + values.length).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(Array.from(values), 8 + length);
  return bytes;
}

/** The file of the test `test_serialization` of the reference implementation (safetensors/src/tensor.rs). */
const reference = file(
  '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}',
  [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64],
);

describe("the reference implementation's file", () => {
  const tensors = { "attn.0": { shape: [1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) } };
  test("is read", () => expect(readSafetensors(reference)).toEqual({ tensors, metadata: {} }));
  test("is written byte for byte", () => expect(writeSafetensors(tensors)).toEqual(reference));
  test("is read from an odd place in a buffer", () => {
    const shifted = new Uint8Array(reference.length + 3);
    shifted.set(reference, 3);
    expect(readSafetensors(shifted.subarray(3))).toEqual({ tensors, metadata: {} });
  });
});

const arrays: fc.Arbitrary<NdArray> = fc.oneof(
  fc.float32Array().map((data) => ({ shape: [data.length], data })),
  fc.float64Array().map((data) => ({ shape: [1, data.length], data })),
  fc.int32Array().map((data) => ({ shape: [data.length, 1], data })),
  fc.bigInt64Array().map((data) => ({ shape: [data.length], data })),
  fc.uint8Array().map((data) => ({ shape: [data.length], data })),
  fc.uint8Array({ max: 1 }).map((data) => ({ shape: [data.length], data, dtype: "bool" as const })),
);
const names = fc.string().filter((name) => name !== "__metadata__");

test("what is written is read again, aligned, in any order of keys", () => {
  fc.assert(
    fc.property(
      fc.dictionary(names, arrays),
      fc.dictionary(fc.string(), fc.string()),
      (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata);
        expect(readSafetensors(bytes)).toEqual({ tensors: { ...tensors }, metadata: { ...metadata } });
        const reversed = Object.fromEntries(Object.entries(tensors).reverse());
        expect(writeSafetensors(reversed, metadata)).toEqual(bytes);
        const header = new DataView(bytes.buffer).getBigUint64(0, true);
        expect(header % 8n).toBe(0n);
        const { __metadata__, ...entries } = JSON.parse(
          new TextDecoder().decode(bytes.subarray(8, 8 + Number(header))),
        );
        for (const [name, entry] of Object.entries(entries) as [string, { data_offsets: number[] }][])
          expect(entry.data_offsets[0] % tensors[name].data.BYTES_PER_ELEMENT).toBe(0);
      },
    ),
  );
});

describe("what the reference implementation refuses is refused, in one sentence", () => {
  const tensor = (begin: number, end: number, shape = "[2]") =>
    `{"dtype":"U8","shape":${shape},"data_offsets":[${begin},${end}]}`;
  for (const [name, bytes, message] of [
    ["no file", Uint8Array.of(1, 2), /byte 0: expected a safetensors file, found only 2 bytes/],
    [
      "a header longer than the file",
      file("{}", [], 2).fill(9, 0, 1),
      /expected the length of a JSON header/,
    ],
    ["a header that is not JSON", file("{x}", []), /byte 8: the header is not JSON/],
    ["a header that is no object", file("[1]", []), /expected the length of a JSON header/],
    [
      "values that end early",
      file(`{"a":${tensor(0, 2)}}`, [1]),
      /tensor a should end at byte .* ends early/,
    ],
    ["values after the last tensor", file(`{"a":${tensor(0, 2)}}`, [1, 2, 3]), /has 1 more bytes/],
    [
      "a gap",
      file(`{"a":${tensor(0, 2)},"b":${tensor(3, 5)}}`, [1, 2, 3, 4, 5]),
      /expected the next tensor to begin here, but b/,
    ],
    ["an overlap", file(`{"a":${tensor(0, 2)},"b":${tensor(1, 3)}}`, [1, 2, 3]), /but b begins at/],
    [
      "a wrong shape",
      file(`{"a":${tensor(0, 2, "[3]")}}`, [1, 2]),
      /tensor a: shape \[3\] of U8 makes 3 bytes, found 2/,
    ],
    ["a negative length", file(`{"a":${tensor(0, 2, "[-2]")}}`, [1, 2]), /tensor a: expected dtype, shape/],
    [
      "a type that is not supported",
      file('{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', [1, 2]),
      /tensor a: the type BF16 is not supported, convert/,
    ],
    ["metadata that are not texts", file('{"__metadata__":{"a":1}}', []), /__metadata__ to be texts/],
  ] as [string, Uint8Array, RegExp][])
    test(name, () => expect(() => readSafetensors(bytes, "w.safetensors")).toThrow(message));
});
