import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { sampleAnswer, sampleReport, sampleWarning } from "../report/node.ts";
import { openRunData, sampleJob } from "../run/node.ts";
import { setupOf } from "./checkpoints.ts";
import { loadPath } from "./path-run.ts";
import { publishedSampling } from "./published.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { runFlags } from "./spec-model.ts";
import { sampleFlags, sampleSpecOf, withDefaults } from "./spec-sample.ts";
import { UsageError, verb } from "./verb.ts";

export default verb({
  name: "sample",
  summary:
    "Samples the Bayesian posterior in a tunnel along a path, in the span of its control points, on the path, or in all of weight space (Dold et al. 2025).",
  operands: "path",
  schema: z.object({
    ...dataFlags,
    data: dataFlags.data.describe(
      "a data set (see isthmus data list); of a run folder, that which its path was trained on",
    ),
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
    const asked = withDefaults(resumedSpec("sample", { ...flags, path: operands[0] ?? flags.path }, given));
    const operand = asked.path as string;
    const { path, network, scale, span: open } = loadPath(operand, asked.asPublished);
    // A run that goes on has its own data, seed and split already.
    const { spec: own, validationCount } = flags.resume
      ? { spec: asked, validationCount: () => (asked as { validationCount?: number }).validationCount ?? 0 }
      : setupOf(operand, asked, given);
    const spec = asked.asPublished && !flags.resume ? publishedSampling(own, given) : own;
    const job = sampleSpecOf(spec);
    const dataset = await openData(spec, spec.seed, io);
    const validation = validationCount(dataset);
    // What reads the draws later splits the data in the same way.
    const saved = { ...spec, validationCount: validation };
    await inRunFolder("sample", saved, dataset, commandLine, io, async (folder) => {
      const split = Rng.fromSeed(spec.seed).split("split");
      using data = openRunData(dataset, network, validation, split);
      using span = open();
      const options = jobOptions(io);
      const setup = {
        network,
        data,
        span,
        path,
        scale,
        spec: job,
        seed: spec.seed,
      };
      const result = await sampleJob(folder, setup, options);
      options.finish();
      const report = sampleReport(folder);
      const [answer, warning] = [sampleAnswer(result), sampleWarning(result)];
      io.result(
        { folder: folder.path, report, answer, warning, ...result },
        `${answer}${warning ? `\nWarning: ${warning}` : ""}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus predict ${folder.path}`,
      );
    });
  },
});
