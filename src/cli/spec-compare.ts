import { z } from "zod";
import { INITIALISERS } from "../model/index.ts";
import { type CompareSpec, METHODS, type Method } from "../run/node.ts";
import { fitSpecOf, trainingFlags } from "./spec-model.ts";
import { ambientPriorScale, sampleFlags, temperaturesOf } from "./spec-sample.ts";
import { UsageError } from "./verb.ts";

/** What to compare, and at which cost. */
export const compareFlags = {
  methods: z.string().default(METHODS.join(",")).describe("what to compare, separated by commas"),
  members: z.number().int().min(1).default(10).describe("optima of the deep ensemble"),
  init: z.enum(INITIALISERS).default("lecun-normal").describe("initialisation of the optima"),
  epochs: trainingFlags.epochs
    .removeDefault()
    .default(500)
    .describe("passes over the training examples of each optimum"),
  batch: trainingFlags.batch,
  optimiser: trainingFlags.optimiser,
  rate: trainingFlags.rate.removeDefault().default(5e-3).describe("learning rate of the optima"),
  momentum: trainingFlags.momentum,
  weightDecay: trainingFlags.weightDecay,
  schedule: trainingFlags.schedule,
  evaluations: z
    .number()
    .int()
    .min(1000)
    .default(20_000)
    .describe("gradients that each chain may evaluate; the Gaussian fit may as many as all chains"),
  chains: sampleFlags.chains,
  draws: sampleFlags.draws,
  temperature: z
    .string()
    .default("1")
    .describe(
      "of the likelihood, wherever there is a posterior; of several, such as 1,10,100, each method shows the one that predicts the validation examples best, and each has all gradients",
    ),
  metric: sampleFlags.metric,
  tube: sampleFlags.tube,
  prior: sampleFlags.prior,
  priorScale: ambientPriorScale,
  noise: sampleFlags.noise,
};

type Flags = z.output<z.ZodObject<typeof compareFlags>>;

/** What the flags ask of the job. */
export function compareSpecOf(flags: Flags, validated: boolean): CompareSpec {
  const methods = flags.methods.split(",");
  const unknown = methods.find((name) => !METHODS.includes(name as Method));
  if (unknown !== undefined) {
    throw new UsageError(
      `--methods "${flags.methods}" names "${unknown}"; give some of ${METHODS.join(", ")}, separated by commas.`,
    );
  }
  const temperatures = temperaturesOf(flags.temperature);
  if (temperatures.length > 1 && !validated) {
    throw new UsageError(
      `--temperature "${flags.temperature}" names several, which are compared on validation examples, and there are none: give --validation-count, or one temperature.`,
    );
  }
  return {
    methods: METHODS.filter((name) => methods.includes(name)),
    members: flags.members,
    init: flags.init,
    training: fitSpecOf({ ...flags, reduction: "mean", patience: 0 }, validated),
    evaluations: flags.evaluations,
    chains: flags.chains,
    draws: flags.draws,
    temperatures,
    metric: flags.metric,
    tube: flags.tube,
    prior: { scale: flags.priorScale, weight: flags.prior },
    sampleNoise: flags.noise === "sampled",
  };
}
