import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "./format-error.ts";
import type { NdArray } from "./ndarray.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { readNpz, writeNpz } from "./npz.ts";

const base64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** Files written by numpy 2.4: `numpy.save(file, EXPRESSION)`. */
const numpy = {
  // np.arange(6, dtype='<f4').reshape(2, 3) / 2
  matrix: base64(
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAPwAAgD8AAMA/AAAAQAAAIEA=",
  ),
  // np.asfortranarray(np.arange(24, dtype='<i2').reshape(2, 3, 4))
  fortran: base64(
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAwABAAQAAgAFAABAA0ABQARAAkAFQACAA4ABgASAAoAFgADAA8ABwATAAsAFwA=",
  ),
  // np.array([True, False, True])
  bool: base64(
    "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAE=",
  ),
  // np.float64(2.5)
  scalar: base64(
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAEQA==",
  ),
  // np.array([[2**53 + 1], [-1]], dtype='<i8')
  int64: base64(
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAgAP//////////",
  ),
  // np.arange(3, dtype='>f4')
  bigEndian: base64(
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAP4AAAEAAAAA=",
  ),
  // numpy.savez_compressed(file, x=np.arange(40, dtype='<f8'), y=np.array([1, 2], dtype='u1'))
  archive: base64(
    "UEsDBC0AAAAIAAAAIQAZ3diy//////////8FABQAeC5ucHkBABAAwAEAAAAAAACjAAAAAAAAAJ3IvQ7BUBiH8WMTk8FgMJyIOEgjRX1VaWliIxaDSRo9jUGQViwicQ9u1CWoeBard/m9z/+5XC9Wm4y4ipsKdbKLlS2VEw2UIVV0ii9xcNye4lB/9nlwSHS6J/vgrNOuWaZRN+Rd/n858XMvl8f7ksU8FrCIJZRYxgpWsYYNNLCJJrawjR20sIs97OMAh2jjCB0c4wRd9L4+UExpFDMahU/73htQSwMELQAAAAgAAAAhAGICZV///////////wUAFAB5Lm5weQEAEACCAAAAAAAAAEYAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALkYmAFBLAQItAy0AAAAIAAAAIQAZ3diyowAAAMABAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQBiAmVfRgAAAIIAAAAFAAAAAAAAAAAAAACAAdoAAAB5Lm5weVBLBQYAAAAAAgACAGYAAABXAQAAAAA=",
  ),
};

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("files of numpy", () => {
  test("are read", () => {
    expect(readNpy(numpy.matrix)).toEqual({ shape: [2, 3], data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5) });
    expect(readNpy(numpy.fortran)).toEqual({ shape: [2, 3, 4], data: Int16Array.from(count(24)) });
    expect(readNpy(numpy.bool)).toEqual({ shape: [3], data: Uint8Array.of(1, 0, 1), dtype: "bool" });
    expect(readNpy(numpy.scalar)).toEqual({ shape: [], data: Float64Array.of(2.5) });
    expect(readNpy(numpy.int64)).toEqual({ shape: [2, 1], data: BigInt64Array.of(2n ** 53n + 1n, -1n) });
    expect(readNpz(numpy.archive)).toEqual({
      x: { shape: [40], data: Float64Array.from(count(40)) },
      y: { shape: [2], data: Uint8Array.of(1, 2) },
    });
  });
  test("are written byte for byte", () => {
    for (const file of [numpy.matrix, numpy.bool, numpy.scalar, numpy.int64])
      expect(writeNpy(readNpy(file))).toEqual(file);
  });
});

const arrays: fc.Arbitrary<NdArray> = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), fc.integer({ min: 0, max: 4 }))
  .map(([shape, kind]) => {
    const values = count(shape.reduce((a, b) => a * b, 1));
    const data = [
      Float32Array.from(values, (i) => i / 3),
      Float64Array.from(values, (i) => -i / 7),
      Int32Array.from(values, (i) => -i),
      BigInt64Array.from(values.map((i) => BigInt(i) ** 9n)),
      Uint8Array.from(values, (i) => i % 2),
    ][kind];
    return kind === 4 ? { shape, data, dtype: "bool" } : { shape, data };
  });

test("npz: what is written is read again, and equal arrays make equal bytes", () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => !/\.npy$/.test(name)),
        arrays,
      ),
      (named) => {
        fc.pre(Object.keys(named).length > 0);
        expect(readNpz(writeNpz(named))).toEqual({ ...named });
        expect(writeNpz(named)).toEqual(writeNpz(named));
      },
    ),
  );
});

test("what is wrong is named with its place", () => {
  expect(() => readNpy(numpy.matrix.subarray(0, 150), "x.npy")).toThrow(
    "x.npy, byte 150: an array of shape (2,3) and type f4 makes 152 bytes, found 150.",
  );
  expect(() => readNpy(numpy.matrix.subarray(0, 40))).toThrow(/byte 40: the file ends inside its header/);
  expect(() => readNpy(Uint8Array.of(1, 2, 3), "x.npy")).toThrow(/^x\.npy, byte 0: expected a NumPy file/);
  expect(() => readNpy(numpy.bigEndian)).toThrow(/'>f4' is not supported.*astype\('<f4'\)/);
  for (const length of [2, 30, 200, numpy.archive.length - 1])
    expect(() => readNpz(numpy.archive.subarray(0, length), "a.npz")).toThrow(FormatError);
  expect(() => writeNpy({ shape: [3], data: new Float32Array(2) })).toThrow(/has 2 values.*asks for 3/);
});
