import { z } from "zod";
import { geometryAnswer, geometryReport } from "../report/node.ts";
import { geometryJob } from "../run/node.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints } from "./checkpoints.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  samples: z.number().int().min(5).default(1001).describe("positions along a path"),
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
    if (loaded.map.dimension === 0) {
      throw new UsageError(`${loaded.file} holds one optimum, which has no shape; give a subspace.`);
    }
    const network = networkOfCheckpoints([loaded], () => {
      throw new UsageError(`${loaded.file} does not say its network; give a subspace written by isthmus.`);
    });
    await inRunFolder(
      "geometry",
      { ...spec, seed: 0 },
      { name: loaded.map.kind },
      commandLine,
      io,
      async (folder) => {
        using span = loaded.span(network);
        const options = jobOptions(io);
        const { samples, float32Demo: float32 } = spec;
        const result = geometryJob(folder, { span, map: loaded.map, samples, float32 }, options);
        options.finish();
        const report = geometryReport(folder);
        const answer = geometryAnswer(result);
        const { scores: _, ...rest } = result;
        io.result(
          { folder: folder.path, report, answer, ...rest },
          `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus dimension ${operands[0]}`,
        );
      },
    );
  },
});
