import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evenly, line, polychain } from "../subspace/index.ts";
import { barrier, gramOf, pathStatistics } from "./index.ts";

const values = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 2, maxLength: 30 });

describe("statistics along a path", () => {
  test("on a straight line the length-weighted mean is the trapezoid mean", () => {
    fc.assert(
      fc.property(values, (values) => {
        const n = values.length;
        const found = pathStatistics(
          line(),
          gramOf([
            [1, 1],
            [4, 5],
          ]),
          evenly(line(), n),
          values,
        );
        const sum = values.reduce((a, b) => a + b);
        expect(found.lengthMean).toBeCloseTo((sum - (values[0] + values[n - 1]) / 2) / (n - 1), 10);
        expect(found.mean).toBeCloseTo(sum / n, 12);
        expect(found.length).toBeCloseTo(5, 12);
        expect([found.min, found.max]).toEqual([Math.min(...values), Math.max(...values)]);
        expect([found.start, found.end]).toEqual([values[0], values[n - 1]]);
      }),
    );
  });

  test("a longer leg weighs more", () => {
    const gram = gramOf([
      [0, 0],
      [3, 0],
      [3, 1],
    ]);
    const { lengthMean, mean } = pathStatistics(polychain(3), gram, [0, 0.5, 1], [2, 2, 6]);
    expect(lengthMean).toBeCloseTo((3 * 2 + 1 * 4) / 4, 14);
    expect(mean).toBeCloseTo(10 / 3, 14);
  });

  test("what is not a number is not hidden", () => {
    const gram = gramOf([[0], [1]]);
    const { min, max, lengthMean } = pathStatistics(line(), gram, [0, 0.5, 1], [1, Number.NaN, 1]);
    expect([min, max, lengthMean]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("barrier", () => {
  test("above the mean of the ends, and above the line between them", () => {
    expect(barrier([0, 0.25, 0.5, 1], [1, 4, 3, 3])).toEqual({ aboveMean: 2, aboveLine: 2.5, t: 0.25 });
  });

  test("is 0 above the line of a convex loss", () => {
    const ts = evenly(line(), 11);
    expect(
      barrier(
        ts,
        ts.map((t) => (t - 0.3) ** 2),
      ).aboveLine,
    ).toBe(0);
  });

  test("of ends with equal loss is the same by both definitions", () => {
    fc.assert(
      fc.property(values, (inside) => {
        const losses = [1, ...inside, 1];
        const { aboveMean, aboveLine } = barrier(evenly(line(), losses.length), losses);
        expect(aboveLine).toBeCloseTo(aboveMean, 12);
      }),
    );
  });

  test("a loss that is not a number is no low barrier", () => {
    const found = barrier([0, 0.2, 0.5, 1], [1, Number.NaN, 7, 1]);
    expect(found).toEqual({ aboveMean: Number.NaN, aboveLine: Number.NaN, t: 0.2 });
  });

  test("wrong profiles are named", () => {
    expect(() => barrier([0, 1], [1, 2, 3])).toThrow("3 values at 2 positions were given");
    expect(() => barrier([0, 1, 1], [1, 2, 3])).toThrow("Position 1 comes after 1");
  });
});
