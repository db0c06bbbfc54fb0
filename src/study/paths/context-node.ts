import type { Dataset } from "../../data/index.ts";
import { allocateVector, Rng } from "../../engine/index.ts";
import type { PathFitSpec } from "../../fit/index.ts";
import type { Network } from "../../model/index.ts";
import { decodeSubspace } from "../../run/index.ts";
import {
  type CompareResult,
  type CompareSpec,
  type ConnectResult,
  type ConnectSpec,
  compareJob,
  connectJob,
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
  type TunnelSpec,
  tunnelJob,
} from "../../run/node.ts";
import { bezier, coefficientMatrix, Span } from "../../subspace/index.ts";
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

/**
 * A result of a part. JSON has neither NaN nor infinity: null stands for both, which sums and comparisons take for 0; here
 * it is NaN, with which no claim holds.
 */
export function resultOf<T>(folder: RunFolder, name: string): T {
  const restored = (value: unknown): unknown => {
    if (value === null) return Number.NaN;
    if (Array.isArray(value)) return value.map(restored);
    if (typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, restored(own)]));
  };
  return restored(folder.readJson(name)) as T;
}

export const validationSplit = (seed: number) => Rng.fromSeed(seed).split("split");

/** Trains a path as a part of a study, or reads it back. */
export async function trainedPath(context: StudyContext, name: string, plan: PathPlan): Promise<StudyPath> {
  const { dataset, network, fit, seed, init = "lecun-normal" } = plan;
  const about = { spec: { path: fit, network: network.spec, init: plan.init }, seed, dataset };
  const folder = await context.part(name, about, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const setup = { network, init, spec: fit, data, seed };
    await pathJob(part, setup, context.options);
  });
  const part = RunFolder.open(folder);
  const history = part.readMetrics() as unknown as Record<string, number>[];
  return { folder, result: resultOf<LossPathResult>(part, "path"), history };
}

/** A curve between two trained optima, and its mean squared errors (or cross-entropies) at its positions on the validation split. */
export interface StudyConnection {
  result: ConnectResult;
  validationLoss: number[];
}

/** Trains two optima and a curve between them as a part of a study, or reads it back. */
export async function connectedOptima(
  context: StudyContext,
  name: string,
  { dataset, network, seed }: Pick<PathPlan, "dataset" | "network" | "seed">,
  spec: ConnectSpec,
): Promise<StudyConnection> {
  const about = { spec: { connect: spec, network: network.spec }, seed, dataset };
  using data = openRunData(dataset, network, 0, validationSplit(seed));
  const folder = await context.part(name, about, async (part) => {
    await connectJob(part, { network, spec, data, seed }, context.options);
  });
  const part = RunFolder.open(folder);
  const result = resultOf<ConnectResult>(part, "connect");
  const file = "checkpoints/curve.safetensors";
  using span = new Span(decodeSubspace(part.readBytes(file), part.pathOf(file), allocateVector).anchors);
  const coefficients = coefficientMatrix(bezier(span.terms - 1), result.curve.t);
  const { loss } = await data.validation!.evaluateSpan(span.anchors, coefficients, context.options);
  return { result, validationLoss: [...loss] };
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
  return resultOf(RunFolder.open(await sampledPart(...args)), "sample");
}

/** Looks at the tunnel along a trained path as a part of a study; returns the folder. */
export function tunnelAlong(
  context: StudyContext,
  name: string,
  { dataset, network, fit, seed }: PathPlan,
  path: StudyPath,
  spec: TunnelSpec,
): Promise<string> {
  return context.part(name, { spec: { tunnel: spec }, seed, dataset }, async (part) => {
    using data = openRunData(dataset, network, 0, validationSplit(seed));
    const { span, scale } = readPath(path.folder);
    using own = span;
    await tunnelJob(part, { data, span: own, path: bezier(fit.degree), scale, spec }, context.options);
  });
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
  return resultOf(RunFolder.open(folder), "predict");
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
  return resultOf(RunFolder.open(folder), "compare");
}
