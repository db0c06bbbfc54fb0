import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { moments } from "./moments.ts";
import { evenLine, meanOver, movedCopy, randomSimplex } from "./samples.reference.ts";

test.each([
  // d, N, mean of 5 seeds on random points of a simplex, and twice the spread between seeds
  [1, 200, 0.93, 0.05],
  [2, 200, 1.64, 0.09],
  [3, 200, 2.25, 0.1],
  [1, 1000, 1.01, 0.02],
  [2, 1000, 1.88, 0.03],
  [3, 1000, 2.63, 0.04],
])("random points of a %i-simplex, N = %i", (d, n, expected, tolerance) => {
  const found = meanOver(5, (seed) => moments(randomSimplex(d, n, Rng.fromSeed(seed))).estimate);
  expect(Math.abs(found - expected)).toBeLessThan(tolerance);
});

test("inside an even line it is (j + 1) / (j − 1) with j neighbours on each side", () => {
  expect(moments(evenLine(101), { k: 20 }).perPoint?.[50]).toBeCloseTo(11 / 9, 10);
});

test("the estimate is the same for turned, moved and scaled points", () => {
  const points = randomSimplex(2, 201, Rng.fromSeed(2));
  expect(moments(movedCopy(points)).estimate).toBeCloseTo(moments(points).estimate, 9);
});

test("equally far neighbours are refused", () => {
  expect(() => moments(evenLine(50), { k: 2 })).toThrow("equally far");
  expect(() => moments({ dimension: 1, points: new Float64Array(120) })).toThrow("repeated points");
});
