import type { Rng } from "../engine/index.ts";
import {
  type AdaptiveOptions,
  adaptiveSampler,
  type HamiltonianInfo,
  type HamiltonianState,
} from "./adaptation.ts";
import { type HamiltonianTuning, leapfrog, MAX_ENERGY_ERROR, placeOf, withMomentum } from "./leapfrog.ts";
import type { Evaluating, GradientState, Sampler } from "./sampler.ts";
import { uniforms } from "./uniforms.ts";

export interface HmcOptions extends AdaptiveOptions {
  /** Leapfrog steps of a trajectory. */
  steps: number;
  /**
   * The step size of each trajectory is multiplied by a uniform number of [1 − jitter, 1 + jitter], so that no period of
   * the dynamics keeps a chain in its place; in [0, 1), default 0.
   */
  jitter?: number;
}

export interface HmcInfo extends HamiltonianInfo {
  readonly accepted: boolean;
}

/** Hamiltonian Monte Carlo with trajectories of a fixed number of steps (Neal 2011, "MCMC using Hamiltonian dynamics"). */
export function hmc({ steps, jitter = 0, ...options }: HmcOptions): Sampler<HamiltonianState, HmcInfo> {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`Trajectories of ${steps} steps were asked for; give a whole number from 1.`);
  }
  if (!(jitter >= 0 && jitter < 1)) throw new RangeError(`The jitter is ${jitter}; give a number in [0, 1).`);
  return adaptiveSampler((place, tuning, rng) => hmcTransition(place, tuning, steps, jitter, rng), options);
}

/** One transition with a given step size and metric. */
export function* hmcTransition(
  place: GradientState,
  { stepSize, metric }: HamiltonianTuning,
  steps: number,
  jitter: number,
  rng: Rng,
): Evaluating<{ state: GradientState; info: HmcInfo }> {
  const uniform = uniforms(rng.split("uniforms"));
  const jittered = stepSize * (1 + jitter * (2 * uniform() - 1));
  const start = withMomentum(place, metric, rng.split("momentum"));
  let end = start;
  let evaluations = 0;
  // Only a place that cannot be left ends a trajectory early: it does so from both sides, which keeps reversibility.
  while (evaluations < steps && Number.isFinite(end.energy)) {
    end = yield* leapfrog(end, metric, jittered);
    evaluations++;
  }
  const error = end.energy - start.energy;
  const divergent = !Number.isFinite(error) || error > MAX_ENERGY_ERROR;
  const acceptance = divergent ? 0 : Math.min(1, Math.exp(-error));
  const accepted = uniform() < acceptance;
  const { energy } = accepted ? end : start;
  return {
    state: accepted ? placeOf(end) : place,
    info: { divergent, evaluations, acceptance, energy, stepSize: jittered, accepted },
  };
}
