import { z } from "zod";
import type { FitSpec } from "../fit/index.ts";
import { INITIALISERS } from "../model/index.ts";
import type { SubspaceSpec } from "../run/node.ts";
import { type MapSpec, TRUNK_ACTIVATIONS } from "../subspace/index.ts";
import { fitSpecOf, type NetworkFlags, type TrainingFlags } from "./spec-model.ts";
import { UsageError } from "./verb.ts";

const KIND = /^(line|triangle|bezier:\d+|polychain:\d+|simplex:\d+|neural|grown:\d+)$/;

/** What to learn, and how. */
export const subspaceFlags = {
  kind: z
    .string()
    .regex(KIND, "give line, triangle, simplex:K, bezier:DEGREE, polychain:POINTS, neural or grown:VERTICES")
    .default("line")
    .describe("line, triangle, simplex:K, bezier:DEGREE, polychain:POINTS, neural, or grown:VERTICES"),
  asPublished: z
    .boolean()
    .default(false)
    .describe("as Chen and Saidi's code: weights only, biases shared, sum of losses, Xavier vertices"),
  beta: z
    .number()
    .min(0)
    .default(1)
    .describe("weight of the squared-cosine penalty on a random pair of vertices, or on the ends"),
  samples: z.number().int().min(1).default(1).describe("points of the subspace in one step"),
  layerwise: z.boolean().default(false).describe("every layer has random coordinates of its own in a step"),
  sharedBiases: z.boolean().default(false).describe("only weights are on the subspace"),
  volume: z
    .number()
    .min(0)
    .default(0)
    .describe("weight of the volume term, which makes simplexes large; for grown ones 0.01 is usual"),
  vertexInit: z.enum(INITIALISERS).optional().describe("initialisation of all vertices but the first"),
  widths: z
    .string()
    .regex(/^\d+(-\d+)*$/, "give whole numbers such as 10-20-40")
    .default("10-20-40")
    .describe("hidden widths of the network that makes a neural curve"),
  trunk: z.enum(TRUNK_ACTIVATIONS).default("tanh").describe("its activation"),
  wholeVector: z.boolean().default(false).describe("one such network for all layers, instead of one a layer"),
  rectified: z
    .boolean()
    .default(false)
    .describe("a ReLU after its last layer: no weight is negative (the published shallow curve)"),
  repel: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "weight of the loss that makes the chord of a neural curve bad; 0.75 in the authors' later code",
    ),
  repelLimit: z
    .number()
    .positive()
    .default(2.5)
    .describe("losses of the chord above this do not count; the authors' form has no limit and diverges"),
  modes: z.number().int().min(1).default(1).describe("optima to train that a grown complex joins"),
  vertexEpochs: z.number().int().min(1).default(3).describe("epochs of each grown vertex"),
  files: z
    .string()
    .array()
    .optional()
    .describe("checkpoints of optima to grow from, as the operands give them"),
};

type Flags = z.output<z.ZodObject<typeof subspaceFlags>> & TrainingFlags & NetworkFlags;

function mapOf(kind: string): MapSpec {
  const [name, size] = kind.split(":");
  const number = Number(size);
  switch (name) {
    case "line":
      return { kind: "line" };
    case "triangle":
      return { kind: "simplex", dimension: 2 };
    case "simplex":
      return { kind: "simplex", dimension: number };
    case "bezier":
      return { kind: "bezier", degree: number };
    default:
      return { kind: "polychain", points: number };
  }
}

/** What the flags ask of the job. */
export function subspaceSpecOf(flags: Flags, validated: boolean): SubspaceSpec {
  const published = flags.asPublished;
  const base = fitSpecOf(flags, validated);
  const reduction = published ? "sum" : flags.reduction;
  const sharedBiases = published || flags.sharedBiases;
  if (flags.kind === "neural") {
    if (flags.optimiser !== "adamw") {
      throw new UsageError("a neural curve is trained with adamw; leave --optimiser out.");
    }
    if (flags.rectified && !sharedBiases) {
      throw new UsageError(
        "--rectified makes weights that are not negative; biases must be off the curve, so give --shared-biases too.",
      );
    }
    return {
      kind: "neural",
      fit: {
        ...base,
        widths: flags.widths.split("-").map(Number),
        activation: flags.trunk,
        perLayer: !flags.wholeVector,
        rectified: flags.rectified,
        sharedBiases,
        reduction,
        beta: flags.beta,
        repel: flags.repel,
        repelLimit: flags.repelLimit,
        repelRange: [0.25, 0.75],
      },
    };
  }
  const { beta, samples, volume, layerwise } = flags;
  const fit: FitSpec = { ...base, reduction, beta, samples, layerwise, sharedBiases, volume };
  if (flags.kind.startsWith("grown")) {
    const { init, modes, files } = flags;
    const own: FitSpec = {
      ...fit,
      epochs: flags.vertexEpochs,
      weightDecay: 0,
      reduction: "mean",
      beta: 0,
      layerwise: false,
      sharedBiases: false,
      keepBest: false,
      patience: 0,
    };
    return {
      kind: "grown",
      files,
      modes,
      vertices: Number(flags.kind.split(":")[1]),
      init,
      optimum: base,
      fit: own,
    };
  }
  return {
    kind: "map",
    map: mapOf(flags.kind),
    fit,
    init: flags.init,
    otherInit: flags.vertexInit ?? (published ? "glorot-normal" : flags.init),
  };
}
