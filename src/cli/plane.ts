import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { planeAnswer, planeReport } from "../report/node.ts";
import { openRunData, planeOf } from "../run/node.ts";
import { isPath, Span } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  points: z.number().int().min(3).default(51).describe("grid nodes along each axis"),
  split: z.enum(["both", "train", "test"]).default("both").describe("examples to evaluate"),
  margin: z
    .number()
    .min(0)
    .default(0.2)
    .describe("margin on all sides, as a fraction of the distance of the first and last point"),
  scale: z.enum(["perceptual", "published"]).default("perceptual").describe("colours"),
  seed: runFlags.seed,
  out: runFlags.out,
});

export default verb({
  name: "plane",
  summary:
    "Loss and error in the plane through a curve's ends and middle, or through three checkpoints w0 w1 w2 (x goes from w0 to w2).",
  operands: "curve|run | w0 w1 w2",
  schema,
  example: "isthmus plane runs/connect-fashion-mnist-small-1 --points 51",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length !== 1 && operands.length !== 3) {
      throw new UsageError(
        `${operands.length} operands were given; give a curve (or the run that found it), or three checkpoints.`,
      );
    }
    const loaded = operands.map((operand) => loadCheckpoint(checkpointFile(operand)));
    const path = operands.length === 1 ? loaded[0].map : undefined;
    if (path && !isPath(path)) {
      throw new UsageError(`${loaded[0].file} holds no curve; give a curve, or three checkpoints.`);
    }
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
    await inRunFolder("plane", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(
        dataset,
        network,
        validationCount(dataset),
        Rng.fromSeed(spec.seed).split("split"),
      );
      const spans = loaded.map((l) => l.span(network));
      if (operands.length === 3 && spans.some(({ anchors }) => anchors.length > 1)) {
        throw new UsageError(
          "the three operands of a plane must be optima; give one curve, or three checkpoints of one network each.",
        );
      }
      using span = operands.length === 3 ? new Span(spans.flatMap(({ anchors }) => anchors)) : spans[0];
      const options = jobOptions(io);
      options.onStage?.(`evaluating ${spec.points} x ${spec.points} points`);
      const gram = span.gram(0);
      const labels = path ? undefined : operands;
      const splits = spec.split === "both" ? undefined : [spec.split];
      const plane = await planeOf(
        folder,
        { span, gram, path, labels, data, points: spec.points, margin: spec.margin, splits },
        options,
      );
      options.finish();
      folder.writeJson("plane", plane);
      const report = planeReport(folder);
      const answer = planeAnswer(folder, plane);
      io.result(
        { folder: folder.path, report, answer, points: plane.points },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus evaluate ${operands[0]}, for the numbers along the curve`,
      );
    });
  },
});
