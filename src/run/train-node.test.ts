import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, Rng } from "../engine/index.ts";
import type { FitSpec } from "../fit/index.ts";
import { importParameters, initialise, mlp } from "../model/index.ts";
import { decodeOptimum } from "./checkpoint.ts";
import { openRunData } from "./data-node.ts";
import { RunFolder } from "./folder-node.ts";
import { epochFile, type JobOptions, trainOptimum } from "./train-node.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "isthmus-train-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const network = mlp([2, 5, 1], "tanh");
const spec: FitSpec = {
  kind: "adam",
  momentum: 0,
  weightDecay: 0,
  epochs: 5,
  batch: 8,
  rate: 0.01,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: false,
  patience: 0,
};
const split = (seed: number) => {
  const inputs = Rng.fromSeed(seed).normal(40);
  const targets = Float32Array.from({ length: 20 }, (_, i) => inputs[2 * i] - inputs[2 * i + 1] ** 2);
  return { count: 20, inputs, targets };
};
const dataset: Dataset = {
  name: "parabola",
  task: "regression",
  shape: [2],
  classes: 0,
  byteScale: 1,
  byteShift: 0,
  train: split(1),
  test: split(2),
  checksum: "0",
  source: "this test",
};
const rng = Rng.fromSeed(3);

async function train(name: string, options: JobOptions = {}): Promise<void> {
  const path = join(root, name);
  const run = { command: "train", spec: {}, seed: 3, threads: 1 };
  const versions = { isthmus: "0", node: process.version, onnxruntime: "0", jax: "0" };
  using folder = readdirSync(root).includes(name)
    ? RunFolder.open(path)
    : RunFolder.create(path, { ...run, versions });
  using data = openRunData(dataset, network, 0, rng.split("split"));
  await trainOptimum(
    folder,
    "optimum",
    { network, init: "glorot-uniform", spec, data, rng, saveEvery: 2 },
    options,
  );
}

const opened = (name: string) => RunFolder.open(join(root, name));

function thetaOf(folder: RunFolder, file: string): Float32Array {
  const theta = allocateVector(network.layout.size);
  importParameters(network.layout, decodeOptimum(folder.readBytes(file), file).arrays, theta);
  return theta;
}

test("keeps the initialisation and every second epoch, also of a training that was interrupted", async () => {
  await train("whole");
  const whole = opened("whole");
  const names = (folder: RunFolder) => readdirSync(folder.pathOf("checkpoints")).sort();
  expect(names(whole)).toEqual([0, 2, 4].map((e) => `epoch-${e}.safetensors`).concat("optimum.safetensors"));
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, "glorot-uniform", rng.split("init"));
  expect(thetaOf(whole, epochFile(0))).toEqual(theta);

  const stop = ({ epoch }: { epoch: number }) => {
    if (epoch === 3) throw new Error("stopped");
  };
  await expect(train("stopped", { onEpoch: stop })).rejects.toThrow("stopped");
  await train("stopped");
  const resumed = opened("stopped");
  expect(names(resumed)).toEqual(names(whole));
  for (const epoch of [0, 2, 4]) {
    expect(resumed.readBytes(epochFile(epoch))).toEqual(whole.readBytes(epochFile(epoch)));
  }
});
