import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { danco, uniformBall } from "./danco.ts";
import { evenLine, meanOver, movedCopy, randomSimplex, randomSphere } from "./samples.reference.ts";

test.each([1, 2, 3, 4, 6])("a ball in %i dimensions", (d) => {
  const ball = (seed: number) => uniformBall(500, d, Rng.fromSeed(100 + seed));
  const found = meanOver(3, (seed) => danco(ball(seed), { maxDimension: 8 }).estimate);
  expect(Math.abs(found - d)).toBeLessThan(0.06 * d);
  expect(danco(ball(0), { maxDimension: 8, fractal: false }).estimate).toBe(d);
});

test.each([1, 2, 3])("random points of a %i-simplex in more coordinates", (d) => {
  const points = movedCopy(randomSimplex(d, 500, Rng.fromSeed(d)), { extra: 3 });
  expect(Math.abs(danco(points).estimate - d)).toBeLessThan(0.1 * d);
});

test.each([2, 3, 4])("a sphere in %i coordinates has one dimension less", (r) => {
  const points = randomSphere(r, 800, Rng.fromSeed(r));
  expect(Math.abs(danco(points).estimate - (r - 1))).toBeLessThan(0.1 * r);
});

test("the estimate is reproducible and bounded by the number of coordinates", () => {
  const points = uniformBall(200, 3, Rng.fromSeed(1));
  expect(danco(points)).toEqual(danco(points));
  expect(danco(points).estimate).toBeLessThanOrEqual(3);
  expect(danco(points, { maxDimension: 2 }).estimate).toBeLessThanOrEqual(2);
});

test("too few points and bad k are refused", () => {
  expect(() => danco(evenLine(11))).toThrow("needs at least 12");
  expect(() => danco(evenLine(50), { k: 2 })).toThrow("from 3 to 25");
  expect(() => danco({ dimension: 1, points: new Float64Array(30) })).toThrow("30 of 30 points coincide");
});

test("uniform points of a ball have radii with P(R < r) = r^d", () => {
  for (const d of [1, 2, 5]) {
    const { points } = uniformBall(4000, d, Rng.fromSeed(d));
    let inner = 0;
    for (let i = 0; i < 4000; i++) {
      const radius = Math.hypot(...points.subarray(i * d, (i + 1) * d));
      expect(radius).toBeLessThanOrEqual(1 + 1e-12);
      if (radius < 0.5 ** (1 / d)) inner++;
    }
    // Half of the points, within 4 standard deviations.
    expect(Math.abs(inner - 2000)).toBeLessThan(4 * Math.sqrt(1000));
  }
});
