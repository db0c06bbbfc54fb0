import fc from "fast-check";
import { expect, test } from "vitest";
import { predictiveQuantiles, predictiveRanks } from "./index.ts";

test("of one draw are those of the normal distribution", () => {
  const predictions = {
    draws: 1,
    examples: 2,
    means: Float64Array.of(1, -2),
    deviations: Float64Array.of(0.5),
  };
  const found = predictiveQuantiles(predictions, [0.05, 0.5, 0.95]);
  // 1.6448536… is the 95 % quantile of the standard normal.
  const z = 1.6448536269514722;
  [1 - 0.5 * z, 1, 1 + 0.5 * z, -2 - 0.5 * z, -2, -2 + 0.5 * z].forEach((expected, i) => {
    expect(found[i]).toBeCloseTo(expected, 7);
  });
});

test("of any mixture have the ranks that were asked for, also between draws that are far apart", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number(-100, 100), number(0.01, 3)), { minLength: 1, maxLength: 20 }),
      number(0.01, 0.99),
      (draws, level) => {
        const predictions = {
          draws: draws.length,
          examples: 1,
          means: Float64Array.from(draws, ([mean]) => mean),
          deviations: Float64Array.from(draws, ([, deviation]) => deviation),
        };
        const [x] = predictiveQuantiles(predictions, [level]);
        expect(predictiveRanks(predictions, [x])[0]).toBeCloseTo(level, 5);
      },
    ),
    { numRuns: 50 },
  );
});

test("are not a number where a prediction is not, and levels are between 0 and 1", () => {
  const given = { draws: 1, examples: 1, means: Float64Array.of(Number.NaN), deviations: Float64Array.of(1) };
  expect(predictiveQuantiles(given, [0.5])[0]).toBeNaN();
  expect(() => predictiveQuantiles(given, [1])).toThrow("between 0 and 1");
});
