import { expect, test } from "vitest";
import { authorsTiling } from "./authors-tiling.ts";

test("the rows go from t to 1 − t", () => {
  expect(Array.from(authorsTiling(2))).toEqual([0, 0, 0, 1, 1, 1, 1, 0]);
  const rows = authorsTiling(4);
  expect(rows[2 * 4]).toBeCloseTo(1 / 3, 14);
  expect(rows[2 * 4 + 1]).toBeCloseTo(1 / 3, 14);
  expect(rows[2 * 7 + 1]).toBeCloseTo(2 / 3, 14);
});

test("47.5 % of the points for n = 20 lie outside the triangle", () => {
  const z = authorsTiling(20);
  let outside = 0;
  for (let i = 0; i < 400; i++) if (z[2 * i] + z[2 * i + 1] > 1 + 1e-12) outside++;
  expect(outside / 400).toBe(0.475);
});

test("an odd n repeats a point and is refused", () => {
  expect(() => authorsTiling(5)).toThrow("even whole number");
});
