import { expect, test } from "vitest";
import { powerLaw, slopeInterval } from "./regression.ts";

test("Anscombe's first data set (1973): slope 0.500, standard error 0.118 with 9 degrees of freedom, R² 0.667", () => {
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const line = powerLaw(x.map(Math.exp), y.map(Math.exp));
  const { slope, intercept, standardError, explained } = line;
  expect(slope).toBeCloseTo(0.5001, 4);
  expect(intercept).toBeCloseTo(3.0001, 4);
  expect(explained).toBeCloseTo(0.6665, 4);
  expect(standardError).toBeCloseTo(0.1179, 4);
  // The table of Student's t has 2.262 for 97.5 %.
  const [low, high] = slopeInterval(line);
  expect((high - slope) / standardError).toBeCloseTo(2.262, 3);
  expect((slope - low) / standardError).toBeCloseTo(2.262, 3);
});
