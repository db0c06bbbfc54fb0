import type { Dataset } from "../../data/index.ts";
import { allocateVector, Rng } from "../../engine/index.ts";
import type { PathFitSpec } from "../../fit/index.ts";
import type { Network } from "../../model/index.ts";
import { decodeSubspace } from "../../run/index.ts";
import {
  type ConnectResult,
  type ConnectSpec,
  connectJob,
  type LossPathResult,
  openRunData,
  type PathSetup,
  pathJob,
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
  const result = part.readJson("connect") as ConnectResult;
  const file = "checkpoints/curve.safetensors";
  using span = new Span(decodeSubspace(part.readBytes(file), part.pathOf(file), allocateVector).anchors);
  const coefficients = coefficientMatrix(bezier(span.terms - 1), result.curve.t);
  const { loss } = await data.validation!.evaluateSpan(span.anchors, coefficients, context.options);
  return { result, validationLoss: [...loss] };
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
