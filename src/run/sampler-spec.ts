import {
  type ChainState,
  ellipticalSlice,
  hmc,
  type LogDensity,
  mclmc,
  nuts,
  type Posterior,
  randomWalk,
  type Sampler,
  type StepInfo,
} from "../inference/index.ts";

export const SAMPLERS = ["nuts", "hmc", "mclmc", "elliptical-slice", "random-walk"] as const;

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

/** A sampler, and the density that it runs over. */
export interface SamplingPlan {
  sampler: Sampler<ChainState, StepInfo>;
  density: LogDensity;
  /** What to add to the values of chains at draws [n, d], so that they are log-densities of the posterior: [n]. */
  missing?: (draws: Float64Array) => Float64Array;
}

/**
 * The sampler of a spec for a posterior.
 *
 * @throws RangeError for elliptical slice sampling of anything but a volume
 */
export function samplingPlan(spec: SamplerSpec, target: Posterior): SamplingPlan {
  const { warmup, targetAcceptance, metric, maxDepth, leapfrogSteps, preconditioning, stepSizes } = spec;
  const adaptive = { warmup, targetAcceptance, metric };
  const [first, others] = stepSizes;
  const d = target.dimension;
  // A sampler is only ever given its own states back.
  const plan = (sampler: unknown) => ({
    sampler: sampler as Sampler<ChainState, StepInfo>,
    density: target,
  });
  const plans: Record<SamplerSpec["kind"], () => SamplingPlan> = {
    nuts: () => plan(nuts({ ...adaptive, maxDepth })),
    hmc: () => plan(hmc({ ...adaptive, steps: leapfrogSteps, jitter: 0.2 })),
    mclmc: () => plan(mclmc({ budget: warmup, preconditioning })),
    "elliptical-slice": () => {
      if (!target.factors) {
        throw new RangeError(
          "Elliptical slice sampling needs a Gaussian prior of a few coordinates, which only the volume has; sample the volume, or take another sampler.",
        );
      }
      const { priorSd, likelihood } = target.factors;
      return {
        ...plan({ ...ellipticalSlice({ priorSd }), warmup }),
        density: likelihood,
        missing: (draws) => normalLogDensities(draws, priorSd),
      };
    },
    "random-walk": () => {
      const sd = Float64Array.from({ length: d }, (_, i) => (i === 0 ? first : others));
      return plan({ ...randomWalk({ sd }), warmup });
    },
  };
  return plans[spec.kind]();
}

/** log N(x; 0, diag(sd²)) of n rows of d numbers. */
function normalLogDensities(rows: Float64Array, sd: Float64Array): Float64Array {
  const d = sd.length;
  const constant = sd.reduce((sum, s) => sum - Math.log(s * Math.sqrt(2 * Math.PI)), 0);
  const values = new Float64Array(rows.length / d).fill(constant);
  rows.forEach((x, at) => {
    values[Math.floor(at / d)] -= (x / sd[at % d]) ** 2 / 2;
  });
  return values;
}
