import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { OPTIMISERS } from "../fit/index.ts";
import { WedgeLandscape, type WedgeSpec } from "../landscape/index.ts";
import { networkOf } from "../model/index.ts";
import { intrinsicAnswer, intrinsicReport } from "../report/node.ts";
import type { IntrinsicResult, SubspaceSweepSpec } from "../run/index.ts";
import { networkIntrinsicJob, openRunData, type RunFolder, wedgeIntrinsicJob } from "../run/node.ts";
import { PROJECTIONS } from "../subspace/index.ts";
import { kebab } from "./flags.ts";
import type { Io } from "./io.ts";
import { SPEED } from "./plan.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import {
  fitSpecOf,
  networkFlags,
  networkSpecOf,
  runFlags,
  trainingFlags,
  validationCountOf,
} from "./spec-model.ts";
import { UsageError } from "./verb.ts";

const whole = (least: number) => z.number().int().min(least);

/** Flags of the intrinsic dimension of an objective. */
export const objectiveFlags = {
  ...dataFlags,
  network: networkFlags.network.removeDefault().default("64").describe(networkFlags.network.description!),
  activation: networkFlags.activation,
  init: networkFlags.init,
  projection: z
    .enum(PROJECTIONS)
    .default("fastfood")
    .describe(
      "random directions: of normal numbers, with few entries, or by transforms, which need least memory",
    ),
  dimensions: z
    .string()
    .optional()
    .describe(
      "numbers of random directions, with commas between them; by default 10,30,100,300,1000 for a network, and s/4 to 5s/4 for wedges of s short directions",
    ),
  bisections: whole(0)
    .default(3)
    .describe("further dimensions, halving the gap in which the target is reached"),
  repeats: whole(1).max(100).default(3).describe("runs at each dimension, each with directions of its own"),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe("share of the accuracy of ordinary training that is to be reached; 0.9 for d_int90"),
  epochs: whole(1).default(20).describe("passes over the training examples in each run"),
  batch: trainingFlags.batch,
  optimiser: z.enum(OPTIMISERS).default("adam").describe("optimiser"),
  rate: z
    .number()
    .positive()
    .optional()
    .describe(
      "learning rate of ordinary training, 0.003 by default; that of d directions is √(D/d) times it, but for sgd. On wedges that of the directions, 0.05 by default",
    ),
  momentum: trainingFlags.momentum,
  validationCount: whole(1)
    .optional()
    .describe(
      "training examples set aside, whose accuracy counts; by default that of the test examples does",
    ),
  steps: whole(1).default(3000).describe("steps of each run on wedges"),
  dryRun: runFlags.dryRun,
};

export type ObjectiveSpec = z.output<z.ZodObject<typeof objectiveFlags>> & {
  seed: number;
  out?: string;
  resume?: string;
};

/** Flags that a landscape of wedges has no use for. */
const NETWORK_ONLY = [
  ...Object.keys(dataFlags),
  "network",
  "activation",
  "init",
  "threshold",
  "epochs",
  "batch",
  "optimiser",
  "momentum",
  "validationCount",
] as const;

