import { z } from "zod";
import { PRIOR_WEIGHTS } from "../inference/index.ts";
import { SAMPLERS, type SampleSpec } from "../run/node.ts";
import { UsageError } from "./verb.ts";

const count = (fallback: number, what: string) => z.number().int().min(1).default(fallback).describe(what);

/** Of the prior around a path. */
export const ambientPriorScale = z
  .number()
  .positive()
  .default(0.5)
  .describe("standard deviation of the coordinates of the volume, or across the tunnel");

/** What to sample, and how; defaults are those of the UCI experiments of Dold et al. (2025) where it has them. */
export const sampleFlags = {
  space: z
    .enum(["tunnel", "volume", "line", "full"])
    .default("tunnel")
    .describe(
      "a tube along the path, the whole affine span of its control points, the path alone, or full: all weights, from points of the path on",
    ),
  metric: z
    .enum(["published", "euclidean"])
    .default("published")
    .describe("of the span: divided by its singular values, or weight-space distance"),
  tube: z.number().positive().default(0.1).describe("length of one unit across the tunnel"),
  prior: z
    .enum(PRIOR_WEIGHTS)
    .default("arc-length")
    .describe("what the prior of a tunnel or a line is uniform in along the path"),
  priorScale: z
    .number()
    .positive()
    .optional()
    .describe(
      "standard deviation of the coordinates of the volume, across the tunnel (0.5 by default), or of all weights (1)",
    ),
  noise: z
    .enum(["sampled", "fixed"])
    .default("sampled")
    .describe(
      "noise scale of a regression: sampled (its logarithm from N(0, 1), in the full space from N(-1, 0.1^2), as published), or that of the trained path",
    ),
  temperature: z
    .string()
    .default("1")
    .describe("of the likelihood; several, such as 1,10,100, are compared by validation"),
  sampler: z
    .enum(SAMPLERS)
    .optional()
    .describe("nuts by default, mclmc in the full space; elliptical-slice in the volume alone"),
  chains: count(10, "chains"),
  warmup: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      "steps of each chain before its draws, which adapt the sampler (500 by default); for mclmc those that its tuning is planned for (in the full space 10,000)",
    ),
  draws: count(1000, "draws kept of each chain"),
  thin: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe("steps to a draw (1 by default; of mclmc in the full space 10)"),
  targetAcceptance: z.number().gt(0).lt(1).default(0.8).describe("of nuts and hmc"),
  massMatrix: z.enum(["diagonal", "dense"]).default("diagonal").describe("of nuts and hmc"),
  maxDepth: count(8, "of nuts: doublings of a trajectory at most"),
  leapfrogSteps: count(20, "of hmc: steps of a trajectory"),
  preconditioning: z
    .boolean()
    .optional()
    .describe("of mclmc: divide coordinates by their deviations; in the full space it does so by default"),
  asPublished: z
    .boolean()
    .default(false)
    .describe(
      "as the authors' code, where flags do not say otherwise: MCLMC with 10 chains of 1000 draws, 100 gradients each (MNIST: 500, 10), its temperatures for the data; chains that all start at t from 0.5 to 0.78 with a noise scale near 1.05, since their starts are taken for unbounded coordinates; ordered biases that are interpolated",
    ),
  stepSizes: z
    .string()
    .regex(/^[\d.e-]+,[\d.e-]+$/, "give two numbers such as 0.15,0.001")
    .default("0.15,0.001")
    .describe("of random-walk: standard deviations of a step in the first coordinate and in the others"),
};

type Flags = z.output<z.ZodObject<typeof sampleFlags>>;

/** The flags with the defaults of their space. */
export function withDefaults<F extends Flags>(flags: F) {
  const full = flags.space === "full";
  const sampler = flags.sampler ?? (full ? "mclmc" : "nuts");
  const long = full && sampler === "mclmc";
  return {
    ...flags,
    sampler,
    warmup: flags.warmup ?? (long ? 10_000 : 500),
    thin: flags.thin ?? (long ? 10 : 1),
    preconditioning: flags.preconditioning ?? full,
    priorScale: flags.priorScale ?? (full ? 1 : 0.5),
  };
}

/** Temperatures such as 1,10,100. */
export function temperaturesOf(text: string): number[] {
  const temperatures = text.split(",").map(Number);
  if (temperatures.some((t) => !(t > 0 && Number.isFinite(t)))) {
    throw new UsageError(`--temperature "${text}" is not possible: give numbers above 0, such as 1,10,100.`);
  }
  if (new Set(temperatures).size < temperatures.length) {
    throw new UsageError(`--temperature "${text}" names a temperature twice; give each once.`);
  }
  return temperatures;
}

/** What the flags ask of the job. */
export function sampleSpecOf(flags: ReturnType<typeof withDefaults>): SampleSpec {
  const temperatures = temperaturesOf(flags.temperature);
  if (flags.sampler === "elliptical-slice" && flags.space !== "volume") {
    throw new UsageError(
      `--sampler elliptical-slice needs a Gaussian prior of a few coordinates, which --space ${flags.space} has not: take --space volume, or another sampler.`,
    );
  }
  return {
    space: flags.space,
    metric: flags.metric,
    tube: flags.tube,
    prior: { scale: flags.priorScale, weight: flags.prior },
    sampleNoise: flags.noise === "sampled",
    temperatures,
    sampler: {
      kind: flags.sampler,
      warmup: flags.warmup,
      targetAcceptance: flags.targetAcceptance,
      metric: flags.massMatrix,
      maxDepth: flags.maxDepth,
      leapfrogSteps: flags.leapfrogSteps,
      preconditioning: flags.preconditioning,
      stepSizes: flags.stepSizes.split(",").map(Number) as [number, number],
    },
    chains: flags.chains,
    draws: flags.draws,
    thin: flags.thin,
    publishedStarts: flags.asPublished,
  };
}
