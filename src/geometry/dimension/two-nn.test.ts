import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { authorsTiling } from "./authors-tiling.ts";
import { uniformBall } from "./danco.ts";
import { evenLine, meanOver, movedCopy, onUnitTriangle, randomSimplex } from "./samples.reference.ts";
import { twoNN, twoNNScales } from "./two-nn.ts";

test.each([
  // d, mean of 5 seeds of 1000 random points of a simplex, and twice the spread between seeds
  ["fit", 1, 1.01, 0.08],
  ["fit", 2, 2.02, 0.16],
  ["fit", 3, 2.92, 0.24],
  ["likelihood", 1, 1.0, 0.08],
  ["likelihood", 2, 2.03, 0.16],
  ["likelihood", 3, 2.87, 0.24],
] as const)("%s on 1000 random points of a %i-simplex", (method, d, expected, tolerance) => {
  const found = meanOver(5, (seed) => twoNN(randomSimplex(d, 1000, Rng.fromSeed(seed)), { method }).estimate);
  expect(Math.abs(found - expected)).toBeLessThan(tolerance);
});

test("five points by hand", () => {
  // Neighbour distances: 0: 1, 3; 1: 1, 2; 3: 2, 3; 7: 4, 6; 15: 8, 12. All products and powers of 2 and 3.
  const points = { dimension: 1, points: Float64Array.of(0, 1, 3, 7, 15) };
  const logs = [Math.log(3), Math.log(2), Math.log(1.5), Math.log(1.5), Math.log(1.5)];
  const sum = logs.reduce((a, b) => a + b);
  expect(twoNN(points, { method: "likelihood" }).estimate).toBeCloseTo(5 / sum, 12);
  expect(twoNN(points, { method: "likelihood", unbiased: true }).estimate).toBeCloseTo(4 / sum, 12);
  // The fit keeps the 4 smallest, with F = 1/5 … 4/5.
  const x = [1.5, 1.5, 1.5, 2].map(Math.log);
  const y = [4 / 5, 3 / 5, 2 / 5, 1 / 5].map((rest) => -Math.log(rest));
  const slope = x.reduce((s, xi, i) => s + xi * y[i], 0) / x.reduce((s, xi) => s + xi * xi, 0);
  expect(twoNN(points, { discard: 0 }).estimate).toBeCloseTo(slope, 12);
});

test("the interval is that of a Gamma distribution", () => {
  const points = randomSimplex(2, 10, Rng.fromSeed(3));
  const { estimate, interval } = twoNN(points, { method: "likelihood" });
  // scipy.stats.gamma.ppf([.025, .975], 10) = [4.7953887, 17.08480345]
  expect(interval?.[0]).toBeCloseTo((estimate * 4.7953887) / 10, 6);
  expect(interval?.[1]).toBeCloseTo((estimate * 17.08480345) / 10, 6);
});

test("about 95 % of the intervals hold the dimension", () => {
  let hits = 0;
  for (let seed = 0; seed < 200; seed++) {
    const [low, high] = twoNN(uniformBall(200, 2, Rng.fromSeed(seed))).interval ?? [0, 0];
    if (low < 2 && 2 < high) hits++;
  }
  // Mutual nearest neighbours share a distance, which makes the interval somewhat too short.
  expect(hits).toBeGreaterThan(160);
});

test("the estimate of a subspace is that of its dimension at all scales, noise is seen at the small ones", () => {
  const line = movedCopy(randomSimplex(1, 2000, Rng.fromSeed(5)), { extra: 1, scale: 1, shift: 0 });
  for (const { estimate, subsets, samples } of twoNNScales(line, Rng.fromSeed(1))) {
    expect(subsets * samples).toBe(2000 - (2000 % subsets));
    expect(Math.abs(estimate - 1)).toBeLessThan(0.15);
  }
  const noise = Rng.fromSeed(6).normal(line.points.length);
  const noisy = { dimension: 3, points: line.points.map((x, at) => x + 0.002 * noise[at]) };
  const scales = twoNNScales(noisy, Rng.fromSeed(1));
  expect(scales[0].estimate).toBeGreaterThan(1.8);
  expect(scales.at(-1)?.estimate).toBeLessThan(1.35);
  expect(scales.at(-1)?.spread).toBeGreaterThan(0);
});

test("lattices and repeated points are refused", () => {
  expect(() => twoNN(evenLine(200))).toThrow("equally far at 198 of 200 points, as in a lattice");
  expect(() => twoNN(onUnitTriangle(authorsTiling(20)))).toThrow("lattice");
  expect(() => twoNN({ dimension: 1, points: Float64Array.of(0, 0, 1, 3) })).toThrow(
    "2 of 4 points coincide",
  );
  expect(() => twoNN(evenLine(2))).toThrow("2 points were given; this estimator needs at least 3");
});
