import { readFileSync } from "node:fs";
import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { readSafetensorsMetadata } from "../format/index.ts";
import { sampleAnswer, sampleReport } from "../report/node.ts";
import { openRunData, sampleJob } from "../run/node.ts";
import { isPath } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { runFlags } from "./spec-model.ts";
import { sampleFlags, sampleSpecOf } from "./spec-sample.ts";
import { UsageError, verb } from "./verb.ts";

export default verb({
  name: "sample",
  summary:
    "Samples the Bayesian posterior in a tunnel along a path, in the span of its control points, or on the path (Dold et al. 2025).",
  operands: "path",
  schema: z.object({
    ...dataFlags,
    ...sampleFlags,
    seed: runFlags.seed,
    out: runFlags.out,
    resume: runFlags.resume,
    path: z.string().optional().describe("the run or checkpoint of a path, as the operand gives it"),
  }),
  example: "isthmus sample runs/path-toy-regression-1 --temperature 1,10",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length > 1 || (!flags.resume && operands.length + (flags.path ? 1 : 0) !== 1)) {
      throw new UsageError("give one path: the folder of a run of isthmus path, or a checkpoint.");
    }
    const asked = resumedSpec("sample", { ...flags, path: operands[0] ?? flags.path }, given);
    const operand = asked.path as string;
    const file = checkpointFile(operand);
    const { spec, validationCount } = setupOf(operand, asked, given);
    const loaded = loadCheckpoint(file);
    if (!isPath(loaded.map) || loaded.map.anchors < 2) {
      throw new UsageError(`${file} holds a ${loaded.map.kind}; give a path, such as that of isthmus path.`);
    }
    const path = loaded.map;
    const job = sampleSpecOf(spec);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOfCheckpoints([loaded], () => {
      throw new UsageError(`${file} does not say which network it is of; give a checkpoint of isthmus.`);
    });
    const { scale } = readSafetensorsMetadata(readFileSync(file), file);
    await inRunFolder("sample", spec, dataset, commandLine, io, async (folder) => {
      const split = Rng.fromSeed(spec.seed).split("split");
      using data = openRunData(dataset, network, validationCount(dataset), split);
      using span = loaded.span(network);
      if (span.parts) {
        throw new UsageError(
          `${file} holds a curve whose layers have coordinates of their own; give a Bézier path.`,
        );
      }
      const options = jobOptions(io);
      const setup = {
        network,
        data,
        span,
        path,
        scale: scale === undefined ? undefined : Number(scale),
        spec: job,
        seed: spec.seed,
      };
      const result = await sampleJob(folder, setup, options);
      options.finish();
      const report = sampleReport(folder);
      const answer = sampleAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus report ${folder.path}, to draw its figures again`,
      );
    });
  },
});
