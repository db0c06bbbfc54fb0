import fc from "fast-check";
import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { uniformBall } from "./danco.ts";
import { mind, nearestDivergence } from "./mind.ts";
import { evenLine, meanOver, movedCopy, randomSphere } from "./samples.reference.ts";

test.each([1, 2, 3, 5])("uniform points of a ball in %i dimensions", (d) => {
  const found = meanOver(5, (seed) => mind(uniformBall(1000, d, Rng.fromSeed(seed)), { k: 5 }).estimate);
  // Points near the surface have no neighbours outside, which lowers the estimate, the more the larger d.
  expect(found).toBeGreaterThan(d - 0.06 * d - 0.02 * (d - 1) * d);
  expect(found).toBeLessThan(d + 0.08 * d);
  expect(mind(uniformBall(1000, d, Rng.fromSeed(1)), { integer: true, k: 5 }).estimate).toBe(d);
});

test("a sphere has one dimension less than its space", () => {
  expect(mind(randomSphere(3, 1000, Rng.fromSeed(3)), { integer: true }).estimate).toBe(2);
});

test("the real estimate is where the likelihood is largest", () => {
  const points = uniformBall(300, 2, Rng.fromSeed(4));
  const { estimate } = mind(points, { k: 6 });
  const rhos = naiveRhos(points.points, 6);
  const likelihood = (d: number) =>
    rhos.reduce((sum, rho) => sum + Math.log(6 * d * rho ** (d - 1) * (1 - rho ** d) ** 5), 0);
  for (const step of [-0.05, -0.005, 0.005, 0.05])
    expect(likelihood(estimate)).toBeGreaterThan(likelihood(estimate + step));
});

/** Nearest over (k + 1)-th distance of points in the plane. */
function naiveRhos(x: Float64Array, k: number): number[] {
  const n = x.length / 2;
  return Array.from({ length: n }, (_, i) => {
    const distances = Array.from({ length: n }, (_, j) =>
      Math.hypot(x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1]),
    ).sort((a, b) => a - b);
    return distances[1] / distances[k + 1];
  });
}

test("the estimate is the same for turned, moved and scaled points, and never above the largest dimension", () => {
  const points = uniformBall(200, 3, Rng.fromSeed(5));
  expect(mind(movedCopy(points)).estimate).toBeCloseTo(mind(points).estimate, 8);
  expect(mind(points, { maxDimension: 2 }).estimate).toBe(2);
});

test("lattices and repeated points are refused", () => {
  expect(() => mind(evenLine(30), { k: 1 })).toThrow("lattice");
  expect(() => mind({ dimension: 1, points: Float64Array.of(0, 0, 1, 3) }, { k: 2 })).toThrow(
    "2 of 4 points coincide",
  );
  expect(() => mind(evenLine(30), { maxDimension: 0 })).toThrow("largest dimension");
});

test("the divergence of neighbour distances is the integral of g ln(g / h)", () => {
  const dimension = fc.double({ min: 0.8, max: 9, noNaN: true });
  fc.assert(
    fc.property(dimension, dimension, fc.integer({ min: 2, max: 14 }), (d, reference, k) => {
      // With u = ρ^d the density g is that of Beta(1, k), whose quantile is 1 − (1 − p)^(1/k).
      const log = (rho: number, e: number) =>
        Math.log(k * e) + (e - 1) * Math.log(rho) + (k - 1) * Math.log1p(-(rho ** e));
      const steps = 20_000;
      let integral = 0;
      for (let i = 0; i < steps; i++) {
        const rho = (-Math.expm1(Math.log1p(-(i + 0.5) / steps) / k)) ** (1 / d);
        integral += (log(rho, d) - log(rho, reference)) / steps;
      }
      expect(Math.abs(nearestDivergence(d, reference, k) - integral)).toBeLessThan(2e-3 * (1 + integral));
    }),
    { numRuns: 30 },
  );
  expect(nearestDivergence(3, 3, 10)).toBeCloseTo(0, 10);
  expect(nearestDivergence(3, 3, 25)).toBeCloseTo(0, 6);
});
