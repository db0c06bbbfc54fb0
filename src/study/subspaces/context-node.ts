import { subset } from "../../data/index.ts";
import { loadDataset } from "../../data/node.ts";
import { Rng } from "../../engine/index.ts";
import type { FitSpec } from "../../fit/index.ts";
import type { Network } from "../../model/index.ts";
import {
  type LearntSubspace,
  learn,
  openRunData,
  type PatternJobSpec,
  type PatternResult,
  patternJob,
  type RunData,
  RunFolder,
  readOptimum,
  type SubspaceResult,
  type SubspaceSpec,
  subspaceJob,
  trainJob,
} from "../../run/node.ts";
import type { StudyContext, StudyOutcome } from "../study.ts";
import { DATA, networkOfScale, recipeOf } from "./recipe.ts";

/** A learnt subspace, and what its run has measured. */
export interface StudySubspace extends LearntSubspace, Disposable {
  result: SubspaceResult;
}

/** A picture drawn in weight space, and the folder with the values of its cells. */
export interface StudyPattern {
  result: PatternResult;
  folder: RunFolder;
}

/** Where a part of a study departs from its network and data. */
export interface StudyVariant {
  network?: Network;
  data?: RunData;
  recipe?: FitSpec;
}

/** What studies of learnt subspaces work with: Fashion-MNIST, a network, a recipe. */
export interface SubspaceContext extends StudyContext {
  network: Network;
  data: RunData;
  /** The fit of the scale's recipe, for one anchor. */
  recipe: FitSpec;
  /** Learns a subspace, or reads it back. */
  subspace(name: string, spec: SubspaceSpec, seed?: number, variant?: StudyVariant): Promise<StudySubspace>;
  /** Trains an optimum of the recipe, or reads it back; θ in the vector memory. */
  optimum(name: string, seed?: number, variant?: StudyVariant): Promise<Float32Array>;
  /** Draws a picture, or reads it back. */
  pattern(name: string, spec: PatternJobSpec, seed?: number, variant?: StudyVariant): Promise<StudyPattern>;
}

/** A study of learnt subspaces: opens the data of its scale, and gives their memory back. */
export function withSubspaces(run: (context: SubspaceContext) => Promise<StudyOutcome>) {
  return async (context: StudyContext): Promise<StudyOutcome> => {
    const { scale, seed, dataDir, options } = context;
    const { data: name, trainCount, validationCount } = DATA[scale];
    const whole = await loadDataset(name, { dataDir, signal: options.signal });
    const dataset = trainCount ? subset(whole, { train: trainCount }) : whole;
    const network = networkOfScale(scale);
    using data = openRunData(dataset, network, validationCount, Rng.fromSeed(seed).split("split"));
    // Awaited, so that the data are given back after the study and not before.
    return await run(subspaceContext(context, network, data));
  };
}

function subspaceContext(context: StudyContext, network: Network, data: RunData): SubspaceContext {
  const { seed, options } = context;
  const recipe = recipeOf(context.scale);
  const about = (spec: object, ownSeed: number, variant: StudyVariant) => ({
    spec,
    seed: ownSeed,
    dataset: (variant.data ?? data).dataset,
  });
  return {
    ...context,
    network,
    data,
    recipe,
    async subspace(name, spec, ownSeed = seed, variant = {}) {
      const setup = { network, data, ...variant, spec, seed: ownSeed };
      const path = await context.part(name, about({ subspace: spec }, ownSeed, variant), (part) =>
        subspaceJob(part, setup, options),
      );
      using part = RunFolder.open(path);
      const result = part.readJson("subspace") as SubspaceResult;
      // All stages are done, so that this only reads the checkpoints back.
      const silent = { signal: options.signal };
      return Object.assign(await learn(part, setup, silent), { result });
    },
    async optimum(name, ownSeed = seed, variant = {}) {
      const setup = { network, data, ...variant, init: "pytorch" as const, seed: ownSeed };
      const spec = variant.recipe ?? recipe;
      const path = await context.part(name, about({ optimum: spec }, ownSeed, variant), (part) =>
        trainJob(part, { ...setup, spec }, options),
      );
      return readOptimum(`${path}/checkpoints/optimum.safetensors`, setup.network);
    },
    async pattern(name, spec, ownSeed = seed, variant = {}) {
      const setup = { network, data, ...variant, spec, seed: ownSeed };
      const path = await context.part(name, about({ pattern: spec }, ownSeed, variant), (part) =>
        patternJob(part, setup, options),
      );
      const part = RunFolder.open(path);
      return { result: part.readJson("pattern") as PatternResult, folder: part };
    },
  };
}
