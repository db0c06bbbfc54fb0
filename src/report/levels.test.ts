import fc from "fast-check";
import { expect, test } from "vitest";
import { bandOf, levelLabels, planeLevels } from "./levels.ts";

// m + exp(logAlpha + gamma i), gamma = (ln(M - m) - logAlpha)/7, computed with Python's math module.
const LOSS_LEVELS = [
  0.03, 0.047306825658, 0.074453631709, 0.144181850048, 0.323283009264, 0.78331520278, 1.964935801989, 5,
];
const ERROR_LEVELS = [
  6.48, 7.1196232428, 7.592097733505, 8.413577903538, 9.841865955132, 12.325196451405, 16.642904176284, 24.15,
];

function expectLevels(found: Float64Array, expected: number[]) {
  expect(found.length).toBe(expected.length);
  for (const [i, level] of expected.entries()) expect(found[i]).toBeCloseTo(level, 9);
}

test("the published settings of a loss plane clip at vmax and give Garipov's levels", () => {
  expectLevels(planeLevels([0.03, 1, 7.3, 80], { vmax: 5 }), LOSS_LEVELS);
});

test("the published settings of an error plane, unclipped", () => {
  expectLevels(planeLevels([24.15, 7.5, 6.48], { vmax: 40, logAlpha: -1 }), ERROR_LEVELS);
});

test("values that are not finite do not move the levels", () => {
  const levels = planeLevels([0.03, Number.NaN, 5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expectLevels(levels, LOSS_LEVELS);
});

test("a range below exp(logAlpha) has equal steps, and a constant field one level", () => {
  expectLevels(planeLevels([1, 1.004], { bands: 4 }), [1, 1.001, 1.002, 1.003, 1.004]);
  expect([...planeLevels([2, 2, 2])]).toEqual([2]);
  expect([...planeLevels([1, 1 + Number.EPSILON])]).toEqual([1 + Number.EPSILON]);
});

test("levels rise strictly from the smallest to the largest clipped value", () => {
  const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 2 }),
      fc.double({ min: -8, max: 3, noNaN: true }),
      (values, logAlpha) => {
        fc.pre(Math.max(...values) - Math.min(...values) > 1e-6);
        const levels = planeLevels(values, { logAlpha });
        expect(levels[0]).toBe(Math.min(...values));
        expect(levels.at(-1)).toBe(Math.max(...values));
        for (let i = 1; i < levels.length; i++) expect(levels[i]).toBeGreaterThan(levels[i - 1]);
      },
    ),
  );
});

test("without a finite value or with half a band there are no levels", () => {
  expect(() => planeLevels([Number.NaN])).toThrow(/finite/);
  expect(() => planeLevels([1, 2], { bands: 2.5 })).toThrow(/whole number/);
});

test("bands include their top, the first its bottom, and the last what is above or not finite", () => {
  const levels = Float64Array.of(0, 1, 2, 4);
  const bands = [0, 0.5, 1, 1.0001, 2, 4, 4.0001, Number.POSITIVE_INFINITY, Number.NaN];
  expect(bands.map((value) => bandOf(levels, value))).toEqual([0, 0, 0, 1, 1, 2, 3, 3, 3]);
  expect([2, 2.1].map((value) => bandOf(Float64Array.of(2), value))).toEqual([0, 1]);
});

test("the band never falls as the value rises", () => {
  const value = fc.double({ min: -10, max: 100, noNaN: true });
  const levels = Float64Array.from(LOSS_LEVELS);
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(bandOf(levels, Math.min(a, b))).toBeLessThanOrEqual(bandOf(levels, Math.max(a, b)));
    }),
  );
});

test("labels have two decimals, or as many more as tell neighbours apart", () => {
  expect(levelLabels([0.03, 0.0473, 5])).toEqual(["0.03", "0.05", "5.00"]);
  expect(levelLabels([1, 1.001, 1.002])).toEqual(["1.000", "1.001", "1.002"]);
  expect(levelLabels([-1, 0])).toEqual(["−1.00", "0.00"]);
});
