import type { z } from "zod";
import type { DataSpec } from "./spec-data.ts";
import type { PathFlags } from "./spec-path.ts";
import type { sampleFlags } from "./spec-sample.ts";

/** Settings of Dold et al. (2025, configuration files and code), which --as-published takes where a flag is not given. */

type SampleFlags = z.output<z.ZodObject<typeof sampleFlags>>;

/** Training: what UCI data, and any others, have; then what the toy and MNIST have of their own. */
const PATHS: Record<"others" | "toy-regression" | "mnist", Partial<PathFlags>> = {
  others: { steps: 100_000, rate: 5e-3, samples: 10 },
  "toy-regression": { steps: 100_000, rate: 1e-3, samples: 20, powers: 3 },
  mnist: { network: "lenet", steps: 5000, rate: 5e-3, samples: 1, batch: 480, validationSamples: 10 },
};

/** Sampling: draws of a chain, gradients of each, and temperatures. */
const SAMPLING = {
  others: {
    draws: 1000,
    gradients: 100,
    temperature: "1,2.154,4.642,10,21.544,46.416,100,215.443,464.159",
    volumeScale: 0.5,
  },
  "toy-regression": {
    draws: 1000,
    gradients: 100,
    temperature: "1,3.162,10,31.62,100,316.2",
    volumeScale: 1,
  },
  mnist: { draws: 500, gradients: 10, temperature: "1,10,50,100,500", volumeScale: 0.5 },
};

const kindOf = (data: string) => (data === "toy-regression" || data === "mnist" ? data : "others");

/** The spec with the settings in place of flags that were not given. */
function filled<S extends object>(spec: S, settings: Partial<S>, given: ReadonlySet<string>): S {
  const rest = Object.entries(settings).filter(([key]) => !given.has(key));
  return { ...spec, ...Object.fromEntries(rest) };
}

/**
 * The spec of a path as published. With ordered biases the code trains uniformly in t, whatever it is told. The
 * validation examples of MNIST are the fold (seed mod 5) of five.
 */
export function publishedPath<S extends PathFlags & DataSpec & { seed: number }>(
  spec: S,
  given: ReadonlySet<string>,
): S {
  const { data, orderedBiases, seed } = spec;
  const fold = data === "mnist" && !given.has("validationCount") ? { fold: seed % 5 } : {};
  const settings: Partial<PathFlags & DataSpec> = {
    init: "flax",
    optimiser: "adam",
    uniform: orderedBiases ? "t" : "s",
    validateEvery: 1,
    validationSamples: 1000,
    ...fold,
    ...PATHS[kindOf(data)],
  };
  return filled(spec, settings as Partial<S>, given);
}

/** The spec of sampling as published, for the sampler that is given or MCLMC, with the same gradients for each draw. */
export function publishedSampling<S extends SampleFlags & DataSpec>(spec: S, given: ReadonlySet<string>): S {
  const { draws, gradients, temperature, volumeScale } = SAMPLING[kindOf(spec.data)];
  const sampler = given.has("sampler") ? spec.sampler : "mclmc";
  const volume = spec.space === "volume";
  // MCLMC takes two gradients a step, a random walk none, which the code counts as one; others take one step a draw.
  const thin = sampler === "mclmc" ? gradients / 2 : sampler === "random-walk" ? gradients : 1;
  const settings: Partial<SampleFlags> = {
    sampler,
    chains: 10,
    draws,
    thin,
    warmup: draws * (sampler === "mclmc" ? thin : 1),
    temperature,
    leapfrogSteps: gradients,
    priorScale: { volume: volumeScale, full: 1, tunnel: 0.5, line: 0.5 }[spec.space],
    stepSizes: volume ? "0.15,0.15" : "0.15,0.001",
  };
  return filled(spec, settings as Partial<S>, given);
}
