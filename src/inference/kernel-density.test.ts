import { expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { kernelDensity } from "./index.ts";

const N = 4000;
const rng = Rng.fromSeed(1);
const [x, y] = ["x", "y"].map((name) => Float64Array.from(rng.split(name).normal(N)));
const wide = y.map((value) => 3 + 2 * value);

test("has an integral of 1", () => {
  const { xs, ys, values } = kernelDensity(x, wide, { x: 61, y: 51 });
  const cell = (xs[1] - xs[0]) * (ys[1] - ys[0]);
  expect(values.reduce((a, b) => a + b, 0) * cell).toBeCloseTo(1, 3);
});

test("of two points is the mean of two Gaussians with bandwidths by Scott's rule", () => {
  // Standard deviations √2 and 3√2; n^(−1/6) of them are the bandwidths.
  const [h, k] = [1, 3].map((half) => half * Math.SQRT2 * 2 ** (-1 / 6));
  const { xs, ys, values } = kernelDensity(Float64Array.of(-1, 1), Float64Array.of(-3, 3), { x: 21, y: 11 });
  const gaussian = (z: number, width: number) =>
    Math.exp(-0.5 * (z / width) ** 2) / (width * Math.sqrt(2 * Math.PI));
  const expected = (x: number, y: number) =>
    (gaussian(x + 1, h) * gaussian(y + 3, k) + gaussian(x - 1, h) * gaussian(y - 3, k)) / 2;
  expect([xs[0], xs[20], ys[10]]).toEqual(
    [-1 - 3 * h, 1 + 3 * h, 3 + 3 * k].map((end) => expect.closeTo(end, 12)),
  );
  for (const [i, j] of [
    [10, 5],
    [3, 2],
    [17, 2],
  ]) {
    expect(values[j * 21 + i]).toBeCloseTo(expected(xs[i], ys[j]), 14);
  }
});

test("of two chains far apart has the bandwidth of each", () => {
  // Ten draws a chain; the second is the first moved by 100: the standard deviation of all is 51, that within 3.
  const chain = Float64Array.from({ length: 10 }, (_, i) => i);
  const both = Float64Array.of(...chain, ...chain.map((value) => value + 100));
  const twice = Float64Array.of(...chain, ...chain);
  const { xs } = kernelDensity(both, twice, { x: 3, y: 3 }, 2);
  const sd = Math.sqrt((10 ** 2 - 1) / 12) * Math.sqrt(10 / 9);
  expect(xs[0]).toBeCloseTo(-3 * sd * 20 ** (-1 / 6), 12);
});

test("refuses points that are all the same", () => {
  expect(() =>
    kernelDensity(
      x,
      x.map(() => 1),
      { x: 3, y: 3 },
    ),
  ).toThrow("that are finite and differ");
});
