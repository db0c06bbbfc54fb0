import { describe, expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { authorsTiling } from "./authors-tiling.ts";
import type { Points } from "./points.ts";
import { evenLine, movedCopy, onUnitTriangle, randomSimplex } from "./samples.reference.ts";
import { publishedTangentRank, tangentRank } from "./tangent-rank.ts";

const NEIGHBOURS = [3, 5, 8, 13];
/** Parameters of the network 784-512-10. */
const parameters = 407_050;

/** n even points between two unit vectors at a right angle, as seen from zero. */
function rawLine(n: number) {
  const points = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) points.set([1 - i / (n - 1), i / (n - 1)], 2 * i);
  return { dimension: 2, points };
}

describe("as published (Chen & Saidi, table 1, and the same procedure at other sizes)", () => {
  const ranks = (points: Points) =>
    NEIGHBOURS.map((k) => publishedTangentRank(points, { k, parameters }).estimate);

  test("200 even points of a line give exactly 1.00", () => {
    expect(ranks(rawLine(200))).toEqual([1, 1, 1, 1]);
  });

  test.each([
    [100, [1.0, 1.0, 1.37, 1.83]],
    [50, [1.22, 1.72, 2.0, 2.0]],
  ])("%i even points give more, as the tolerance is no longer above their spread", (n, expected) => {
    // The targets are of trained vertices, whose norms and angle differ a little from those of the ideal ones.
    for (const [i, rank] of ranks(rawLine(n)).entries())
      expect(Math.abs(rank - expected[i])).toBeLessThan(0.041);
  });

  test.each([
    [10, [2.03, 2.31, 2.7, 3.0]],
    [20, [1.31, 1.53, 1.825, 2.09]],
    [50, [1.0, 1.0, 1.0, 1.01]],
    [100, [1.0, 1.0, 1.0, 1.0]],
  ])("the tiling of the triangle with %i points a side", (n, expected) => {
    // Which of equally far neighbours is taken moves the second decimal.
    const found = ranks(onUnitTriangle(authorsTiling(n)));
    for (const [i, rank] of found.entries()) expect(Math.abs(rank - expected[i])).toBeLessThan(0.015);
  });

  test("a small tolerance sees the exact rank, one more than the dimension", () => {
    // 2⁻²³ max(D, k) = 9.5e-7
    expect(publishedTangentRank(rawLine(200), { parameters: 1 }).estimate).toBe(2);
  });

  test("the length of the weight vectors is needed", () => {
    expect(() => publishedTangentRank(rawLine(20), { parameters: 0 })).toThrow("number of parameters");
  });
});

describe("of differences", () => {
  test("the tiling with 20 points a side, at the tolerance 0.0485", () => {
    const points = onUnitTriangle(authorsTiling(20));
    const ranks = NEIGHBOURS.map((k) => tangentRank(points, { k, tolerance: 0.0485 }).estimate);
    expect(ranks.map((rank) => rank.toFixed(2))).toEqual(["1.61", "1.72", "1.83", "1.90"]);
  });

  test.each([1, 2, 3])("400 random points of a %i-simplex give exactly its dimension", (d) => {
    const points = randomSimplex(d, 400, Rng.fromSeed(d));
    expect(tangentRank(points).estimate).toBe(d);
    expect(tangentRank(movedCopy(points, { extra: 5 })).estimate).toBe(d);
  });

  test.each([1e-9, 1e-6, 0.0485])("a line is of rank 1 at the tolerance %f", (tolerance) => {
    for (const k of NEIGHBOURS) {
      expect(tangentRank(evenLine(50), { k, tolerance }).estimate).toBe(1);
      // Rotated by cosines that are rounded to 1e-16, the line has a width of that order.
      expect(tangentRank(movedCopy(evenLine(50)), { k, tolerance }).estimate).toBe(1);
    }
  });

  test("a tolerance of 1 or more is refused", () => {
    expect(() => tangentRank(evenLine(20), { tolerance: 1 })).toThrow("between 0 and 1");
  });
});
