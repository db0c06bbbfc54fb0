import { subset } from "../../data/index.ts";
import { Rng } from "../../engine/index.ts";
import type { FitSpec } from "../../fit/index.ts";
import type { Network } from "../../model/index.ts";
import { epochFile, openRunData, type RunData, RunFolder, readOptimum, trainJob } from "../../run/node.ts";
import type { NetworkContext } from "./context-node.ts";

/** A training whose states are kept. */
export interface KeptTraining {
  /** Of the part of the study. */
  name: string;
  seed: number;
  change?: Partial<FitSpec>;
  network?: Network;
  data?: RunData;
  /** Epochs whose states are wanted, ascending; 0 is the initialisation. */
  epochs: readonly number[];
}

/**
 * Trains a network and measures its states, or reads back what was measured.
 *
 * @param about what the measurement depends on besides
 * @param measure takes the states in the vector memory, and gives what JSON can hold
 */
export async function measuredStates<R>(
  context: NetworkContext,
  { name, seed, change = {}, network = context.network, data = context.data, epochs }: KeptTraining,
  about: object,
  measure: (states: Float32Array[]) => Promise<R>,
): Promise<R> {
  const spec = { ...context.recipe, ...change };
  const described = { spec: { optimum: spec, network: network.spec, epochs, ...about }, seed };
  const path = await context.part(name, { ...described, dataset: data.dataset }, async (folder) => {
    const saveEvery = epochs.reduce(commonDivisor, spec.epochs);
    const job = { network, init: "glorot-uniform" as const, spec, data, seed, saveEvery };
    await trainJob(folder, job, context.options);
    const states = epochs.map((epoch) => readOptimum(folder.pathOf(epochFile(epoch)), network));
    folder.writeJson("states", await measure(states));
  });
  return RunFolder.open(path).readJson("states") as R;
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));

/** The first images of each split, on which wells are measured and maps are drawn. */
export function fewImages({ data, network, seed }: NetworkContext, count: number, own = network): RunData {
  const { train, test } = data.dataset;
  const counts = { train: Math.min(count, train.count), test: Math.min(count, test.count) };
  return openRunData(subset(data.dataset, counts), own, 0, Rng.fromSeed(seed).split("split"));
}
