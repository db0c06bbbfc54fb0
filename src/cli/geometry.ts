import { z } from "zod";
import { geometryAnswer, geometryReport } from "../report/node.ts";
import { leavesSpan } from "../run/index.ts";
import { geometryJob } from "../run/node.ts";
import { evenly, isPath } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints } from "./checkpoints.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  samples: z
    .number()
    .int()
    .min(5)
    .max(100_000)
    .optional()
    .describe(
      "positions along a path; by default 1001, and 201 of a rectified curve, whose work grows as their square",
    ),
  float32Demo: z
    .boolean()
    .default(false)
    .describe("show what float32 does to the published curvature, with 200 and 1,000 points"),
  out: runFlags.out,
});

export default verb({
  name: "geometry",
  summary:
    "Measures a learnt subspace or a curve between optima: length, turning, curvature, torsion, principal components; sides, angles and volume of a simplex.",
  operands: "checkpoint|run",
  schema,
  example: "isthmus geometry runs/subspace-fashion-mnist-small-1 --float32-demo",
  async run(spec, { operands, commandLine }, io) {
    if (operands.length !== 1) {
      throw new UsageError(
        `${operands.length} operands were given; give one subspace (a run or a checkpoint).`,
      );
    }
    const loaded = loadCheckpoint(checkpointFile(operands[0]));
    const { map, file } = loaded;
    if (map.dimension === 0) {
      throw new UsageError(`${file} holds one optimum, which has no shape; give a subspace.`);
    }
    if (!isPath(map) && spec.samples !== undefined) {
      throw new UsageError(`--samples has no effect on a ${map.kind}; it is for paths.`);
    }
    if (!isPath(map) && spec.float32Demo) {
      throw new UsageError(`--float32-demo is about the curvature of a path; ${file} holds a ${map.kind}.`);
    }
    const network = networkOfCheckpoints([loaded], () => {
      throw new UsageError(`${file} does not say its network; give a subspace written by isthmus.`);
    });
    using span = loaded.span(network);
    const outside = leavesSpan(span);
    if (outside && spec.float32Demo) {
      throw new UsageError(
        `--float32-demo compares with float64, which the points of a rectified curve are not known in; leave it out for ${file}.`,
      );
    }
    const { samples = 1001, float32Demo: float32 } = spec;
    const points = outside && spec.samples !== undefined ? evenly(map, samples) : undefined;
    const run = { ...spec, seed: 0 };
    await inRunFolder("geometry", run, { name: map.kind }, commandLine, io, async (folder) => {
      const options = jobOptions(io);
      const result = await geometryJob(folder, { span, map, samples, points, float32 }, options);
      options.finish();
      const report = geometryReport(folder);
      const answer = geometryAnswer(result);
      const demonstrated = result.path?.float32?.map(
        ({ samples, float32, float64 }) =>
          `\nPublished curvature of ${samples} float32 points: median ${float32.toExponential(2)}, in float64 ${float64.toExponential(2)}`,
      );
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}${demonstrated?.join("") ?? ""}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus dimension ${operands[0]}`,
      );
    });
  },
});
