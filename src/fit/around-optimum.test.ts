import { expect, test } from "vitest";
import { allocateVector, combine, dot, Rng } from "../engine/index.ts";
import { sampleAround } from "./around-optimum.ts";

const D = 400;
const rng = Rng.fromSeed(5);

function vectorOf(values: ArrayLike<number>): Float32Array {
  const vector = allocateVector(D);
  vector.set(values);
  return vector;
}

const theta = vectorOf(rng.split("theta").normal(D));
const states = Array.from({ length: 8 }, (_, i) => {
  const state = vectorOf(rng.split("state").foldIn(i).normal(D));
  combine(state, [theta, state], [1, 0.1]);
  return state;
});

function distanceTo(centre: Float32Array, out: Float32Array): number {
  const gap = allocateVector(D);
  combine(gap, [out, centre], [1, -1]);
  return Math.sqrt(dot(gap, gap));
}

test("at scale 0 the draws are the optimum, or the mean of its training", () => {
  const mean = allocateVector(D);
  combine(mean, states, new Array(8).fill(1 / 8));
  const out = allocateVector(D);
  for (const [kind, centre] of [
    ["random", theta],
    ["dropout", theta],
    ["diagonal", mean],
    ["low-rank", mean],
  ] as const) {
    using sampler = sampleAround(kind, theta, states, 0, rng);
    sampler.draw(3, out);
    expect(distanceTo(centre, out)).toBeLessThan(1e-4);
  }
});

test("random draws lie at distances uniform up to the scale", () => {
  using sampler = sampleAround("random", theta, [], 3, rng);
  const out = allocateVector(D);
  const distances = Array.from({ length: 300 }, (_, i) => {
    sampler.draw(i, out);
    return distanceTo(theta, out);
  });
  expect(Math.max(...distances)).toBeLessThanOrEqual(3 + 1e-5);
  // Mean and standard deviation of U(0, 3), within four standard errors.
  const mean = distances.reduce((a, b) => a + b) / 300;
  expect(Math.abs(mean - 1.5)).toBeLessThan((4 * (3 / Math.sqrt(12))) / Math.sqrt(300));
});

test("dropout keeps the mean weight", () => {
  using sampler = sampleAround("dropout", theta, [], 0.4, rng);
  const out = allocateVector(D);
  let total = 0;
  for (let i = 0; i < 400; i++) {
    sampler.draw(i, out);
    total += dot(out, theta) / dot(theta, theta) / 400;
  }
  expect(Math.abs(total - 1)).toBeLessThan(0.02);
});

test("diagonal draws have the spread of the states, low-rank ones lie in five directions of length 1", () => {
  const out = allocateVector(D);
  using diagonal = sampleAround("diagonal", theta, states, 1, rng);
  const mean = allocateVector(D);
  combine(mean, states, new Array(8).fill(1 / 8));
  const squares = Array.from({ length: 200 }, (_, i) => {
    diagonal.draw(i, out);
    return distanceTo(mean, out) ** 2;
  });
  const wanted = states.reduce((sum, state) => sum + distanceTo(mean, state) ** 2, 0) / 7;
  expect(Math.abs(squares.reduce((a, b) => a + b) / 200 / wanted - 1)).toBeLessThan(0.05);
  using low = sampleAround("low-rank", theta, states, 1, rng);
  const found = Array.from({ length: 400 }, (_, i) => {
    low.draw(i, out);
    return distanceTo(mean, out) ** 2;
  });
  // χ² with five degrees of freedom has mean 5 and variance 10.
  expect(Math.abs(found.reduce((a, b) => a + b) / 400 - 5)).toBeLessThan((4 * Math.sqrt(10)) / 20);
});

test("draws from a training need its states", () => {
  expect(() => sampleAround("diagonal", theta, [theta], 1, rng)).toThrow("need two or more");
});
