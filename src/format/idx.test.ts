import fc from "fast-check";
import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { FormatError } from "./format-error.ts";
import { encodeIdx, parseIdx } from "./idx.ts";

/** Two labels, byte for byte as the description of MNIST's format lays them out. */
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 3);

test("labels as MNIST stores them", () => {
  expect(parseIdx(labels)).toEqual({ shape: [2], data: Uint8Array.of(7, 3) });
});

test("what is written is read again, also gzipped", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (shape, zip) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const array = { shape, data: Uint8Array.from({ length: size }, (_, i) => (37 * i) % 256) };
        const bytes = encodeIdx(array);
        expect(parseIdx(zip ? gzipSync(bytes) : bytes, "x", shape.length)).toEqual(array);
      },
    ),
  );
});

describe("one sentence with the file, the place and the expectation", () => {
  const refused = (bytes: Uint8Array, rank?: number) => {
    try {
      parseIdx(bytes, "t10k-labels", rank);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      return (error as Error).message;
    }
    throw new Error("not refused");
  };

  test("a wrong magic number", () => {
    expect(refused(labels, 3)).toBe(
      "t10k-labels, byte 0: the magic number of an idx file of images (unsigned bytes, three axes) is 2051, found 2049.",
    );
    expect(refused(Uint8Array.of(1, 2, 3, 4))).toMatch(/is 2049 to 2052, found 16909060\.$/);
    expect(refused(new Uint8Array(0))).toMatch(/found a file of 0 bytes\.$/);
  });
  test("a file cut short, or too long", () => {
    expect(refused(labels.subarray(0, 9))).toBe(
      "t10k-labels, byte 9: an array of shape 2 makes 10 bytes, found 9.",
    );
    expect(refused(labels.subarray(0, 6))).toBe(
      "t10k-labels, byte 6: the header needs 8 bytes, the file ends early.",
    );
    expect(refused(Uint8Array.of(...labels, 0))).toMatch(/^t10k-labels, byte 10: .* found 11\.$/);
  });
  test("a gzip cut short anywhere", () => {
    const whole = gzipSync(
      encodeIdx({ shape: [4000], data: Uint8Array.from({ length: 4000 }, (_, i) => i ** 3 % 251) }),
    );
    for (let length = 2; length < whole.length; length += 97)
      expect(refused(whole.subarray(0, length))).toMatch(/gzip data .* fetch or copy the file again\.$/);
  });
});
