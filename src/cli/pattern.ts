import { z } from "zod";
import type { Dataset } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import { type Network, networkOf } from "../model/index.ts";
import { patternAnswer, patternReport } from "../report/node.ts";
import { openRunData, type PatternJobSpec, patternJob } from "../run/node.ts";
import type { Io } from "./io.ts";
import { dataMebibytes, SPEED } from "./plan.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkFlags, networkSpecOf, runFlags } from "./spec-model.ts";
import { patternFlags, patternSpecOf, pictureRows } from "./spec-pattern.ts";
import { UsageError, verb } from "./verb.ts";

const { network, activation, init } = networkFlags;
const schema = z.object({ ...dataFlags, network, activation, init, ...patternFlags, ...runFlags });

export default verb({
  name: "pattern",
  summary:
    "Learns a plane in weight space whose low-loss set draws a picture: a PNG file, by its opacity or brightness, or a built-in face (Skorokhodov and Burtsev 2019). Dropout is off.",
  operands: "[image.png]",
  schema,
  example: "isthmus pattern --network 64 --cells 10 --steps 1000",
  async run(flags, { operands, given, commandLine }, io) {
    if (operands.length > 1) {
      throw new UsageError(`${operands.length} operands were given; give one PNG file, or none for a face.`);
    }
    if (flags.resume && operands.length > 0) {
      throw new UsageError(`--resume goes on with the run's own picture; leave ${operands[0]} out.`);
    }
    // The spec holds the cells themselves, so that a run can go on without the file.
    const picture = flags.resume ? undefined : pictureRows(operands[0], flags.cells);
    const spec = resumedSpec("pattern", { ...flags, picture }, given);
    const dataset = await openData(spec, spec.seed, io);
    if (dataset.classes === 0) {
      throw new UsageError(
        `a pattern shows in the accuracy of a classifier, and ${dataset.name} is data for regression; choose other --data.`,
      );
    }
    const network = networkOf(networkSpecOf({ ...spec, dropout: 0 }, dataset));
    const job = patternSpecOf(spec);
    if (spec.dryRun) {
      plan(io, network, job, dataset);
      return;
    }
    // Said in the spec for commands that look at the run: nothing of the training split was set aside.
    const saved = { ...spec, validationCount: dataset.validation ? undefined : 0 };
    await inRunFolder("pattern", saved, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, 0, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      const result = await patternJob(folder, { network, spec: job, data, seed: spec.seed }, options);
      options.finish();
      const report = patternReport(folder);
      const answer = patternAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus reproduce subspaces/skorokhodov, for what was published`,
      );
    });
  },
});

/** Vectors of D numbers in training: parameters, axes, gradients of both, moments, and a copy for the state. */
const VECTORS = 3 + 2 + 6 + 6;

/** Prints what a run would do, with a rough time and the memory of its vectors. */
function plan(io: Io, network: Network, { picture, fit }: PatternJobSpec, dataset: Dataset): void {
  const { size } = network.layout;
  const work = 3 * network.totalCost * fit.steps * fit.batch * (fit.goodCells + fit.badCells);
  const seconds = Math.ceil(work / SPEED);
  const mebibytes = Math.ceil((4 * size * VECTORS) / 2 ** 20);
  const data = dataMebibytes(dataset);
  io.result(
    {
      parameters: size,
      examples: dataset.train.count,
      data: { name: dataset.name, mebibytes: data },
      steps: fit.steps,
      seconds,
      mebibytes,
    },
    [
      `${size} parameters; ${dataset.train.count} training examples of ${dataset.name}; ${data} MiB of data`,
      `  a picture of ${picture.rows} x ${picture.columns} cells: ${fit.steps} steps, about ${seconds} s on two cores, ${mebibytes} MiB of vectors`,
    ].join("\n"),
  );
}
