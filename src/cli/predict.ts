import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { predictAnswer, predictReport } from "../report/node.ts";
import { predictJob } from "../run/node.ts";
import { inRunFolder, jobOptions } from "./run.ts";
import { loadSample, temperatureOf } from "./sample-run.ts";
import { runFlags } from "./spec-model.ts";
import { UsageError, verb } from "./verb.ts";

/** Two numbers such as -3,3. */
function rangeOf(text: string | undefined): [number, number] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [from, to] = numbers;
  if (numbers.length !== 2 || !(from < to) || !numbers.every(Number.isFinite)) {
    throw new UsageError(`--range "${text}" is not possible: give two rising numbers, such as --range=-3,3.`);
  }
  return [from, to];
}

export default verb({
  name: "predict",
  summary:
    "Predicts with all draws of a run of isthmus sample: mean and bands of a regression, mean probabilities of a classification.",
  operands: "run",
  schema: z.object({
    temperature: z.number().positive().optional().describe("of the draws; the best one by default"),
    split: z.enum(["train", "test"]).default("test").describe("examples to predict"),
    range: z
      .string()
      .optional()
      .describe(
        "of the curve over a single input, such as --range=-3,3; that of the data, a quarter wider, by default",
      ),
    asPublished: z
      .boolean()
      .default(false)
      .describe(
        "also the score of the authors' code: accuracy of averaged class numbers, or error of the mean of noisy draws",
      ),
    out: runFlags.out,
  }),
  example: "isthmus predict runs/sample-toy-regression-1",
  async run(flags, { operands, commandLine }, io) {
    const range = rangeOf(flags.range);
    const sample = await loadSample(operands, io);
    const temperature = temperatureOf(sample, flags.temperature);
    const { dataset, path, folder: source, spec } = sample;
    if (range && (dataset.task !== "regression" || path.network.inputSize !== 1)) {
      throw new UsageError("--range is of a regression with a single input; leave it out.");
    }
    const { metric, seed } = spec;
    const { split } = flags;
    const saved = { ...flags, sample: operands[0], seed };
    await inRunFolder("predict", saved, dataset, commandLine, io, async (folder) => {
      using data = sample.open();
      using span = path.span();
      const options = jobOptions(io);
      const published = flags.asPublished ? Rng.fromSeed(seed).split("published scores") : undefined;
      const result = await predictJob(
        folder,
        { source, temperature, metric, data, span, split, range, published },
        options,
      );
      options.finish();
      const report = predictReport(folder);
      const answer = predictAnswer(result);
      io.result(
        { folder: folder.path, report, answer, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus export ${operands[0]}, to go on in Python`,
      );
    });
  },
});
