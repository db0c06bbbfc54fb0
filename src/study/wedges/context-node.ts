import { subset } from "../../data/index.ts";
import { loadDataset } from "../../data/node.ts";
import { Rng } from "../../engine/index.ts";
import type { FitSpec } from "../../fit/index.ts";
import { type Network, simpleCnn } from "../../model/index.ts";
import { openRunData, type RunData, readOptimum, trainJob } from "../../run/node.ts";
import type { Scale, StudyContext, StudyOutcome } from "../study.ts";
import { DATA, recipeOf } from "./recipe.ts";

/** What studies of the large-scale structure on real networks work with: Fashion-MNIST, SimpleCNN, a recipe. */
export interface NetworkContext extends StudyContext {
  network: Network;
  data: RunData;
  recipe: FitSpec;
  /** Trains an optimum with the recipe, or reads it back; θ in the vector memory. */
  optimum(name: string, seed: number, change?: Partial<FitSpec>, network?: Network): Promise<Float32Array>;
}

/**
 * A study on real networks: opens the data of its scale, and gives their memory back.
 * @param counts training images of a scale, where they are not those of the other studies
 */
export function withNetwork(
  run: (context: NetworkContext) => Promise<StudyOutcome>,
  counts: Partial<Record<Scale, number>> = {},
) {
  return async (context: StudyContext): Promise<StudyOutcome> => {
    const { scale, seed, dataDir, options } = context;
    const { data: name, trainCount: usual } = DATA[scale];
    const trainCount = counts[scale] ?? usual;
    const whole = await loadDataset(name, { dataDir, signal: options.signal });
    const dataset = trainCount ? subset(whole, { train: trainCount }) : whole;
    const network = simpleCnn();
    const recipe = recipeOf(scale);
    using data = openRunData(dataset, network, 0, Rng.fromSeed(seed).split("split"));
    // Awaited, so that the data are given back after the study and not before.
    return await run({
      ...context,
      network,
      data,
      recipe,
      async optimum(part, ownSeed, change = {}, own = network) {
        const spec = { ...recipe, ...change };
        const about = { spec: { optimum: spec, network: own.spec }, seed: ownSeed, dataset };
        const path = await context.part(part, about, (folder) =>
          trainJob(folder, { network: own, init: "glorot-uniform", spec, data, seed: ownSeed }, options),
        );
        return readOptimum(`${path}/checkpoints/optimum.safetensors`, own);
      },
    });
  };
}
