import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { networkOf } from "../model/index.ts";
import { trainAnswer, trainReport } from "../report/node.ts";
import { openRunData, trainJob } from "../run/node.ts";
import { bezier, type CoefficientMap, line, polychain, simplex } from "../subspace/index.ts";
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
  subspace: z
    .string()
    .regex(
      /^(point|line|bezier:\d+|polychain:\d+|simplex:\d+)$/,
      "give point, line, bezier:DEGREE, polychain:POINTS or simplex:DIMENSION",
    )
    .default("point")
    .describe("what to learn: point (an optimum), line, bezier:DEGREE, polychain:POINTS, simplex:DIMENSION"),
  beta: z
    .number()
    .min(0)
    .default(1)
    .describe("weight of the squared-cosine penalty that keeps the anchors of a subspace apart"),
  samples: z.number().int().min(1).default(1).describe("points of the subspace in one step"),
  ...runFlags,
});

function mapOf(subspace: string): CoefficientMap {
  const [kind, size] = subspace.split(":");
  switch (kind) {
    case "line":
      return line();
    case "bezier":
      return bezier(Number(size));
    case "polychain":
      return polychain(Number(size));
    case "simplex":
      return simplex(Number(size));
    default:
      return simplex(0);
  }
}

export default verb({
  name: "train",
  summary:
    "Trains an optimum, or learns a line, curve or simplex of networks from scratch (Wortsman et al. 2021).",
  operands: "",
  schema,
  example: "isthmus train --data fashion-mnist-small --network 784-512-10 --epochs 10",
  async run(flags, { given, commandLine }, io) {
    const spec = resumedSpec("train", flags, given);
    const dataset = await openData(spec, spec.seed, io);
    const network = networkOf(networkSpecOf(spec, dataset));
    const validation = validationCountOf(spec, dataset);
    const map = mapOf(spec.subspace);
    const beta = map.anchors > 1 ? spec.beta : 0;
    const fit = { ...fitSpecOf(spec, validation > 0 || !!dataset.validation), beta, samples: spec.samples };
    if (spec.dryRun) {
      plan(
        io,
        network,
        [{ label: "training", fit, anchors: map.anchors, free: map.anchors }],
        dataset,
        validation,
      );
      return;
    }
    await inRunFolder("train", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      const setup = { network, init: spec.init, spec: fit, map, data, seed: spec.seed };
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
