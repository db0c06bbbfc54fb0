import { expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { affineSpan, gramOf, tunnelSpace } from "../geometry/index.ts";
import { bezier } from "../subspace/index.ts";
import { priorDraws } from "./prior-draws.ts";

/** On a line through 0, 0 and 1 the place at t is t² and the speed 2t: its density of t is linear. */
const straight = tunnelSpace(affineSpan(gramOf([[0], [0], [1]]), "euclidean"), bezier(2), { range: [0, 1] });
const bent = tunnelSpace(
  affineSpan(
    gramOf([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
  ),
  bezier(2),
);

/** Largest difference of the distribution of draws from a distribution function (Kolmogorov and Smirnov). */
function distance(draws: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(draws).sort();
  return sorted.reduce((most, x, i) => Math.max(most, Math.abs(distribution(x) - i / sorted.length)), 0);
}
/** That 1 of 1,000 samples of 4,000 passes. */
const CRITICAL = 1.95 / Math.sqrt(4000);

test.each([
  ["arc-length", (t: number) => t * t],
  ["position", (t: number) => t],
] as const)("t is uniform in %s", (weight, distribution) => {
  const draws = priorDraws(straight, { scale: 0.5, weight }, 4000, Rng.fromSeed(1));
  expect(distance(draws, distribution)).toBeLessThan(CRITICAL);
});

test("ξ is normal with the scale of the prior, t lies in the range of the tunnel", () => {
  const draws = priorDraws(bent, { scale: 0.5, weight: "arc-length" }, 4000, Rng.fromSeed(2));
  const [ts, xi] = [0, 1].map((j) => draws.filter((_, at) => at % 2 === j));
  expect(Math.min(...ts)).toBeGreaterThanOrEqual(-0.1);
  expect(Math.max(...ts)).toBeLessThanOrEqual(1.1);
  expect(xi.reduce((sum, x) => sum + x * x, 0) / 4000).toBeCloseTo(0.25, 1);
  // The curve is symmetric about t = 1/2, its range too.
  expect(ts.reduce((sum, t) => sum + t, 0) / 4000).toBeCloseTo(0.5, 1);
});
