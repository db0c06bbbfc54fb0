import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { networkOf } from "../model/index.ts";
import { trainAnswer, trainReport } from "../report/node.ts";
import { openRunData, trainJob } from "../run/node.ts";
import { plan } from "./plan.ts";
import { inRunFolder, jobOptions, resumedSpec } from "./run.ts";
import { dataFlags, openData } from "./spec-data.ts";
import {
  fitSpecOf,
  networkFlags,
  networkSpecOf,
  runFlags,
  trainingFlags,
  validationCountOf,
} from "./spec-model.ts";
import { verb } from "./verb.ts";

const schema = z.object({
  ...dataFlags,
  ...networkFlags,
  ...trainingFlags,
  saveEvery: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "keep the initialisation and the parameters after every so many epochs, for probe --along-training",
    ),
  ...runFlags,
});

export default verb({
  name: "train",
  summary: "Trains an optimum.",
  operands: "",
  schema,
  example: "isthmus train --data fashion-mnist-small --network 784-512-10 --epochs 10",
  async run(flags, { given, commandLine }, io) {
    const spec = resumedSpec("train", flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOf(networkSpecOf(spec, dataset));
    const validation = validationCountOf(spec, dataset);
    const fit = fitSpecOf(spec, validation > 0 || !!dataset.validation);
    if (spec.dryRun) {
      plan(io, network, [{ label: "training", fit, anchors: 1, free: 1 }], dataset, validation);
      return;
    }
    await inRunFolder("train", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      const { init, seed, saveEvery } = spec;
      const setup = { network, init, spec: fit, data, seed, saveEvery };
      const result = await trainJob(folder, setup, options);
      options.finish();
      const report = trainReport(folder);
      const answer = trainAnswer(result, dataset.classes > 0);
      io.result(
        { folder: folder.path, report, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   isthmus connect, to join two such optima`,
      );
    });
  },
});
