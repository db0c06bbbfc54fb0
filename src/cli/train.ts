import { z } from "zod";
import { Rng } from "../engine/index.ts";
import { CYCLES, checkCycle, collectedEpochs, type RateCycle } from "../fit/index.ts";
import { networkOf } from "../model/index.ts";
import { trainAnswer, trainReport } from "../report/node.ts";
import { openRunData, trainJob } from "../run/node.ts";
import { kebab } from "./flags.ts";
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
import { UsageError, verb } from "./verb.ts";

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
  cycle: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "let the rate fall and start again in cycles of so many epochs, and keep the network of each cycle",
    ),
  cycleShape: z
    .enum(CYCLES)
    .default("cosine")
    .describe("of a cycle: cosine (snapshot ensembles), triangle (FGE), linear (SWA)"),
  lowestRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe("lowest rate of a cycle, over the highest, --rate"),
  ...runFlags,
});

type Spec = z.output<typeof schema>;

/** Networks are collected after multiples of so many epochs. */
const collectedEvery = ({ shape, epochs }: RateCycle) => (shape === "triangle" ? epochs / 2 : epochs);

/** The cycle of the rate, if there is one. */
function cycleOf(
  { cycle: epochs, cycleShape: shape, lowestRate: lowest, patience, saveEvery, epochs: all }: Spec,
  given: ReadonlySet<string>,
) {
  if (epochs === undefined) {
    const stray = (["cycleShape", "lowestRate"] as const).find((key) => given.has(key));
    if (stray) throw new UsageError(`--${kebab(stray)} is about cycles; give their length with --cycle.`);
    return undefined;
  }
  if (given.has("schedule"))
    throw new UsageError("--cycle and --schedule both say the rate; give one of them.");
  if (patience > 0)
    throw new UsageError("--patience would end a cycle in its middle; leave it or --cycle out.");
  const cycle = { shape, epochs, lowest };
  try {
    checkCycle(cycle);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (collectedEpochs(cycle, all).length === 0) {
    throw new UsageError(
      `A cycle of ${epochs} epochs does not fit into ${all}; give a shorter --cycle, or more --epochs.`,
    );
  }
  if (saveEvery !== undefined && collectedEvery(cycle) % saveEvery > 0) {
    throw new UsageError(
      `--save-every ${saveEvery} misses networks of the cycles; give a divisor of ${collectedEvery(cycle)}, or leave it out.`,
    );
  }
  return cycle;
}

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
    const cycle = cycleOf(spec, given);
    // The last cycle ends with the network that is kept.
    const plain = fitSpecOf(spec, validation > 0 || !!dataset.validation);
    const fit = cycle ? { ...plain, cycle, keepBest: false } : plain;
    if (spec.dryRun) {
      plan(io, network, [{ label: "training", fit, anchors: 1, free: 1 }], dataset, validation);
      return;
    }
    await inRunFolder("train", spec, dataset, commandLine, io, async (folder) => {
      using data = openRunData(dataset, network, validation, Rng.fromSeed(spec.seed).split("split"));
      const options = jobOptions(io);
      const { init, seed } = spec;
      const saveEvery = spec.saveEvery ?? (cycle && collectedEvery(cycle));
      const setup = { network, init, spec: fit, data, seed, saveEvery };
      const result = await trainJob(folder, setup, options);
      options.finish();
      const report = trainReport(folder);
      const answer = trainAnswer(result, dataset.classes > 0);
      io.result(
        { folder: folder.path, report, ...result },
        `${answer}\n\nRun:    ${folder.path}\nReport: ${report}\nNext:   ${cycle ? `isthmus ensemble ${folder.path}, for the networks of its cycles together` : "isthmus connect, to join two such optima"}`,
      );
    });
  },
});
