import { existsSync } from "node:fs";
import type { Dataset } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import {
  type JobOptions,
  learn,
  openRunData,
  type PatternJobSpec,
  type PatternResult,
  patternJob,
  RunFolder,
  readOptimum,
  type SubspaceResult,
  type SubspaceSpec,
  subspaceJob,
  trainJob,
} from "../run/node.ts";
import { DATA, networkOfScale, recipeOf } from "./recipe.ts";
import type { Scale, StudyContext, StudyVariant } from "./study.ts";

/** The context of a study in a run folder; dispose of it to give the data's memory back. */
export function openStudy(
  folder: RunFolder,
  dataset: Dataset,
  { scale, seed }: { scale: Scale; seed: number },
  options: JobOptions,
): StudyContext & Disposable {
  const network = networkOfScale(scale);
  const recipe = recipeOf(scale);
  const data = openRunData(dataset, network, DATA[scale].validationCount, Rng.fromSeed(seed).split("split"));

  /** Runs a job in a folder of its own, unless it is done. */
  const inPart = async (
    name: string,
    spec: object,
    ownSeed: number,
    job: (part: RunFolder) => Promise<unknown>,
  ) => {
    const path = folder.pathOf(`runs/${name}`);
    const { command, versions, threads, data: about } = folder.record;
    const run = { command, spec: { part: name, ...spec }, seed: ownSeed, versions, threads, data: about };
    using part = existsSync(`${path}/run.json`) ? RunFolder.open(path) : RunFolder.create(path, run);
    part.lock();
    if (part.record.status !== "done") {
      await job(part);
      part.update({ status: "done", finished: new Date().toISOString() });
    }
    return path;
  };

  return {
    scale,
    seed,
    folder,
    options,
    network,
    data,
    recipe,
    part: inPart,
    async subspace(name: string, spec: SubspaceSpec, ownSeed = seed, variant: StudyVariant = {}) {
      const setup = { network, data, ...variant, spec, seed: ownSeed };
      const path = await inPart(name, { subspace: spec }, ownSeed, (part) =>
        subspaceJob(part, setup, options),
      );
      using part = RunFolder.open(path);
      const result = part.readJson("subspace") as SubspaceResult;
      // All stages are done, so that this only reads the checkpoints back.
      const silent = { signal: options.signal };
      return Object.assign(await learn(part, setup, silent), { result });
    },
    async optimum(name: string, ownSeed = seed, variant: StudyVariant = {}) {
      const setup = { network, data, ...variant, init: "pytorch" as const, seed: ownSeed };
      const spec = variant.recipe ?? recipe;
      const path = await inPart(name, { optimum: spec }, ownSeed, (part) =>
        trainJob(part, { ...setup, spec }, options),
      );
      return readOptimum(`${path}/checkpoints/optimum.safetensors`, setup.network);
    },
    async pattern(name: string, spec: PatternJobSpec, ownSeed = seed, variant: StudyVariant = {}) {
      const setup = { network, data, ...variant, spec, seed: ownSeed };
      const path = await inPart(name, { pattern: spec }, ownSeed, (part) => patternJob(part, setup, options));
      const part = RunFolder.open(path);
      return { result: part.readJson("pattern") as PatternResult, folder: part };
    },
    [Symbol.dispose]: () => data[Symbol.dispose](),
  };
}
