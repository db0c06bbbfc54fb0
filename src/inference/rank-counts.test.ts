import { expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { rankCounts } from "./index.ts";

test("a chain that lies below the other has the lower ranks", () => {
  const values = Float64Array.of(1, 4, 2, 3, 10, 30, 20, 40);
  expect([...rankCounts(values, 2, 4)]).toEqual([2, 2, 0, 0, 0, 0, 2, 2]);
});

test("chains of one distribution have about equal counts, whatever its scale, and all draws are counted", () => {
  const values = Float64Array.from(Rng.fromSeed(3).normal(8000));
  const counts = rankCounts(values, 4, 10);
  // Each is binomial around 200 with a deviation of at most 14.
  for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(70);
  expect(counts.reduce((a, b) => a + b)).toBe(8000);
  expect(rankCounts(values.map(Math.exp), 4, 10)).toEqual(counts);
});

test("equal values are together in the middle of their ranks", () => {
  expect([...rankCounts(new Float64Array(6).fill(2), 2, 3)]).toEqual([0, 3, 0, 0, 3, 0]);
  expect(() => rankCounts(new Float64Array(5), 2, 3)).toThrow("5 values were given for 2 chains");
  expect(() => rankCounts(new Float64Array(6), 2, 0)).toThrow("0 bins were asked for");
  expect(() => rankCounts(Float64Array.of(1, Number.NaN), 1, 2)).toThrow("Value 2 is NaN");
});
