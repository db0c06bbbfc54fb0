import { describe, expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { dimensionOfVariances, localPCA, type VarianceRule } from "./local-pca.ts";
import { movedCopy, randomSimplex, randomSphere } from "./samples.reference.ts";

const rules: VarianceRule[] = ["FO", "Fan", "maxgap", "ratio", "participation", "Kaiser", "broken-stick"];

test.each([1, 2, 3])("20 neighbours of random points of a %i-simplex give exactly its dimension", (d) => {
  for (const n of [200, 1000]) {
    const points = movedCopy(randomSimplex(d, n, Rng.fromSeed(n)), { extra: 2 });
    const { estimate, perPoint } = localPCA(points, { k: 20 });
    expect(estimate).toBe(d);
    expect(perPoint?.length).toBe(n);
  }
});

test.each(rules)("the rule %s finds a triangle in 8 coordinates", (rule) => {
  const points = movedCopy(randomSimplex(2, 2000, Rng.fromSeed(1)), { extra: 5 });
  expect(localPCA(points, { rule }).estimate).toBeCloseTo(2, rule === "participation" ? 1 : 10);
});

test("globally a circle fills a plane, locally it is a line", () => {
  const circle = movedCopy(randomSphere(2, 1000, Rng.fromSeed(2)), { extra: 2 });
  expect(localPCA(circle).estimate).toBe(2);
  expect(localPCA(circle, { k: 20 }).estimate).toBe(1);
});

describe("rules by hand", () => {
  const at = (variances: number[], rule: VarianceRule) =>
    dimensionOfVariances(Float64Array.from(variances), { rule });

  test("FO counts what exceeds a twentieth of the largest", () => {
    expect(at([20, 1.01, 0.99], "FO")).toBe(2);
  });
  test("Fan subtracts the mean of what is beyond 95 %, and stops at a gap or at 80 %", () => {
    // 19.8 of 20.2 is 98 %, so 0.2 is noise: 9.8, 9.6, 0, 0.
    expect(at([10, 9.8, 0.2, 0.2], "Fan")).toBe(2);
    // 92.8, 5.8, 0, 0: a gap of 16 after the first.
    expect(at([93, 6, 0.2, 0.2], "Fan")).toBe(1);
  });
  test("maxgap stops before the largest ratio", () => {
    expect(at([8, 4, 3, 0.1, 0.05], "maxgap")).toBe(3);
  });
  test("ratio holds 95 %", () => {
    expect(at([60, 34, 4, 2], "ratio")).toBe(3);
    expect(at([60, 35, 4, 1], "ratio")).toBe(2);
  });
  test("participation is the effective number of equal variances", () => {
    expect(at([3, 3, 3, 0], "participation")).toBe(3);
    expect(at([2, 1], "participation")).toBeCloseTo(9 / 5, 14);
  });
  test("Kaiser counts what exceeds the mean", () => {
    expect(at([5, 3, 1.9, 0.1], "Kaiser")).toBe(2);
  });
  test("broken-stick compares with (11/6, 5/6, 2/6) / 3 for three axes", () => {
    expect(at([0.6, 0.3, 0.1], "broken-stick")).toBe(0);
    expect(at([0.62, 0.27, 0.11], "broken-stick")).toBe(1);
    expect(at([0.62, 0.28, 0.1], "broken-stick")).toBe(2);
  });
});

test("coinciding points are refused", () => {
  expect(() => localPCA({ dimension: 2, points: new Float64Array(20).fill(0.1) })).toThrow("coincide");
});
