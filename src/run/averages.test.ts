import { expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, combine, Rng } from "../engine/index.ts";
import { crossEntropy, Examples, NetworkLandscape } from "../landscape/index.ts";
import { mlp } from "../model/index.ts";
import { angleBetween, averagesOf } from "./averages.ts";

const rng = Rng.fromSeed(8);
const N = 60;
/** Without a hidden layer: the mean of weights has the mean of the logits. */
const network = mlp([2, 3], "tanh");
const D = network.layout.size;

const targets = rng.split("labels").integers(N, 3);
const split = { count: N, inputs: rng.split("inputs").normal(2 * N), targets };
const about = { name: "random", task: "classification" as const, shape: [2], classes: 3 };
const dataset: Dataset = {
  ...about,
  byteScale: 1,
  byteShift: 0,
  train: split,
  test: split,
  checksum: "",
  source: "",
};
const examples = new Examples(dataset, dataset.train);
const landscape = new NetworkLandscape(network, examples, crossEntropy);
const share = (holds: (i: number) => boolean) => Array.from(targets, (_, i) => i).filter(holds).length / N;

function drawn(name: string): Float32Array {
  const theta = allocateVector(D);
  theta.set(rng.split(name).normal(D));
  return theta;
}

function times(theta: Float32Array, factor: number): Float32Array {
  const made = allocateVector(D);
  combine(made, [theta], [factor]);
  return made;
}

test("a network and its opposite average to one that knows nothing", async () => {
  const theta = drawn("theta");
  const mean = allocateVector(D);
  const thetas = [theta, times(theta, -1)];
  const { individual, weights, angles } = await averagesOf(landscape, targets, thetas, 1, mean);
  expect(Math.max(...mean.map(Math.abs))).toBe(0);
  expect(weights[0]).toBe(individual[0]);
  // All logits are 0, and the first class is named throughout.
  expect(weights[1]).toBeCloseTo(
    share((i) => targets[i] === 0),
    12,
  );
  expect(angles).toEqual([expect.closeTo(180, 3)]);
});

test("one network at two lengths: no label changes, and every average is as accurate", async () => {
  const theta = drawn("theta");
  const thetas = [theta, times(theta, 2), times(theta, 4)];
  const mean = allocateVector(D);
  const found = await averagesOf(landscape, targets, thetas, 2, mean);
  const [alone] = found.individual;
  expect(found.individual).toEqual([alone, alone, alone]);
  expect(found.weights).toEqual([null, alone, alone]);
  expect(found.predictions).toEqual([null, alone, alone]);
  expect(found.changed).toEqual([0, 0]);
  for (const angle of found.angles) expect(angle).toBeCloseTo(0, 2);
  // The mean of 2 θ and 4 θ: the first network is not averaged.
  mean.forEach((value, d) => {
    expect(value).toBeCloseTo(3 * theta[d], 5);
  });
});

test("averaged weights of linear networks name the class of the mean logits, averaged predictions that of the mean probabilities", async () => {
  const thetas = ["a", "b", "c"].map(drawn);
  const found = await averagesOf(landscape, targets, thetas, 1, allocateVector(D));
  const logits = await Promise.all(thetas.map((theta) => landscape.predict(theta)));
  const best = (scores: number[]) => scores.indexOf(Math.max(...scores));
  const rows = (i: number) => logits.map((z) => [0, 1, 2].map((k) => z[3 * i + k]));
  const meanOf = (all: number[][]) => [0, 1, 2].map((k) => all.reduce((sum, row) => sum + row[k], 0) / 3);
  const softmax = (z: number[]) => {
    const total = z.reduce((sum, v) => sum + Math.exp(v), 0);
    return z.map((v) => Math.exp(v) / total);
  };
  expect(found.weights[2]).toBeCloseTo(
    share((i) => best(meanOf(rows(i))) === targets[i]),
    12,
  );
  expect(found.predictions[2]).toBeCloseTo(
    share((i) => best(meanOf(rows(i).map(softmax))) === targets[i]),
    12,
  );
  expect(found.changed[0]).toBeCloseTo(
    share((i) => best(rows(i)[0]) !== best(rows(i)[1])),
    12,
  );
});

test("angles are those of the plane", () => {
  const [x, y] = [allocateVector(2), allocateVector(2)];
  x.set([3, 0]);
  y.set([1, Math.sqrt(3)]);
  expect(angleBetween(x, y)).toBeCloseTo(60, 4);
});

test("averaging from a network that there is none of is refused", async () => {
  const one = [drawn("theta")];
  await expect(averagesOf(landscape, targets, one, 2, allocateVector(D))).rejects.toThrow("from 1 to 1");
});
