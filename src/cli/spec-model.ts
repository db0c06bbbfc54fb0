import { z } from "zod";
import type { Dataset } from "../data/index.ts";
import { type FitSpec, OPTIMISERS, SCHEDULES } from "../fit/index.ts";
import { ACTIVATIONS, type Activation, INITIALISERS, type NetworkSpec } from "../model/index.ts";
import { UsageError } from "./verb.ts";

/** The network. */
export const networkFlags = {
  network: z
    .string()
    .default("512")
    .describe(
      "widths of an MLP such as 784-512-10 (or of its hidden layers only, 512 or 50-50), lenet, lenetti, simple-cnn",
    ),
  activation: z
    .enum(Object.keys(ACTIVATIONS) as [Activation])
    .optional()
    .describe("nonlinearity; relu, or tanh for simple-cnn"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.3)
    .describe("probability of a zero after each hidden layer of an MLP"),
  powers: z
    .number()
    .int()
    .min(1)
    .max(9)
    .default(1)
    .describe("powers of each input that an MLP takes; 3 for [x, x^2, x^3]"),
  init: z.enum(INITIALISERS).default("pytorch").describe("initialisation"),
};

export type NetworkFlags = z.output<z.ZodObject<typeof networkFlags>>;

/** The network for a data set. */
export function networkSpecOf(
  spec: Pick<NetworkFlags, "network" | "activation" | "dropout"> & Partial<Pick<NetworkFlags, "powers">>,
  dataset: Dataset,
): NetworkSpec {
  const inputs = dataset.shape.reduce((a, b) => a * b, 1);
  const outputs = dataset.classes || 1;
  const { network, dropout } = spec;
  if (network === "lenet" || network === "lenetti") {
    fits(network, 784, 10, inputs, outputs, dataset);
    return { kind: network, activation: spec.activation ?? "relu" };
  }
  if (network === "simple-cnn") {
    const [channels, height, width] = dataset.shape.length === 2 ? [1, ...dataset.shape] : dataset.shape;
    if (dataset.shape.length < 2)
      throw new UsageError(`simple-cnn needs images; ${dataset.name} has ${inputs} features.`);
    const inputShape: [number, number, number] = [channels, height, width];
    return { kind: "simple-cnn", activation: spec.activation ?? "tanh", inputShape, classes: outputs };
  }
  const given = network.split("-").map(Number);
  if (given.some((w) => !Number.isInteger(w) || w < 1)) {
    throw new UsageError(
      `--network "${network}" is not possible: give widths such as 784-512-10, lenet, lenetti or simple-cnn.`,
    );
  }
  const whole = given.length > 2 && given[0] === inputs && given.at(-1) === outputs;
  const named = given.length > 2 && !whole && (given[0] === inputs || given.at(-1) === outputs);
  if (named) fits(network, given[0], given.at(-1)!, inputs, outputs, dataset);
  const widths = whole ? given : [inputs, ...given, outputs];
  const powers = (spec.powers ?? 1) > 1 ? { powers: spec.powers } : {};
  return { kind: "mlp", widths, activation: spec.activation ?? "relu", dropout, ...powers };
}

function fits(
  name: string,
  takes: number,
  gives: number,
  inputs: number,
  outputs: number,
  dataset: Dataset,
): void {
  if (takes !== inputs || gives !== outputs) {
    throw new UsageError(
      `the network ${name} takes ${takes} inputs and gives ${gives} outputs; ${dataset.name} has ${inputs} inputs and needs ${outputs} outputs.`,
    );
  }
}

/** How an optimum is trained. */
export const trainingFlags = {
  epochs: z.number().int().min(1).default(20).describe("passes over the training examples, at most"),
  batch: z.number().int().min(1).default(128).describe("examples in a batch"),
  optimiser: z.enum(OPTIMISERS).default("adamw").describe("optimiser"),
  rate: z.number().positive().default(1e-3).describe("learning rate"),
  momentum: z.number().min(0).lt(1).default(0.9).describe("momentum of sgd"),
  weightDecay: z.number().min(0).default(0.01).describe("weight decay (decoupled for adamw)"),
  schedule: z.enum(SCHEDULES).default("constant").describe("learning rate over the epochs"),
  reduction: z.enum(["mean", "sum"]).default("mean").describe("of the losses of a batch, in the gradient"),
  validationCount: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("training examples set aside for validation; a tenth by default, 0 for none"),
  patience: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe("stop after so many epochs without a better validation loss; 0: never"),
};

export type TrainingFlags = z.output<z.ZodObject<typeof trainingFlags>>;

/** The fit that the flags describe; the epoch with the best validation loss is kept if there is validation. */
export function fitSpecOf(spec: TrainingFlags, validated: boolean): FitSpec {
  if (spec.patience > 0 && !validated) {
    throw new UsageError("--patience needs validation examples; give --validation-count.");
  }
  return {
    kind: spec.optimiser,
    momentum: spec.momentum,
    weightDecay: spec.weightDecay,
    epochs: spec.epochs,
    batch: spec.batch,
    rate: spec.rate,
    schedule: spec.schedule,
    samples: 1,
    reduction: spec.reduction,
    beta: 0,
    pointDecay: 0,
    keepBest: validated,
    patience: spec.patience,
  };
}

/** Validation examples: as given, or a tenth of the training examples. */
export function validationCountOf(spec: Pick<TrainingFlags, "validationCount">, dataset: Dataset): number {
  if (dataset.validation) {
    if (spec.validationCount !== undefined) {
      throw new UsageError(
        `${dataset.name} has a validation split of ${dataset.validation.count} examples of its own; leave --validation-count out.`,
      );
    }
    return 0;
  }
  const { count } = dataset.train;
  const validation = spec.validationCount ?? Math.floor(count / 10);
  if (validation >= count) {
    throw new UsageError(
      `--validation-count ${validation} leaves nothing to train on; ${dataset.name} has ${count} training examples, so give at most ${count - 1}.`,
    );
  }
  return validation;
}

/** Seed and run folder. */
export const runFlags = {
  seed: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(1)
    .describe("seed of all random numbers"),
  out: z.string().optional().describe("run folder; runs/<verb>-<data>-<number> by default"),
  resume: z.string().optional().describe("go on with the run in this folder, with its own spec"),
  dryRun: z.boolean().default(false).describe("say what would be done, with time and memory, and stop"),
};
