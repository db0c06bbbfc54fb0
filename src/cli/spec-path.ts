import { z } from "zod";
import { OPTIMISERS, type PathFitSpec, UNIFORM_IN } from "../fit/index.ts";
import { ACTIVATIONS, type Activation, INITIALISERS } from "../model/index.ts";
import { networkFlags } from "./spec-model.ts";

/** The network and the training of a path; defaults are those of the UCI experiments of Dold et al. (2025). */
export const pathFlags = {
  network: z
    .string()
    .default("16-16-16")
    .describe("hidden widths of an MLP such as 16-16-16, all its widths, or lenet"),
  activation: z
    .enum(Object.keys(ACTIVATIONS) as [Activation])
    .default("relu")
    .describe("nonlinearity"),
  powers: networkFlags.powers,
  orderedBiases: z
    .boolean()
    .default(false)
    .describe("biases of each hidden layer increase, so that no two networks are permuted copies"),
  init: z
    .enum([...INITIALISERS, "flax"])
    .default("lecun-normal")
    .describe("initialisation of each control point; flax is that of the authors' code, number by number"),
  initScale: z
    .number()
    .positive()
    .default(1)
    .describe("factor of the initialisation of all weights and biases, but ordered ones"),
  degree: z
    .number()
    .int("give a whole number from 1 to 100")
    .min(1, "give 1 or more")
    .max(100, "give 100 or fewer")
    .default(2)
    .describe("K, of K + 1 control points"),
  steps: z.number().int().min(1).default(10_000).describe("steps of training (published: 100,000)"),
  rate: z.number().positive().default(5e-3).describe("learning rate"),
  samples: z.number().int().min(1).default(10).describe("positions t in one step"),
  uniform: z
    .enum(UNIFORM_IN)
    .default("s")
    .describe(
      "what the loss is averaged over: arc length s, or t, which lets a path rush through bad regions",
    ),
  batch: z.number().int().min(0).default(0).describe("examples in a step; 0 for all"),
  optimiser: z.enum(OPTIMISERS).default("adam").describe("optimiser"),
  momentum: z.number().min(0).lt(1).default(0.9).describe("momentum of sgd"),
  weightDecay: z.number().min(0).default(0).describe("weight decay (decoupled for adamw)"),
  scale: z
    .number()
    .positive()
    .default(0.05)
    .describe("of a regression: standard deviation of the noise, at the start where it is learnt"),
  fixScale: z.boolean().default(false).describe("do not learn the noise scale"),
  validateEvery: z
    .number()
    .int()
    .min(1)
    .default(25)
    .describe("steps from one validation to the next (published: 1)"),
  validationSamples: z.number().int().min(1).default(1000).describe("positions t of a validation"),
  validationCount: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("training examples set aside where the data have no validation split; a tenth by default"),
};

export type PathFlags = z.output<z.ZodObject<typeof pathFlags>>;

/** What the flags ask of the training. */
export const pathSpecOf = (flags: PathFlags): PathFitSpec => ({
  kind: flags.optimiser,
  momentum: flags.momentum,
  weightDecay: flags.weightDecay,
  degree: flags.degree,
  steps: flags.steps,
  rate: flags.rate,
  samples: flags.samples,
  uniform: flags.uniform,
  batch: flags.batch,
  scale: flags.scale,
  learnScale: !flags.fixScale,
  validateEvery: flags.validateEvery,
  validationSamples: flags.validationSamples,
});
