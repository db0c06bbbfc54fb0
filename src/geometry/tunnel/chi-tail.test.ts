import { describe, expect, test } from "vitest";
import { chiSquaredTail, massBeyond } from "./chi-tail.ts";

describe("the tail of the chi-squared distribution", () => {
  test("has its closed forms with two and six degrees of freedom", () => {
    for (const x of [0, 0.1, 1, 3, 10, 60]) {
      expect(chiSquaredTail(2, x)).toBeCloseTo(Math.exp(-x / 2), 14);
      const y = x / 2;
      expect(chiSquaredTail(6, x) / (Math.exp(-y) * (1 + y + (y * y) / 2))).toBeCloseTo(1, 12);
    }
  });

  test("has the 95 % quantiles of printed tables", () => {
    const quantiles = [
      [1, 3.841459],
      [3, 7.814728],
      [10, 18.307038],
      [19, 30.143527],
      [99, 123.225221],
    ];
    for (const [degrees, x] of quantiles) expect(chiSquaredTail(degrees, x)).toBeCloseTo(0.05, 7);
  });
});

describe("the mass of a prior beyond a radius", () => {
  test("is that of two normal tails with one normal", () => {
    // P(|Z| > 1.96) = 0.0499958; τ c = 0.05.
    expect(massBeyond(0.098, { normals: 1, scale: 0.1, standardDeviation: 0.5 })).toBeCloseTo(0.0499958, 7);
  });

  test("is all at radius 0, none at infinity and without normals", () => {
    const prior = { scale: 0.1, standardDeviation: 0.5 };
    expect(massBeyond(0, { ...prior, normals: 4 })).toBe(1);
    expect(massBeyond(Number.POSITIVE_INFINITY, { ...prior, normals: 4 })).toBe(0);
    expect(massBeyond(0, { ...prior, normals: 0 })).toBe(0);
    expect(() => massBeyond(-1, { ...prior, normals: 4 })).toThrow("A radius of -1");
    expect(() => massBeyond(1, { ...prior, normals: 1.5 })).toThrow("The number of normals is 1.5");
  });
});
