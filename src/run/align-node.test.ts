import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { subset } from "../data/index.ts";
import { loadDataset } from "../data/node.ts";
import { Rng } from "../engine/index.ts";
import type { FitSpec } from "../fit/index.ts";
import { mlp, permuteUnits, unitLayersOf } from "../model/index.ts";
import { alignOptima } from "./align-node.ts";
import { decodeOptimum } from "./checkpoint.ts";
import { openRunData } from "./data-node.ts";
import { RunFolder } from "./folder-node.ts";
import { trainOptimum } from "./train-node.ts";

const root = mkdtempSync(join(tmpdir(), "isthmus-align-"));
afterAll(() => rmSync(root, { recursive: true }));

const spec: FitSpec = {
  kind: "adamw",
  momentum: 0,
  weightDecay: 0.01,
  epochs: 8,
  batch: 128,
  rate: 1e-3,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: false,
  patience: 0,
};

test("two optima trained apart come nearer, and most of the barrier between them goes", async () => {
  const network = mlp([784, 32, 10]);
  const dataset = subset(await loadDataset("fashion-mnist-small"), { train: 1000, test: 100 });
  using data = openRunData(dataset, network, 0, Rng.fromSeed(1));
  using folder = RunFolder.create(join(root, "run"), {
    command: "test",
    spec: {},
    seed: 1,
    threads: 1,
    versions: { isthmus: "0", node: process.version, onnxruntime: "0", jax: "0" },
  });
  const train = (stage: string) => {
    const rng = Rng.fromSeed(1).split(stage);
    return trainOptimum(folder, stage, { network, init: "pytorch", spec, data, rng }, {});
  };
  const [first, second] = [await train("optimum-1"), await train("optimum-2")];
  const setup = { network, data, rng: Rng.fromSeed(2), points: 11 };
  const lossBefore = (await data.test.evaluate(second)).loss;

  const apart = await alignOptima(folder, [first, second], setup, {});
  expect(apart.distanceAfter).toBeLessThan(0.9 * apart.distanceBefore);
  expect(apart.layers).toEqual([{ name: "fc1", units: 32, moved: expect.any(Number) }]);
  expect((await data.test.evaluate(second)).loss).toBeCloseTo(lossBefore, 5);
  const file = folder.pathOf("checkpoints/optimum-2-aligned.safetensors");
  expect(existsSync(file)).toBe(true);
  const { arrays } = decodeOptimum(readFileSync(file), file);
  expect(arrays.find(({ name }) => name === "fc2.bias")!.data).toEqual(second.slice(-10));

  // Aligned already: nothing is left to gain, and the line between them is that after the first alignment.
  const again = await alignOptima(folder, [first, second], setup, {});
  expect(again.layers[0].moved).toBe(0);
  expect(again.distanceAfter).toBe(again.distanceBefore);
  expect(again.distanceBefore).toBe(apart.distanceAfter);
  expect(again.barrierBefore.aboveMean).toBeLessThan(0.5 * apart.barrierBefore.aboveMean);

  // A renumbered copy of the first is found to be the first: no distance, no barrier.
  const copy = second;
  copy.set(first);
  const [layer] = unitLayersOf(network.layout);
  permuteUnits(layer, copy, Rng.fromSeed(3).permutation(32));
  const renumbered = await alignOptima(folder, [first, copy], setup, {});
  expect(renumbered.barrierBefore.aboveMean).toBeGreaterThan(0.1);
  expect(renumbered.distanceAfter).toBe(0);
  expect(copy).toEqual(first);
  const same = await alignOptima(folder, [first, copy], setup, {});
  expect(Math.abs(same.barrierBefore.aboveMean)).toBeLessThan(1e-6);
});
