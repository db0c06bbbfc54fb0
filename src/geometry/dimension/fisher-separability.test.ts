import fc from "fast-check";
import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { uniformBall } from "./danco.ts";
import { fisherSeparability, sphereDimension } from "./fisher-separability.ts";
import { meanOver, movedCopy, randomSphere } from "./samples.reference.ts";

test("the dimension solves p = (1 − α²)^((n−1)/2) / (α √(2πn))", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.6, max: 0.98, noNaN: true }),
      fc.double({ min: 0.5, max: 60, noNaN: true }),
      (alpha, n) => {
        const p = (1 - alpha ** 2) ** ((n - 1) / 2) / (alpha * Math.sqrt(2 * Math.PI * n));
        expect(sphereDimension(alpha, p)).toBeCloseTo(n, 8);
      },
    ),
  );
});

test.each([2, 3, 5, 8])("a ball in %i dimensions, and the sphere around it, fill as many", (d) => {
  const ball = meanOver(3, (seed) => fisherSeparability(uniformBall(1000, d, Rng.fromSeed(seed))).estimate);
  expect(Math.abs(ball - d)).toBeLessThan(0.04 * d);
  const sphere = meanOver(
    3,
    (seed) => fisherSeparability(randomSphere(d, 1000, Rng.fromSeed(seed))).estimate,
  );
  expect(Math.abs(sphere - d)).toBeLessThan(0.04 * d);
});

test("on a line half of the pairs point the same way, at every margin", () => {
  const { estimate, details } = fisherSeparability(uniformBall(1000, 1, Rng.fromSeed(1)));
  expect(details?.inseparable).toBeCloseTo(0.5, 2);
  expect(details?.margin).toBeCloseTo(0.88, 12);
  expect(Math.abs(estimate - 1)).toBeLessThan(0.1);
});

test("the estimate is the same for turned, moved and scaled points with idle coordinates", () => {
  const points = uniformBall(300, 3, Rng.fromSeed(2));
  const found = fisherSeparability(movedCopy(points, { extra: 4 }));
  expect(found.estimate).toBeCloseTo(fisherSeparability(points).estimate, 9);
  expect(found.details?.axes).toBe(3);
});

test("axes below the condition number are left out", () => {
  const points = uniformBall(500, 2, Rng.fromSeed(3));
  const flat = { dimension: 2, points: points.points.map((x, at) => (at % 2 ? x * 0.3 : x)) };
  expect(fisherSeparability(flat).details?.axes).toBe(1);
  expect(fisherSeparability(flat, { condition: 20 }).details?.axes).toBe(2);
});

test("coinciding points and points in all directions are refused", () => {
  expect(() => fisherSeparability({ dimension: 2, points: new Float64Array(20).fill(0.1) })).toThrow(
    "coincide",
  );
  const cross = Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1);
  expect(() => fisherSeparability({ dimension: 2, points: cross })).toThrow("No two of the 4 points");
});
