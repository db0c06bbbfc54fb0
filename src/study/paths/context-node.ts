import type { Dataset } from "../../data/index.ts";
import { Rng } from "../../engine/index.ts";
import type { PathFitSpec } from "../../fit/index.ts";
import type { Network } from "../../model/index.ts";
import {
  type LossPathResult,
  openRunData,
  type PathSetup,
  pathJob,
  RunFolder,
  readPath,
  type SampleResult,
  type SampleSpec,
  sampleJob,
} from "../../run/node.ts";
import { bezier } from "../../subspace/index.ts";
import type { StudyContext } from "../study.ts";

/** A path to train: on its own data, with its own network and seed. */
export interface PathPlan {
  dataset: Dataset;
  network: Network;
  fit: PathFitSpec;
  seed: number;
  /** Default LeCun normal, as published. */
  init?: PathSetup["init"];
}

/** Folder and result of a trained path. */
export interface StudyPath {
  folder: string;
  result: LossPathResult;
  /** The lines that training has logged. */
  history: Record<string, number>[];
}

export const validationSplit = (seed: number) => Rng.fromSeed(seed).split("split");

/** Trains a path as a part of a study, or reads it back. */
export async function trainedPath(context: StudyContext, name: string, plan: PathPlan): Promise<StudyPath> {
  const { dataset, network, fit, seed, init = "lecun-normal" } = plan;
  const about = { spec: { path: fit, network: network.spec }, seed, dataset };
  const folder = await context.part(name, about, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const setup = { network, init, spec: fit, data, seed };
    await pathJob(part, setup, context.options);
  });
  const part = RunFolder.open(folder);
  const history = part.readMetrics() as unknown as Record<string, number>[];
  return { folder, result: part.readJson("path") as LossPathResult, history };
}

/** Samples around a trained path as a part of a study, unless that is done; returns the folder of its draws. */
export async function sampledPart(
  context: StudyContext,
  name: string,
  plan: PathPlan,
  path: StudyPath,
  spec: SampleSpec,
): Promise<string> {
  const { dataset, network, fit, seed } = plan;
  return context.part(name, { spec: { sample: spec }, seed, dataset }, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const { span, scale } = readPath(path.folder);
    using own = span;
    const setup = { network, data, span: own, path: bezier(fit.degree), scale, spec, seed };
    await sampleJob(part, setup, context.options);
  });
}

/** The same, and the result. */
export async function sampledPath(...args: Parameters<typeof sampledPart>): Promise<SampleResult> {
  return RunFolder.open(await sampledPart(...args)).readJson("sample") as SampleResult;
}
