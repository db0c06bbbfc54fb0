import { readFileSync } from "node:fs";
import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { readSafetensorsMetadata } from "../format/index.ts";
import { compareAnswer, compareReport } from "../report/node.ts";
import { compareJob, openRunData } from "../run/node.ts";
import { isPath } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { compareFlags, compareSpecOf } from "./spec-compare.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

export default verb({
  name: "compare",
  summary:
    "Compares posteriors around a path with a single optimum, a deep ensemble, Laplace and variational inference, and the posterior of all weights, at equal cost of sampling.",
  operands: "path",
  schema: z.object({
    ...dataFlags,
    data: dataFlags.data.describe(
      "a data set (see isthmus data list); of a run folder, that which its path was trained on",
    ),
    ...compareFlags,
    seed: runFlags.seed,
    out: runFlags.out,
    resume: runFlags.resume,
    path: z.string().optional().describe("the run or checkpoint of a path, as the operand gives it"),
  }),
  example: "isthmus compare runs/path-toy-regression-1 --members 5",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length > 1 || (!flags.resume && operands.length + (flags.path ? 1 : 0) !== 1)) {
      throw new UsageError("give one path: the folder of a run of isthmus path, or a checkpoint.");
    }
    const asked = resumedSpec("compare", { ...flags, path: operands[0] ?? flags.path }, given);
    const operand = asked.path as string;
    const { spec, validationCount } = setupOf(operand, asked, given);
    const file = checkpointFile(operand);
    const loaded = loadCheckpoint(file);
    if (!isPath(loaded.map) || loaded.map.anchors < 2) {
      throw new UsageError(`${file} holds a ${loaded.map.kind}; give a path, such as that of isthmus path.`);
    }
    const path = loaded.map;
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOfCheckpoints([loaded], () => {
      throw new UsageError(`${file} does not say which network it is of; give a checkpoint of isthmus.`);
    });
    const { scale } = readSafetensorsMetadata(readFileSync(file), file);
    await inRunFolder("compare", spec, dataset, commandLine, io, async (folder) => {
      const count = validationCount(dataset);
      using data = openRunData(dataset, network, count, Rng.fromSeed(spec.seed).split("split"));
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
        spec: compareSpecOf(spec, data.validation !== undefined),
        seed: spec.seed,
      };
      const result = await compareJob(folder, setup, options);
      options.finish();
      const report = compareReport(folder);
      const answer = compareAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus sample ${operand}, to look at a posterior more closely`,
      );
    });
  },
});
