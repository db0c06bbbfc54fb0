import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { tunnelAnswer, tunnelReport, tunnelWarning } from "../report/node.ts";
import { openRunData, tunnelJob } from "../run/node.ts";
import { setupOf } from "./checkpoints.ts";
import { loadPath } from "./path-run.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { runFlags } from "./spec-model.ts";
import { ambientPriorScale, sampleFlags } from "./spec-sample.ts";
import { UsageError, verb } from "./verb.ts";

/** The numbers of a list such as 1,2, checked against the number of normals. */
function normalsOf(text: string | undefined, normals: number): number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.some((i) => !(Number.isInteger(i) && i >= 1 && i <= normals))) {
    throw new UsageError(
      `--normals "${text}" is not possible: the path has ${normals} of them; give numbers from 1 to ${normals}, such as 1.`,
    );
  }
  return [...new Set(numbers)];
}

export default verb({
  name: "tunnel",
  summary:
    "The tunnel along a path: its frame, how wide it may be, the loss in it and the priors around the path (Dold et al. 2025).",
  operands: "path",
  schema: z.object({
    ...dataFlags,
    data: dataFlags.data.describe(
      "a data set (see isthmus data list); of a run folder, that which its path was trained on",
    ),
    metric: sampleFlags.metric,
    tube: sampleFlags.tube,
    priorScale: ambientPriorScale,
    split: z.enum(["train", "test"]).default("train").describe("examples that the loss is of"),
    normals: z
      .string()
      .optional()
      .describe("numbers of the normals whose maps are drawn, such as 1,3; the first two by default"),
    extent: z.number().positive().default(1).describe("maps reach from minus this to this across the path"),
    points: z.number().int().min(3).default(41).describe("nodes of a map along each axis"),
    seed: runFlags.seed,
    out: runFlags.out,
  }),
  example: "isthmus tunnel runs/path-toy-regression-1",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length !== 1) {
      throw new UsageError("give one path: the folder of a run of isthmus path, or a checkpoint.");
    }
    const { path, network, scale, span: open } = loadPath(operands[0]);
    using span = open();
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const { metric, tube, priorScale, split, extent, points } = spec;
    const normals = normalsOf(spec.normals, path.anchors - 2);
    const dataset = await openData(spec, spec.seed, io);
    const validation = validationCount(dataset);
    // What looks at the tunnel later splits the data in the same way.
    const saved = { ...spec, validationCount: validation };
    await inRunFolder("tunnel", saved, dataset, commandLine, io, async (folder) => {
      const rng = Rng.fromSeed(spec.seed).split("split");
      using data = openRunData(dataset, network, validation, rng);
      const options = jobOptions(io);
      const job = { metric, tube, priorScale, split, normals, extent, points };
      const result = await tunnelJob(folder, { data, span, path, scale, spec: job }, options);
      options.finish();
      const report = tunnelReport(folder);
      const [answer, warning] = [tunnelAnswer(result), tunnelWarning(result)];
      io.result(
        { folder: folder.path, report, answer, warning, ...result },
        `${answer}${warning ? `\nWarning: ${warning}` : ""}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus sample ${operands[0]}`,
      );
    });
  },
});
