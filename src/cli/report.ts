import { z } from "zod";
import {
  compareReport,
  connectRunReport,
  dimensionReport,
  ensembleReport,
  geometryReport,
  hessianReport,
  intrinsicReport,
  pathReport,
  patternReport,
  perturbReport,
  planeReport,
  predictReport,
  probeReport,
  sampleReport,
  subspaceReport,
  trainReport,
  tunnelReport,
  wedgeReport,
} from "../report/node.ts";
import { RunFolder } from "../run/node.ts";
import { UsageError, verb } from "./verb.ts";

const WRITERS: Record<string, (folder: RunFolder) => string> = {
  compare: compareReport,
  connect: connectRunReport,
  sample: sampleReport,
  tunnel: tunnelReport,
  predict: predictReport,
  path: pathReport,
  train: trainReport,
  dimension: (folder) =>
    folder.has("results/intrinsic.json") ? intrinsicReport(folder) : dimensionReport(folder),
  geometry: geometryReport,
  hessian: hessianReport,
  ensemble: ensembleReport,
  subspace: subspaceReport,
  plane: planeReport,
  perturb: perturbReport,
  probe: probeReport,
  pattern: patternReport,
  wedge: wedgeReport,
};

export default verb({
  name: "report",
  summary: "Draws the figures of a finished run again and writes its report.",
  operands: "run",
  schema: z.object({}),
  example: "isthmus report runs/connect-fashion-mnist-small-1",
  async run(_, { operands }, io) {
    if (operands.length !== 1) throw new UsageError("give one run folder.");
    using folder = RunFolder.open(operands[0]);
    const { verb: name } = folder.record.spec as { verb: string };
    if (folder.record.status !== "done") {
      throw new UsageError(
        `the run in ${operands[0]} is ${folder.record.status}, not done; go on with: isthmus ${name} --resume ${operands[0]}`,
      );
    }
    const write = WRITERS[name];
    if (!write)
      throw new UsageError(
        `a run of isthmus ${name} has no report; its results are in ${folder.pathOf("results")}.`,
      );
    const report = write(folder);
    io.result({ folder: folder.path, report }, `Report: ${report}`);
  },
});
