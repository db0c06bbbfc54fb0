import { allocateVector, releaseVector } from "../../engine/index.ts";
import type { FitSpec, RateCycle } from "../../fit/index.ts";
import { type Averages, averagesOf } from "../../run/index.ts";
import { readOptimum, trainJob } from "../../run/node.ts";
import type { NetworkContext } from "./context-node.ts";

/** A training whose rate goes in cycles, and the networks at their ends. */
export interface Snapshots extends Disposable {
  thetas: readonly Float32Array[];
  averages: Averages;
}

/**
 * Trains with a cyclical rate, or reads the run back, and averages the networks that it has collected.
 * @param cycles how many
 * @param from the first network that is averaged
 */
export async function snapshotsOf(
  context: NetworkContext,
  name: string,
  seed: number,
  {
    rate,
    batch,
    cycle,
    cycles,
    from,
  }: { rate: number; batch: number; cycle: RateCycle; cycles: number; from: number },
): Promise<Snapshots> {
  const { network, data, recipe, options } = context;
  const spec: FitSpec = { ...recipe, rate, batch, cycle, epochs: cycles * cycle.epochs };
  const about = { spec: { snapshots: spec, network: network.spec }, seed, dataset: data.dataset };
  const path = await context.part(name, about, (folder) =>
    trainJob(folder, { network, init: "glorot-uniform", spec, data, seed, saveEvery: cycle.epochs }, options),
  );
  const thetas = Array.from({ length: cycles }, (_, k) =>
    readOptimum(`${path}/checkpoints/epoch-${(k + 1) * cycle.epochs}.safetensors`, network),
  );
  const labels = data.dataset.test.targets;
  const mean = allocateVector(network.layout.size);
  const averages = await averagesOf(data.test, labels, thetas, from, mean, options);
  return { thetas, averages, [Symbol.dispose]: () => releaseVector(mean, ...thetas) };
}
