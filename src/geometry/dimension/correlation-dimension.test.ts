import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { correlationDimension } from "./correlation-dimension.ts";
import { evenLine, meanOver, movedCopy, randomSimplex } from "./samples.reference.ts";

test.each([
  // d, N, mean of 5 seeds on random points of a simplex, and twice the spread between seeds
  [1, 200, 0.99, 0.05],
  [2, 200, 1.86, 0.14],
  [3, 200, 2.5, 0.24],
  [1, 1000, 1.0, 0.02],
  [2, 1000, 1.94, 0.04],
  [3, 1000, 2.77, 0.11],
])("random points of a %i-simplex, N = %i", (d, n, expected, tolerance) => {
  const found = meanOver(5, (seed) => correlationDimension(randomSimplex(d, n, Rng.fromSeed(seed))).estimate);
  expect(Math.abs(found - expected)).toBeLessThan(tolerance);
});

test("it is the slope between the two radii, counted pair by pair", () => {
  const points = randomSimplex(2, 60, Rng.fromSeed(4));
  const { estimate, details } = correlationDimension(points, { k1: 3, k2: 9 });
  const { r1, r2 } = details as { r1: number; r2: number };
  const closer = (r: number) => {
    let count = 0;
    for (let i = 0; i < 60; i++) {
      for (let j = 0; j < 60; j++) {
        const steps = [0, 1, 2].map((d) => points.points[3 * i + d] - points.points[3 * j + d]);
        if (i !== j && Math.hypot(...steps) < r) count++;
      }
    }
    return count;
  };
  expect(estimate).toBeCloseTo(Math.log(closer(r2) / closer(r1)) / Math.log(r2 / r1), 10);
});

test("the estimate is the same for turned, moved and scaled points", () => {
  const points = randomSimplex(2, 201, Rng.fromSeed(2));
  expect(correlationDimension(movedCopy(points)).estimate).toBeCloseTo(
    correlationDimension(points).estimate,
    9,
  );
});

test("equal radii and repeated points are refused", () => {
  expect(() => correlationDimension(evenLine(100), { k1: 9, k2: 10 })).toThrow("equally far");
  expect(() => correlationDimension({ dimension: 1, points: new Float64Array(30) })).toThrow("coincide");
});
