import fc from "fast-check";
import { expect, test } from "vitest";
import { checkField, refine } from "./field.ts";

test("a bilinear field is refined exactly and nodes keep their values", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 }), ([a, b, c, d]) => {
      const [xs, ys] = [
        [0, 1, 2],
        [0, 1, 2, 3],
      ];
      const f = (x: number, y: number) => a + b * x + c * y + d * x * y;
      const factor = 4;
      const { samples, width, height } = refine(
        { xs, ys, values: ys.flatMap((y) => xs.map((x) => f(x, y))) },
        factor,
      );
      expect([width, height]).toEqual([11, 15]);
      for (let row = 1; row < height - 1; row++) {
        for (let column = 1; column < width - 1; column++) {
          const expected = f((column - 1) / factor, (row - 1) / factor);
          expect(samples[row * width + column]).toBeCloseTo(expected, 10);
        }
      }
      expect(samples[0]).toBe(f(0, 0));
      expect(samples[samples.length - 1]).toBe(f(2, 3));
    }),
  );
});

test("a plateau stays exactly flat", () => {
  const { samples } = refine({ xs: [0, 1, 2], ys: [0, 1], values: new Array(6).fill(0.9) }, 7);
  expect(new Set(samples)).toEqual(new Set([0.9]));
});

test("a list of values of the wrong length and uneven or falling nodes are refused", () => {
  const even = [0, 1, 2];
  expect(() => checkField({ xs: even, ys: even, values: [1, 2] })).toThrow(/3 by 3 nodes has 2 values/);
  expect(() => checkField({ xs: [0, 1, 5], ys: even, values: new Array(9).fill(0) })).toThrow(
    /evenly spaced/,
  );
  expect(() => checkField({ xs: even, ys: [2, 1, 0], values: new Array(9).fill(0) })).toThrow(/ascending/);
});
