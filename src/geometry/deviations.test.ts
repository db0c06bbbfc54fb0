import { expect, test } from "vitest";
import { blockMeans, contrastGroups, deviationCosines, gramOf, tangentialCosines } from "./index.ts";

/** Cosines of figure 3 (middle) of "Large Scale Structure", CIFAR-10, read from the published picture. */
const PUBLISHED = [
  [1.0, 0.76, 0.62, 0.49, 0.28, -0.04, -0.07, -0.09, -0.11, -0.09],
  [0.76, 1.0, 0.87, 0.76, 0.53, 0.04, -0.01, -0.03, -0.06, -0.1],
  [0.62, 0.87, 1.0, 0.91, 0.68, 0.09, 0.04, 0.01, -0.03, -0.08],
  [0.49, 0.76, 0.91, 1.0, 0.83, 0.15, 0.07, 0.05, 0.01, -0.06],
  [0.28, 0.53, 0.68, 0.83, 1.0, 0.34, 0.21, 0.16, 0.1, 0.0],
  [-0.04, 0.04, 0.09, 0.15, 0.34, 1.0, 0.87, 0.75, 0.59, 0.33],
  [-0.07, -0.01, 0.04, 0.07, 0.21, 0.87, 1.0, 0.91, 0.76, 0.49],
  [-0.09, -0.03, 0.01, 0.05, 0.16, 0.75, 0.91, 1.0, 0.87, 0.62],
  [-0.11, -0.06, -0.03, 0.01, 0.1, 0.59, 0.76, 0.87, 1.0, 0.76],
  [-0.09, -0.1, -0.08, -0.06, 0.0, 0.33, 0.49, 0.62, 0.76, 1.0],
].flat();

test("the published matrix splits in the middle, with its published means", () => {
  const groups = contrastGroups(PUBLISHED);
  expect(groups).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  const { within, across } = blockMeans(PUBLISHED, groups);
  expect(within[0]).toBeCloseTo(0.67, 2);
  expect(within[1]).toBeCloseTo(0.69, 1);
  expect(across).toBeCloseTo(0.02, 2);
});

test("cosines of deviations are those of the vectors themselves", () => {
  const optima = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ];
  const points = [
    [0.7, 0.3, 1, 0],
    [0.5, 0.5, 3, 3],
    [0.5, 0.5, 0, 0],
  ];
  const coefficients = [
    [0.7, 0.3],
    [0.5, 0.5],
    [0.5, 0.5],
  ];
  const all = [...optima, ...points].map((v) => v.map((x, i) => x - optima[0][i]));
  const cosines = deviationCosines(gramOf(all), coefficients);
  expect(cosines[0]).toBeCloseTo(1, 12);
  expect(cosines[1]).toBeCloseTo(Math.SQRT1_2, 12);
  expect(cosines[3]).toBeCloseTo(Math.SQRT1_2, 12);
  // The last point lies on the line: it has no direction, and does not count.
  expect(cosines[2]).toBeNaN();
  const { within, across } = blockMeans(cosines, [0, 1, 1]);
  expect(within).toEqual([Number.NaN]);
  expect(across).toBeCloseTo(Math.SQRT1_2, 12);
});

test("what points of different wedges share along the radius is taken out", () => {
  // Optima of unequal norms, whose line has its foot at (1, 2, 0, 0, 0); deviations outwards, and apart in two axes.
  const foot = [1, 2, 0, 0, 0];
  const across = [2, -1, 0, 0, 0];
  const at = (x: number) => foot.map((f, i) => f + x * across[i]);
  const optima = [at(-1), at(3)];
  const coefficients = [
    [0.7, 0.3],
    [0.4, 0.6],
  ];
  const moved = coefficients.map(([p, q], k) =>
    optima[0].map((x, i) => p * x + q * optima[1][i] + 0.5 * foot[i] + Number(i === 2 + k)),
  );
  const all = [...optima, ...moved];
  const total = deviationCosines(gramOf(all.map((v) => v.map((x, i) => x - all[0][i]))), coefficients);
  // Each is (0.5 · (1, 2), one axis): 1.25 of 2.25 in common.
  expect(total[1]).toBeCloseTo(1.25 / 2.25, 10);
  expect(tangentialCosines(gramOf(all), coefficients)[1]).toBeCloseTo(0, 10);
  expect(tangentialCosines(gramOf(all), coefficients)[0]).toBeCloseTo(1, 10);
});

test("too few points cannot be split", () => {
  expect(() => contrastGroups([1, 0, 0, 0, 1, 0, 0, 0, 1])).toThrow("at least 4");
});
