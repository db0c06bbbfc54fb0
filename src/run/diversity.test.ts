import { expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, combine, Rng } from "../engine/index.ts";
import { type FitSpec, fit } from "../fit/index.ts";
import { crossEntropy, Examples, NetworkLandscape } from "../landscape/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { simplex } from "../subspace/index.ts";
import { DIVERSITY_DEFAULTS, diversityOf } from "./diversity.ts";

const rng = Rng.fromSeed(4);
const N = 300;
const network = mlp([2, 8, 3], "tanh");
const D = network.layout.size;

/** Three overlapping classes, in a row. */
function blobs(): Dataset {
  const targets = rng.split("labels").integers(N, 3);
  const inputs = rng.split("inputs").normal(2 * N);
  targets.forEach((label, i) => {
    inputs[2 * i] += 2.5 * (label - 1);
  });
  const split = { count: N, inputs, targets };
  const about = { name: "blobs", task: "classification" as const, shape: [2], classes: 3 };
  return { ...about, byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" };
}

const dataset = blobs();
const train = new Examples(dataset, dataset.train);
const landscape = new NetworkLandscape(network, train, crossEntropy);
const { targets } = dataset.train;
const SPEC: FitSpec = {
  kind: "adam",
  momentum: 0,
  weightDecay: 0,
  epochs: 8,
  batch: 32,
  rate: 0.02,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: false,
  patience: 0,
};

async function trained(name: string) {
  const theta = allocateVector(D);
  initialise(network, theta, "pytorch", rng.split(name));
  const states: Float32Array[] = [];
  const own = { network, loss: crossEntropy, map: simplex(0), anchors: [theta], fixed: [false], train };
  await fit(own, SPEC, rng.split(name), {
    onEpoch: ({ epoch }, { anchors }) => {
      if (epoch <= SPEC.epochs / 2) return;
      const state = allocateVector(D);
      state.set(anchors[0]);
      states.push(state);
    },
  });
  return { theta, states };
}

const { theta, states } = await trained("base");
const { theta: other } = await trained("other");
const of = (around: { independent: Float32Array[]; states: Float32Array[] }, scale: number) => {
  const scales = Object.fromEntries(
    Object.keys(DIVERSITY_DEFAULTS.scales).map((group) => [group, scale]),
  ) as typeof DIVERSITY_DEFAULTS.scales;
  const landscapes = { measured: landscape, selection: landscape };
  return diversityOf(landscapes, targets, theta, around, { draws: 6, scales }, rng.split("draws"));
};

test("draws at scale 0 agree with what they are drawn around", async () => {
  const { groups, base } = await of({ independent: [], states }, 0);
  for (const group of ["random", "dropout"] as const) {
    expect(groups[group]!.map((point) => point.disagreement)).toEqual(new Array(6).fill(0));
    expect(groups[group]!.map((point) => point.accuracy)).toEqual(new Array(6).fill(base));
  }
  // The Gaussians are drawn around the mean of the training.
  const [average] = groups.average!;
  for (const group of ["diagonal", "low-rank"] as const) {
    for (const { disagreement } of groups[group]!) {
      expect(Math.abs(disagreement - average.disagreement)).toBeLessThanOrEqual(1 / N + 1e-12);
    }
  }
});

test("an optimum beside itself is neither diverse nor of use", async () => {
  const { groups, together, base } = await of({ independent: [theta], states: [] }, 0.1);
  expect(groups.independent).toEqual([
    {
      accuracy: base,
      disagreement: 0,
      diversity: 0,
      limits: { independent: expect.any(Number), flipped: 0 },
    },
  ]);
  expect(together.independent).toBe(base);
  // Without states there is nothing to draw Gaussians of.
  expect(Object.keys(groups).sort()).toEqual(["dropout", "independent", "random", "random-low-rank"]);
});

test("disagreement is at least the difference of accuracies, and diversity is that over the error", async () => {
  const { groups, base, map } = await of({ independent: [other], states }, 0.5);
  for (const { accuracy, disagreement, diversity } of Object.values(groups).flat()) {
    expect(disagreement).toBeGreaterThanOrEqual(Math.abs(base - accuracy) - 1e-12);
    expect(diversity).toBeCloseTo(disagreement / (1 - accuracy), 12);
  }
  expect(map!.map(({ points }) => points.length)).toEqual([1, 1, states.length, 1, 6, 6, 6, 6, 6]);
});

test("an optimum that is none is refused", async () => {
  const nothing = allocateVector(D);
  combine(nothing, [theta], [0]);
  const counts = [0, 1, 2].map((k) => targets.filter((label) => label === k).length);
  // All name the first class; with no more than a third of it that is chance.
  const few = targets.map((label) => (counts[0] > N / 3 && label === 0 ? 1 : label));
  const landscapes = { measured: landscape, selection: landscape };
  const none = { independent: [], states: [] };
  const found = diversityOf(landscapes, few, nothing, none, { ...DIVERSITY_DEFAULTS, draws: 1 }, rng);
  await expect(found).rejects.toThrow("better than chance");
});
