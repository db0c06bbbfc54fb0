import { toyRegression } from "../../data/index.ts";
import type { PathFitSpec } from "../../fit/index.ts";
import { type Activation, mlp } from "../../model/index.ts";
import type { SampleSpec } from "../../run/node.ts";
import type { PathPlan } from "./context-node.ts";

/** The training of the toy paths of Dold et al. (2025, configuration files), in so many steps. */
export const toyFit = (degree: number, steps: number, change: Partial<PathFitSpec> = {}): PathFitSpec => ({
  kind: "adam",
  momentum: 0.9,
  weightDecay: 0,
  degree,
  steps,
  rate: 1e-3,
  samples: 20,
  uniform: "s",
  batch: 0,
  scale: 0.05,
  learnScale: true,
  validateEvery: 25,
  validationSamples: 1000,
  ...change,
});

/** The toy network, of x, x² and x³, and the data that it has made. */
export interface ToyNetwork {
  depth: number;
  width: number;
  activation: "relu" | "elu" | "tanh";
}

/** A path on the toy data of a seed. */
export async function toyPlan(
  { depth, width, activation }: ToyNetwork,
  seed: number,
  fit: PathFitSpec,
): Promise<PathPlan> {
  const dataset = await toyRegression({ depth, width, activation, seed });
  const widths = [1, ...new Array<number>(depth).fill(width), 1];
  return { dataset, network: mlp(widths, activation as Activation, 0, 3), fit, seed };
}

/** Sampling as Dold et al. (2025) do it, with MCLMC and their starts, at `gradients` gradients a draw. */
export const published = (
  space: SampleSpec["space"],
  {
    temperatures,
    chains,
    draws,
    gradients,
    priorScale,
  }: { temperatures: number[]; chains: number; draws: number; gradients: number; priorScale: number },
): SampleSpec => {
  const thin = Math.max(1, Math.floor(gradients / 2));
  return {
    space,
    metric: "published",
    tube: 0.1,
    prior: { scale: space === "volume" || space === "full" ? priorScale : 0.5, weight: "arc-length" },
    sampleNoise: true,
    temperatures,
    sampler: {
      kind: "mclmc",
      warmup: Math.max(1000, draws * thin),
      targetAcceptance: 0.8,
      metric: "diagonal",
      maxDepth: 8,
      leapfrogSteps: 20,
      preconditioning: space === "full",
      stepSizes: [0.15, 0.001],
    },
    chains,
    draws,
    thin,
    publishedStarts: true,
  };
};
