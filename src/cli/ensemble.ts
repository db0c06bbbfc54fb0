import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { ensembleAnswer, ensembleReport } from "../report/node.ts";
import { type EnsembleSource, ensembleJob, openRunData } from "../run/node.ts";
import { type CoefficientMap, isPath, middleOf, sampleCoordinates } from "../subspace/index.ts";
import { checkpointFile, loadCheckpoint, networkOfCheckpoints, setupOf } from "./checkpoints.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  network: networkFlags.network,
  activation: networkFlags.activation,
  at: z.string().optional().describe("positions of the members along paths; 0.2,0.8 by default"),
  members: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("random members of each subspace instead; 5 of a simplex by default"),
  corruptions: z.boolean().default(false).describe("predict corrupted test images, too"),
  seed: runFlags.seed,
  out: runFlags.out,
});

/** Coordinates of the members of one operand. */
function membersOf(map: CoefficientMap, spec: z.output<typeof schema>, rng: Rng): number[][] {
  if (map.dimension === 0) return [[]];
  if (isPath(map) && spec.members === undefined) {
    const ts = (spec.at ?? "0.2,0.8").split(",").map(Number);
    if (ts.some((t) => !Number.isFinite(t))) {
      throw new UsageError(
        `--at "${spec.at}" is not possible: give positions along a path, such as 0.2,0.8.`,
      );
    }
    return ts.map((t) => [t]);
  }
  const count = spec.members ?? 5;
  const zs = sampleCoordinates(map, rng, count);
  const k = map.dimension;
  return Array.from({ length: count }, (_, i) => [...zs.subarray(i * k, (i + 1) * k)]);
}

export default verb({
  name: "ensemble",
  summary:
    "Predicts with several members of subspaces and optima together: accuracy, likelihood, calibration, how much they differ, corrupted images.",
  operands: "checkpoint|run …",
  schema,
  example: "isthmus ensemble runs/subspace-fashion-mnist-small-1 --at 0.2,0.8 --corruptions",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length === 0)
      throw new UsageError("no checkpoint was given; give files (.safetensors) or run folders.");
    if (flags.at !== undefined && flags.members !== undefined)
      throw new UsageError("--at and --members both choose the members; give one of them.");
    const loaded = operands.map((operand) => loadCheckpoint(checkpointFile(operand)));
    const { spec, validationCount } = setupOf(operands[0], flags, given);
    const dataset = await openData(spec, spec.seed, io);
    if (dataset.classes === 0)
      throw new UsageError(
        `ensembles are assessed by their class probabilities; ${dataset.name} has no classes.`,
      );
    const network = networkOfCheckpoints(loaded, () => networkSpecOf({ ...spec, dropout: 0 }, dataset));
    await inRunFolder("ensemble", spec, dataset, commandLine, io, async (folder) => {
      const rng = Rng.fromSeed(spec.seed);
      using data = openRunData(dataset, network, validationCount(dataset), rng.split("split"));
      const sources: EnsembleSource[] = loaded.map(({ map, span }, i) => ({
        name: operands[i],
        span: span(network),
        middle: map.dimension === 0 ? map.at([]) : map.at(middleOf(map)),
        members: membersOf(map, spec, rng.split(`members ${i}`)).map((at) => ({
          at,
          coefficients: map.at(at),
        })),
      }));
      const options = jobOptions(io);
      const setup = { sources, data, corrupt: spec.corruptions, rng: rng.split("corruptions") };
      const result = await ensembleJob(folder, setup, options);
      options.finish();
      const report = ensembleReport(folder);
      const answer = ensembleAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus evaluate ${operands[0]}, for its members one by one`,
      );
    });
  },
});
