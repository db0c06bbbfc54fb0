import { expect, it } from "vitest";
import { firstCrossings } from "./first-crossings.ts";

const search = { first: 0.01, largest: 10 };

it("finds where functions of known inverse reach their thresholds, each its own", async () => {
  const functions = [(a: number) => a * a, (a: number) => Math.expm1(a), (a: number) => Math.sin(a / 8)];
  const thresholds = [2, 3, 0.5];
  const expected = [Math.SQRT2, Math.log(4), (8 * Math.PI) / 6];
  const found = await firstCrossings(
    thresholds,
    async (ways, positions) => ways.map((way, i) => functions[way](positions[i])),
    { ...search, precision: 1e-6 },
  );
  found.forEach((a, i) => {
    expect(Math.abs(a! / expected[i] - 1)).toBeLessThan(1e-6);
  });
});

it("takes the first of several crossings that doubling sees, and none where there is none", async () => {
  // Above 1 from 1 to 3, and again from 7 on.
  const bumps = (a: number) => ((a >= 1 && a <= 3) || a >= 7 ? 2 : 0);
  const [first, none] = await firstCrossings(
    [1, 5],
    async (ways, positions) => ways.map((_, i) => bumps(positions[i])),
    search,
  );
  expect(first! - 1).toBeCloseTo(0, 2);
  expect(none).toBeNull();
});

it("looks at the largest position itself, and never beyond", async () => {
  const seen: number[] = [];
  const [at] = await firstCrossings(
    [9.9],
    async (_, positions) => {
      seen.push(...positions);
      return positions;
    },
    search,
  );
  expect(at! / 9.9).toBeCloseTo(1, 2);
  expect(Math.max(...seen)).toBe(10);
});
