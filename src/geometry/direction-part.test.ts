import { expect, test } from "vitest";
import { allocateVector, Rng } from "../engine/index.ts";
import { mlp } from "../model/index.ts";
import { keepPart, orthonormalDifferences, randomDirection, scaleToArrays } from "./index.ts";

const D = 300;
const rng = Rng.fromSeed(3);

function vector(name: string): Float32Array {
  const v = allocateVector(D);
  v.set(rng.split(name).normal(D));
  return v;
}

const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);
const length = (a: ArrayLike<number>) => Math.sqrt(product(a, a));

test("the frame is orthonormal and has as many vectors as the points have independent differences", () => {
  const [a, b, c] = ["a", "b", "c"].map(vector);
  const between = allocateVector(D);
  between.set(a.map((x, i) => 0.3 * x + 0.7 * b[i]));
  const frame = orthonormalDifferences([a, b, between, c, a]);
  expect(frame).toHaveLength(2);
  frame.forEach((u, i) => {
    frame.forEach((v, j) => {
      expect(product(u, v)).toBeCloseTo(i === j ? 1 : 0, 6);
    });
  });
  const difference = c.map((x, i) => x - b[i]);
  const inside = frame.reduce((sum, u) => sum + product(difference, u) ** 2, 0);
  expect(inside / product(difference, difference)).toBeCloseTo(1, 5);
});

test("the orthogonal part has no component along differences of the points, and the length of the whole", () => {
  const points = ["a", "b", "c"].map(vector);
  const noise = vector("noise");
  const whole = length(noise);
  keepPart(noise, orthonormalDifferences(points), "orthogonal");
  for (const point of points) {
    const difference = point.map((x, i) => x - points[0][i]);
    expect(Math.abs(product(noise, difference))).toBeLessThan(1e-5 * whole * length(difference) + 1e-12);
  }
  expect(length(noise) / whole).toBeCloseTo(1, 5);
});

test("the inside part is the projection, scaled to the length of the whole", () => {
  const points = ["a", "b"].map(vector);
  const noise = vector("noise");
  const before = noise.slice();
  keepPart(noise, orthonormalDifferences(points), "inside");
  const along = points[1].map((x, i) => x - points[0][i]);
  // In one dimension it is the length of the noise, to the side to which the noise leans.
  const factor = (Math.sign(product(before, along)) * length(before)) / length(along);
  for (let d = 0; d < D; d += 17) expect(noise[d]).toBeCloseTo(factor * along[d], 4);
});

test("a single point has no inside", () => {
  expect(() => keepPart(vector("noise"), [], "inside")).toThrow("inside the subspace");
});

test("noise in units of the arrays has their root mean square, and none where an array is zero", () => {
  const { layout } = mlp([60, 50, 40]);
  const theta = randomDirection(layout, rng.split("theta"));
  const [weights, biases, last] = layout.leaves;
  for (let d = 0; d < weights.size; d++) theta[d] *= 5;
  theta.fill(0, biases.offset, biases.offset + biases.size);
  const noise = randomDirection(layout, rng.split("noise"));
  scaleToArrays(noise, theta, layout);
  const size = ({ offset, size }: typeof weights, v: Float32Array) =>
    length(v.subarray(offset, offset + size)) / Math.sqrt(size);
  expect(size(weights, noise) / size(weights, theta)).toBeCloseTo(1, 1);
  expect(size(last, noise) / size(last, theta)).toBeCloseTo(1, 1);
  expect(size(biases, noise)).toBe(0);
});