function dimensionsOf(list: string, parameters: number): number[] {
  const found = list.split(",").map(Number);
  const bad = found.findIndex((d) => !Number.isInteger(d) || d < 1 || d > parameters);
  if (bad >= 0) {
    throw new UsageError(
      `--dimensions "${list.split(",")[bad].trim()}" is not possible: give whole numbers from 1 to ${parameters}, the number of parameters, with commas between them.`,
    );
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

function sweepOf(spec: ObjectiveSpec, fallback: number[], parameters: number): SubspaceSweepSpec {
  const { projection, bisections, repeats } = spec;
  const usual = [...new Set(fallback.filter((d) => d >= 1 && d <= parameters))];
  const dimensions = spec.dimensions === undefined ? usual : dimensionsOf(spec.dimensions, parameters);
  return { projection, dimensions, bisections, repeats };
}

function tableOf({ rows, network }: IntrinsicResult): string {
  const shown = (score: number) =>
    network ? `${(100 * score).toFixed(2)} %` : (10 ** -score).toExponential(1);
  const cells = rows.map(
    ({ dimension, scores }) => `${String(dimension).padStart(10)}  ${scores.map(shown).join("  ")}`,
  );
  return [`dimension   ${network ? "accuracy" : "loss / start"} of each run`, ...cells].join("\n");
}

function finish(folder: RunFolder, result: IntrinsicResult, next: string, io: Io): void {
  const report = intrinsicReport(folder);
  const answer = intrinsicAnswer(result);
  io.result(
    { folder: folder.path, report, answer, ...result },
    `${answer}\n\n${tableOf(result)}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   ${next}`,
  );
}

/** The intrinsic dimension of the objective of a network on data. */
export async function networkObjective(
  spec: ObjectiveSpec,
  given: ReadonlySet<string>,
  commandLine: string,
  io: Io,
): Promise<void> {
  if (given.has("steps")) {
    throw new UsageError("--steps is about wedges; a network is trained for --epochs.");
  }
  const dataset = await openData(spec, spec.seed, io);
  if (dataset.task !== "classification") {
    throw new UsageError(
      `${dataset.name} is a regression; the intrinsic dimension goes by accuracy, so give data with classes.`,
    );
  }
  const network = networkOf(networkSpecOf({ ...spec, dropout: 0 }, dataset));
  const { size } = network.layout;
  const sweep = sweepOf(spec, [10, 30, 100, 300, 1000], size);
  const validation = spec.validationCount === undefined ? 0 : validationCountOf(spec, dataset);
  const fit = fitSpecOf(
    {
      ...spec,
      rate: spec.rate ?? 3e-3,
      weightDecay: 0,
      schedule: "constant",
      reduction: "mean",
      patience: 0,
    },
    false,
  );
  const runs = (sweep.dimensions.length + sweep.bisections + 1) * sweep.repeats;
  if (spec.dryRun) {
    const seconds = Math.ceil((runs * 3 * network.totalCost * dataset.train.count * fit.epochs) / SPEED);
    const matrix = sweep.projection === "dense" ? 4 * size * sweep.dimensions.at(-1)! : 16 * size;
    const mebibytes = Math.ceil(matrix / 2 ** 20);
    io.result(
      { parameters: size, runs, seconds, mebibytes },
      `${size} parameters; up to ${runs} runs of ${fit.epochs} epochs, about ${seconds} s on two cores, ${mebibytes} MiB of random directions`,
    );
    return;
  }
  await inRunFolder("dimension", spec, dataset, commandLine, io, async (folder) => {
    using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
    const options = jobOptions(io);
    const what = `${spec.network} on ${dataset.name}`;
    const { init, threshold, seed } = spec;
    const setup = { what, network, init, fit, data, sweep, threshold, seed };
    const result = await networkIntrinsicJob(folder, setup, options);
    options.finish();
    finish(
      folder,
      result,
      "the same with another --network or --projection: the dimension should hardly change",
      io,
    );
  });
}

/** The number of random directions that meet the wedges of a landscape. */
export async function wedgeObjective(
  { spec: wedges, file }: { spec: WedgeSpec; file: string },
  spec: ObjectiveSpec,
  given: ReadonlySet<string>,
  commandLine: string,
  io: Io,
): Promise<void> {
  const other = NETWORK_ONLY.find((key) => given.has(key));
  if (other) {
    throw new UsageError(
      `${file} belongs to a landscape of wedges, which has no data and no network; leave --${kebab(other)} out.`,
    );
  }
  const { dimension, short } = wedges;
  const shares = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25];
  const sweep = sweepOf(
    spec,
    shares.map((share) => Math.round(share * short)),
    dimension,
  );
  if (spec.dryRun) {
    const runs = (sweep.dimensions.length + sweep.bisections) * sweep.repeats;
    io.result(
      { parameters: dimension, runs },
      `${dimension} parameters; up to ${runs} runs of ${spec.steps} steps`,
    );
    return;
  }
  await inRunFolder("dimension", spec, { name: wedges.kind }, commandLine, io, async (folder) => {
    using landscape = new WedgeLandscape({ ...wedges, objective: "distance" });
    const options = jobOptions(io);
    const descent = {
      kind: "adam",
      momentum: 0,
      rate: spec.rate ?? 0.05,
      schedule: "cosine",
      steps: spec.steps,
      target: 0,
    } as const;
    const setup = {
      what: `wedges of ${short} short directions`,
      wedges: landscape,
      sweep,
      descent,
      seed: spec.seed,
    };
    const result = await wedgeIntrinsicJob(folder, setup, options);
    options.finish();
    finish(folder, result, "isthmus reproduce wedges/toy-hyperplanes, for three sizes of wedges", io);
  });
}
