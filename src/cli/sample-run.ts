import { existsSync } from "node:fs";
import type { Dataset } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import type { SpanMetric } from "../geometry/index.ts";
import { openRunData, type RunData, RunFolder, type SampleResult } from "../run/node.ts";
import type { Io } from "./io.ts";
import { type LoadedPath, loadPath } from "./path-run.ts";
import { type DataSpec, openData } from "./spec-data.ts";
import { UsageError } from "./verb.ts";

/** A finished run of `isthmus sample`, with the path and the data that it was of. */
export interface LoadedSample {
  folder: RunFolder;
  result: SampleResult;
  spec: DataSpec & {
    seed: number;
    metric: SpanMetric;
    tube: number;
    prior: string;
    priorScale: number;
    sampler: string;
    asPublished?: boolean;
  };
  path: LoadedPath;
  dataset: Dataset;
  /** The data split as they were for the sampler; dispose of it. */
  open(): RunData;
}

/** The run in a folder, as an operand names it; a folder of another command is wrong usage. */
export async function loadSample(operands: readonly string[], io: Io): Promise<LoadedSample> {
  if (operands.length !== 1) throw new UsageError("give one folder of a run of isthmus sample.");
  const [operand] = operands;
  const folder = RunFolder.open(operand);
  const saved = folder.record.spec as LoadedSample["spec"] & {
    verb: string;
    path: string;
    validationCount?: number;
  };
  if (saved.verb !== "sample") {
    throw new UsageError(
      `${operand} holds a run of isthmus ${saved.verb}; give the folder of one of isthmus sample.`,
    );
  }
  if (folder.record.status !== "done") {
    throw new UsageError(
      `the run in ${operand} is ${folder.record.status}, not done; go on with: isthmus sample --resume ${operand}`,
    );
  }
  if (!existsSync(saved.path)) {
    throw new UsageError(
      `the path ${saved.path} that ${operand} was sampled around is not there; run this where the samples were drawn, or bring the path back.`,
    );
  }
  const dataset = await openData(saved, saved.seed, io);
  if (dataset.checksum !== folder.record.data?.checksum) {
    throw new UsageError(`the data have changed since ${operand} was drawn; sample again.`);
  }
  const path = loadPath(saved.path, saved.asPublished);
  return {
    folder,
    result: folder.readJson("sample") as SampleResult,
    spec: saved,
    path,
    dataset,
    open: () =>
      openRunData(dataset, path.network, saved.validationCount ?? 0, Rng.fromSeed(saved.seed).split("split")),
  };
}

/** The temperature that a flag names, or else the best one of the run. */
export function temperatureOf({ result }: LoadedSample, asked: number | undefined): number {
  const sampled = result.temperatures.map(({ temperature }) => temperature);
  if (asked === undefined) return sampled[result.best];
  if (!sampled.includes(asked)) {
    throw new UsageError(
      `--temperature ${asked} was not sampled; choose ${sampled.length > 1 ? "one of " : ""}${sampled.join(", ")}.`,
    );
  }
  return asked;
}
