import {
  type ChainState,
  hmc,
  mclmc,
  nuts,
  randomWalk,
  type Sampler,
  type StepInfo,
} from "../inference/index.ts";

export const SAMPLERS = ["nuts", "hmc", "mclmc", "random-walk"] as const;

/** Which sampler, and what it is told. */
export interface SamplerSpec {
  kind: (typeof SAMPLERS)[number];
  /** Steps that adapt NUTS or HMC, or that the tuning of MCLMC is planned for; they are not draws. */
  warmup: number;
  /** Of NUTS and HMC: acceptance to aim at; kind of mass matrix. */
  targetAcceptance: number;
  metric: "diagonal" | "dense";
  /** Of NUTS: doublings of a trajectory at most. */
  maxDepth: number;
  /** Of HMC: leapfrog steps of a trajectory. */
  leapfrogSteps: number;
  /** Of MCLMC: whether coordinates are divided by their standard deviations. */
  preconditioning: boolean;
  /** Of the random walk: standard deviations of a step in the first coordinate and in all others. */
  stepSizes: readonly [first: number, others: number];
}

/** The sampler of a spec, for positions of d dimensions. */
export function samplerOf(spec: SamplerSpec, d: number): Sampler<ChainState, StepInfo> {
  const { warmup, targetAcceptance, metric, maxDepth, leapfrogSteps, preconditioning, stepSizes } = spec;
  const adaptive = { warmup, targetAcceptance, metric };
  const [first, others] = stepSizes;
  const samplers = {
    nuts: () => nuts({ ...adaptive, maxDepth }),
    hmc: () => hmc({ ...adaptive, steps: leapfrogSteps, jitter: 0.2 }),
    mclmc: () => mclmc({ budget: warmup, preconditioning }),
    "random-walk": () => ({
      ...randomWalk({ sd: Float64Array.from({ length: d }, (_, i) => (i === 0 ? first : others)) }),
      warmup,
    }),
  };
  // A sampler is only ever given its own states back.
  return samplers[spec.kind]() as unknown as Sampler<ChainState, StepInfo>;
}
