import { join } from "node:path";
import { z } from "zod";
import { inferenceDataOf, readDraws, writeInferenceData } from "../run/node.ts";
import { jobOptions } from "./run.ts";
import { loadSample, temperatureOf } from "./sample-run.ts";
import { verb } from "./verb.ts";
import { versions } from "./versions.ts";

export default verb({
  name: "export",
  summary:
    "Writes the draws of a run of isthmus sample for other programs: a Zarr folder that ArviZ opens, or one npz file.",
  operands: "run",
  schema: z.object({
    to: z.enum(["arviz", "npz"]).default("arviz").describe("kind of file"),
    temperature: z.number().positive().optional().describe("of the draws; the best one by default"),
    split: z
      .enum(["train", "test", "none"])
      .default("train")
      .describe("examples whose log-likelihoods go along"),
    thin: z.number().int().min(1).default(1).describe("keep one of so many draws"),
    out: z.string().optional().describe("where to; posterior.zarr or .npz in the run folder by default"),
  }),
  example: "isthmus export runs/sample-toy-regression-1 --to arviz",
  async run(flags, { operands }, io) {
    const sample = await loadSample(operands, io);
    const temperature = temperatureOf(sample, flags.temperature);
    const { folder, spec, path, result } = sample;
    const { to, thin } = flags;
    const out = flags.out ?? join(folder.path, `posterior.${to === "npz" ? "npz" : "zarr"}`);
    using data = sample.open();
    using span = path.span();
    const draws = readDraws(folder, temperature, thin);
    const options = jobOptions(io);
    const { metric, tube, prior, priorScale, sampler, seed } = spec;
    const found = await inferenceDataOf(
      draws,
      {
        space: result.space,
        metric,
        data,
        span,
        split: flags.split === "none" ? undefined : flags.split,
        attributes: {
          inference_library_version: versions().isthmus,
          sampler,
          temperature,
          seed,
          thin,
          space: result.space,
          metric,
          tube,
          prior,
          prior_scale: priorScale,
          split: flags.split,
          data: sample.dataset.name,
          data_checksum: sample.dataset.checksum,
          command: folder.record.command,
        },
      },
      options,
    );
    options.finish();
    writeInferenceData(out, to, found);
    const variables = Object.keys(found.posterior);
    const use =
      to === "npz" ? `numpy.load(${JSON.stringify(out)})` : `arviz.from_zarr(${JSON.stringify(out)})`;
    io.result(
      { file: out, temperature, chains: draws.chains, draws: draws.draws, variables },
      `${draws.chains} chains of ${draws.draws} draws at temperature ${temperature}: ${variables.join(", ")}\n\nFile:   ${out}\nNext:   in Python, ${use}`,
    );
  },
});
