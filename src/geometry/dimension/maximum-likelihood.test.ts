import { describe, expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { authorsTiling } from "./authors-tiling.ts";
import { maximumLikelihood } from "./maximum-likelihood.ts";
import { evenLine, meanOver, movedCopy, onUnitTriangle, randomSimplex } from "./samples.reference.ts";

describe("even points (scikit-dimension's MLE, 20 neighbours)", () => {
  test.each([
    [50, 1.0847, 1.1011],
    [100, 1.1391, 1.1502],
    [200, 1.1684, 1.1747],
    [500, 1.1867, 1.1895],
    [1000, 1.193, 1.1944],
  ])("%i points of a line", (n, harmonic, arithmetic) => {
    expect(maximumLikelihood(evenLine(n)).estimate).toBeCloseTo(harmonic, 4);
    expect(maximumLikelihood(evenLine(n), { average: "arithmetic" }).estimate).toBeCloseTo(arithmetic, 4);
  });

  test.each([
    [10, 1.9132, 1.9859],
    [14, 1.9211, 2.0425],
    [20, 1.8447, 2.0309],
    [30, 1.969, 2.0935],
    [50, 2.0359, 2.1569],
    [100, 2.0775, 2.194],
  ])("the tiling of an equilateral triangle with %i points a side", (n, harmonic, arithmetic) => {
    const points = onUnitTriangle(authorsTiling(n));
    expect(maximumLikelihood(points).estimate).toBeCloseTo(harmonic, 4);
    expect(maximumLikelihood(points, { average: "arithmetic" }).estimate).toBeCloseTo(arithmetic, 4);
  });

  test("the inner points of a line have the value of an infinite lattice", () => {
    let logFactorial = 0;
    for (let i = 2; i <= 10; i++) logFactorial += Math.log(i);
    const expected = 19 / (2 * (10 * Math.log(10) - logFactorial));
    expect(expected).toBeCloseTo(1.1993, 4);
    expect(maximumLikelihood(evenLine(101)).perPoint?.[50]).toBeCloseTo(expected, 10);
  });
});

test.each([
  // d, means of 5 seeds of 1000 random points of a simplex, and twice the spread between seeds
  [1, { k: 20 }, 0.99, 0.02],
  [2, { k: 20 }, 1.93, 0.03],
  [3, { k: 20 }, 2.76, 0.07],
  [1, { k: 5 }, 0.99, 0.04],
  [2, { k: 5 }, 1.97, 0.08],
  [3, { k: 5 }, 2.83, 0.1],
  [2, { k: 10 }, 1.96, 0.05],
  [1, { k: 20, average: "arithmetic" }, 1.05, 0.02],
  [2, { k: 20, average: "arithmetic" }, 2.05, 0.03],
  [3, { k: 20, average: "arithmetic" }, 2.93, 0.07],
  [1, { k: [10, 20], average: "arithmetic", unbiased: true }, 0.99, 0.02],
  [2, { k: [10, 20], average: "arithmetic", unbiased: true }, 1.95, 0.03],
  [3, { k: [10, 20], average: "arithmetic", unbiased: true }, 2.79, 0.07],
] as const)("1000 random points of a %i-simplex, %j", (d, options, expected, tolerance) => {
  const found = meanOver(
    5,
    (seed) => maximumLikelihood(randomSimplex(d, 1000, Rng.fromSeed(seed)), options).estimate,
  );
  expect(Math.abs(found - expected)).toBeLessThan(tolerance);
});

test("unbiased multiplies by (k − 2) / (k − 1)", () => {
  const points = randomSimplex(2, 100, Rng.fromSeed(1));
  const plain = maximumLikelihood(points, { k: 7 }).estimate;
  expect(maximumLikelihood(points, { k: 7, unbiased: true }).estimate).toBeCloseTo((plain * 5) / 6, 12);
});

test("the estimate is the same for turned, moved and scaled points", () => {
  const points = randomSimplex(2, 200, Rng.fromSeed(2));
  expect(maximumLikelihood(movedCopy(points)).estimate).toBeCloseTo(maximumLikelihood(points).estimate, 9);
});

test("repeated points, lattices and bad k are named", () => {
  const points = Float64Array.of(0, 0, 1, 2.5, 3.2, 3.2, 3.2, 9);
  expect(() => maximumLikelihood({ dimension: 1, points }, { k: 4 })).toThrow("5 of 8 points coincide");
  expect(() => maximumLikelihood(evenLine(50), { k: 2 })).toThrow("equally far at 48 of 50 points");
  expect(() => maximumLikelihood(evenLine(50), { k: 1 })).toThrow(RangeError);
  expect(() => maximumLikelihood(evenLine(20))).toThrow(
    "20 nearest neighbours were asked for among 20 points",
  );
});
