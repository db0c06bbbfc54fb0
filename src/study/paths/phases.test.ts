import { expect, test } from "vitest";
import { changePoint, correlation, levelOf, logChanges } from "./phases.ts";

test("the first phase of an exponential fall ends when it is half a nat above its level", () => {
  // 100 exp(−n / 50) − 2 = −1.5 at n = 50 ln 200 = 264.9; the late level is −2 to 1e-6.
  const history = Array.from({ length: 2000 }, (_, i) => ({
    step: i + 1,
    loss: 100 * Math.exp(-(i + 1) / 50) - 2,
  }));
  expect(changePoint(history)).toBe(265);
  // A spike is no level.
  history[1500].loss = 1e9;
  expect(levelOf(history, 1000, 2000)).toBeCloseTo(-2, 6);
  expect(changePoint(history)).toBe(265);
});

test("Anscombe's first data set (1973) has a correlation of 0.816", () => {
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  expect(correlation(x, y)).toBeCloseTo(0.8164, 4);
  expect(
    correlation(
      x,
      [...y].map((v) => -v),
    ),
  ).toBeCloseTo(-0.8164, 4);
});

test("changes of logarithms of a geometric sequence are the logarithm of its factor", () => {
  for (const change of logChanges([3, 6, 12, 24])) expect(change).toBeCloseTo(Math.LN2, 12);
});
