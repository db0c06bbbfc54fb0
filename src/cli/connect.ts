import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Dataset } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import { OPTIMISERS, SCHEDULES } from "../fit/index.ts";
import { networkOf } from "../model/index.ts";
import { connectAnswer, connectReport } from "../report/node.ts";
import { type ConnectSpec, connectJob, openRunData } from "../run/node.ts";
import { loadCheckpoint } from "./checkpoints.ts";
import { checkCount, runConnector } from "./connector.ts";
import type { Io } from "./io.ts";
import { optimumFiles } from "./landscape.ts";
import { plan } from "./plan.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { checkConnectorFlags, connectorFlags } from "./spec-connector.ts";
import { dataFlags, openData } from "./spec-data.ts";
import {
  fitSpecOf,
  networkFlags,
  networkSpecOf,
  runFlags,
  trainingFlags,
  validationCountOf,
} from "./spec-model.ts";
import { verb } from "./verb.ts";

export const connectSchema = z.object({
  ...dataFlags,
  ...networkFlags,
  ...trainingFlags,
  ...connectorFlags,
  bends: z.number().int().min(1).max(99).default(1).describe("free control points between the ends"),
  curveEpochs: z.number().int().min(1).default(8).describe("epochs of the curve"),
  curveOptimiser: z.enum(OPTIMISERS).default("adamw").describe("optimiser of the curve"),
  curveRate: z.number().positive().default(1e-3).describe("learning rate of the curve"),
  curveSchedule: z.enum(SCHEDULES).default("constant").describe("learning rate over the epochs of the curve"),
  curveWeightDecay: z.number().min(0).default(0.01).describe("weight decay of the bends"),
  pointDecay: z.number().min(0).default(0).describe("L2 penalty on the points of the curve themselves"),
  samples: z.number().int().min(1).default(1).describe("points of the curve in one step"),
  profilePoints: z.number().int().min(3).default(61).describe("positions along line and curve"),
  planePoints: z.number().int().min(3).default(21).describe("grid nodes along each axis of the plane"),
  planeMargin: z.number().min(0).default(0.2).describe("margin of the plane, as a fraction of its size"),
  align: z
    .boolean()
    .default(false)
    .describe(
      "first renumber the hidden units of the second optimum so that it lies near the first (weight matching; it computes the same)",
    ),
  endpoints: z.string().array().optional().describe("checkpoints or run folders, as the operands give them"),
  ...runFlags,
});

export type ConnectFlags = z.output<typeof connectSchema>;

/** What the flags ask of the job. */
export function connectSpecOf(spec: ConnectFlags, validated: boolean): ConnectSpec {
  const optimum = fitSpecOf(spec, validated);
  return {
    init: spec.init,
    endpoints: spec.endpoints?.flatMap(optimumFiles),
    optimum,
    align: spec.align,
    curve: {
      ...optimum,
      kind: spec.curveOptimiser,
      epochs: spec.curveEpochs,
      rate: spec.curveRate,
      schedule: spec.curveSchedule,
      weightDecay: spec.curveWeightDecay,
      reduction: "mean",
      samples: spec.samples,
      pointDecay: spec.pointDecay,
      // The last curve is taken: its middle alone says little about the whole.
      keepBest: false,
      patience: 0,
    },
    curveKind: spec.method === "polychain" ? "polychain" : "bezier",
    bends: spec.bends,
    profilePoints: spec.profilePoints,
    planePoints: spec.planePoints,
    planeMargin: spec.planeMargin,
  };
}

/** Connects two optima in a run folder and says where the report is; `demo` does the same with its own spec. */
export async function runConnect(
  spec: ConnectFlags,
  dataset: Dataset,
  io: Io,
  commandLine: string,
): Promise<void> {
  const network = networkOf(networkSpecOf(spec, dataset));
  const validation = validationCountOf(spec, dataset);
  const job = connectSpecOf(spec, validation > 0 || !!dataset.validation);
  if (spec.dryRun) {
    const ends = spec.endpoints
      ? []
      : [1, 2].map((i) => ({ label: `optimum ${i}`, fit: job.optimum, anchors: 1, free: 1 }));
    const curve = { label: "curve", fit: job.curve, anchors: spec.bends + 2, free: spec.bends };
    plan(io, network, [...ends, curve], dataset, validation);
    return;
  }
  await inRunFolder("connect", spec, dataset, commandLine, io, async (folder) => {
    using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
    const options = jobOptions(io);
    const result = await connectJob(folder, { network, spec: job, data, seed: spec.seed }, options);
    options.finish();
    const report = connectReport(folder);
    const answer = connectAnswer(result, dataset.classes > 0);
    const { line, curve } = result;
    io.result(
      {
        folder: folder.path,
        report,
        answer,
        ends: result.ends,
        distance: result.distance,
        alignment: result.alignment,
        line: { barrier: line.barrier, ...line.statistics },
        curve: {
          barrier: curve.barrier,
          length: curve.length,
          lengthRatio: curve.lengthRatio,
          ...curve.statistics,
        },
      },
      `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus plane ${folder.path} --points 51`,
    );
  });
}

/** Whether the optima are of a network, and two of them are to be joined by a curve that is trained in epochs. */
function isCurve({ method, endpoints }: ConnectFlags): boolean {
  if (method !== "bezier" && method !== "polychain") return false;
  return !endpoints?.flatMap(optimumFiles).some((file) => loadCheckpoint(file).wedges);
}

export default verb({
  name: "connect",
  summary:
    "Trains optima (or takes checkpoints), shows the barrier on the line between them, and finds paths of low loss that join them.",
  operands: "[checkpoint|run ...]",
  schema: connectSchema,
  example: "isthmus connect --data fashion-mnist-small --epochs 15 --curve-epochs 10",
  async run(flags, { operands, given, commandLine }, io) {
    const ends = operands.length > 0 ? { endpoints: operands } : {};
    const spec = resumedSpec("connect", { ...flags, ...ends }, given);
    checkConnectorFlags(spec, given);
    // A single file is too few, whether it is there or not; a run folder may hold several optima.
    if (operands.length === 1 && !existsSync(join(operands[0], "checkpoints"))) checkCount(1, spec);
    checkCount(spec.endpoints?.flatMap(optimumFiles).length ?? spec.optima, spec);
    if (!isCurve(spec)) {
      await runConnector(spec, given, io, commandLine);
      return;
    }
    await runConnect(spec, await openData(spec, spec.seed, io), io, commandLine);
  },
});
