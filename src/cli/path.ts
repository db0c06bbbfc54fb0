import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { networkOf } from "../model/index.ts";
import { pathAnswer, pathReport } from "../report/node.ts";
import { openRunData, pathJob } from "../run/node.ts";
import { dataMebibytes, SPEED } from "./plan.ts";
import { publishedPath } from "./published.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import { networkSpecOf, runFlags, validationCountOf } from "./spec-model.ts";
import { pathFlags, pathSpecOf } from "./spec-path.ts";
import { verb } from "./verb.ts";

export default verb({
  name: "path",
  summary:
    "Trains a low-loss Bézier path with all control points free, from independent random starts (Dold et al. 2025). Dropout is off.",
  operands: "",
  schema: z.object({
    ...dataFlags,
    data: dataFlags.data
      .removeDefault()
      .default("toy-regression")
      .describe("a data set (see isthmus data list)"),
    ...pathFlags,
    asPublished: z
      .boolean()
      .default(false)
      .describe(
        "as the authors' code, where flags do not say otherwise: its initialisation, steps, rate and positions t for the toy, MNIST (LeNet, batches of 480, fold seed mod 5) or UCI data, validation after each step, and t instead of s with ordered biases",
      ),
    ...runFlags,
  }),
  example: "isthmus path --data toy-regression --degree 10",
  async run(flags, { given, commandLine }, io) {
    const asked = flags.asPublished ? publishedPath(flags, given) : flags;
    const spec = resumedSpec("path", asked, given);
    const dataset = await openData(spec, spec.seed, io);
    const plain = networkSpecOf({ ...spec, dropout: 0 }, dataset);
    const network = networkOf(spec.orderedBiases ? { kind: "ordered-biases", of: plain } : plain);
    const validation = validationCountOf(spec, dataset);
    const job = pathSpecOf(spec);
    if (spec.dryRun) {
      const examples = dataset.train.count - validation;
      const { size } = network.layout;
      const perStep = job.samples * (job.batch || examples);
      const validations =
        Math.floor(job.steps / job.validateEvery) *
        job.validationSamples *
        (dataset.validation?.count ?? validation);
      // A gradient costs about three times as much as a loss.
      const seconds = Math.ceil((network.totalCost * (3 * perStep * job.steps + validations)) / SPEED);
      const mebibytes = Math.ceil((4 * size * (job.degree + 1) * 5) / 2 ** 20);
      const data = dataMebibytes(dataset);
      io.result(
        { parameters: size, examples, validation, steps: job.steps, seconds, mebibytes },
        `${size} parameters, ${job.degree + 1} control points; ${examples} training examples of ${dataset.name}, ${data} MiB\n  ${job.steps} steps, about ${seconds} s on two cores or more, ${mebibytes} MiB of vectors`,
      );
      return;
    }
    await inRunFolder("path", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      const { init, initScale, seed } = spec;
      const setup = { network, init, initScale, spec: job, data, seed };
      const result = await pathJob(folder, setup, options);
      options.finish();
      const report = pathReport(folder);
      const answer = pathAnswer(result, dataset.classes > 0);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus tunnel ${folder.path}`,
      );
    });
  },
});
