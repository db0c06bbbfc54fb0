import type { Dataset } from "../../data/index.ts";
import { Rng } from "../../engine/index.ts";
import type { PathFitSpec } from "../../fit/index.ts";
import type { Network } from "../../model/index.ts";
import {
  type CompareResult,
  type CompareSpec,
  compareJob,
  type LossPathResult,
  openRunData,
  type PathSetup,
  type PredictResult,
  pathJob,
  predictJob,
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

const validationSplit = (seed: number) => Rng.fromSeed(seed).split("split");

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

/** Samples around a trained path as a part of a study, or reads the result back. */
export async function sampledPath(
  context: StudyContext,
  name: string,
  plan: PathPlan,
  path: StudyPath,
  spec: SampleSpec,
): Promise<SampleResult> {
  const { dataset, network, fit, seed } = plan;
  const folder = await context.part(name, { spec: { sample: spec }, seed, dataset }, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const { span, scale } = readPath(path.folder);
    using own = span;
    const setup = { network, data, span: own, path: bezier(fit.degree), scale, spec, seed };
    await sampleJob(part, setup, context.options);
  });
  return RunFolder.open(folder).readJson("sample") as SampleResult;
}

/**
 * What the draws of a sampled part at a temperature predict of the test examples, as a part of its own; with the scores
 * as published.
 */
export async function predictedTest(
  context: StudyContext,
  sampled: string,
  plan: PathPlan,
  path: StudyPath,
  temperature: number,
): Promise<PredictResult> {
  const { dataset, network, seed } = plan;
  const name = `${sampled}-temperature-${temperature}`;
  const folder = await context.part(name, { spec: { predict: sampled }, seed, dataset }, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    using span = readPath(path.folder).span;
    const source = RunFolder.open(context.folder.pathOf(`runs/${sampled}`));
    const published = Rng.fromSeed(seed).split("published scores");
    const setup = { source, temperature, metric: "published", data, span, split: "test", published } as const;
    await predictJob(part, setup, context.options);
  });
  return RunFolder.open(folder).readJson("predict") as PredictResult;
}

/** Other posteriors of the same data and network as a part of a study, or reads the result back. */
export async function comparedWith(
  context: StudyContext,
  name: string,
  plan: PathPlan,
  path: StudyPath,
  spec: CompareSpec,
): Promise<CompareResult> {
  const { dataset, network, fit, seed } = plan;
  const folder = await context.part(name, { spec: { compare: spec }, seed, dataset }, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const { span, scale } = readPath(path.folder);
    using own = span;
    const setup = { network, data, span: own, path: bezier(fit.degree), scale, spec, seed };
    await compareJob(part, setup, context.options);
  });
  return RunFolder.open(folder).readJson("compare") as CompareResult;
}
