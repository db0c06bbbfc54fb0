import type { Rng } from "../engine/index.ts";
import { type DirectedPlace, isokineticStep, normalise } from "./isokinetic.ts";
import {
  type MclmcPlan,
  type MclmcSearch,
  type MclmcTuning,
  planTuning,
  startSearch,
  tune,
} from "./mclmc-tuning.ts";
import { type Evaluating, evaluateStart, type Sampler, type StepInfo } from "./sampler.ts";

export interface MclmcState extends DirectedPlace {
  readonly tuning: MclmcTuning;
  /** null once the tuning is fixed */
  readonly search: MclmcSearch | null;
}

export interface MclmcInfo extends StepInfo {
  /** Energy error of the step: its variance divided by d measures the bias. null if the step diverged. */
  readonly energyError: number | null;
}

export interface MclmcOptions {
  /**
   * Steps that the tuning is planned for, N: it runs 0.3 N of them, in phases of a tenth each (0.33 N with
   * preconditioning), and the others not at all. Default 10 000; at least 100.
   */
  budget?: number;
  /** Whether coordinates are divided by their standard deviations, as the tuning finds them; default false. */
  preconditioning?: boolean;
  /** Energy variance per dimension to tune for; default 5·10⁻⁴. Less is slower and less biased. */
  energyVariance?: number;
  /** A tuning to sample with from the first step; there is no search then. */
  tuning?: MclmcTuning;
}

/**
 * Microcanonical Langevin Monte Carlo (Robnik and Seljak 2023, "Microcanonical Langevin Monte Carlo"): isokinetic
 * dynamics whose direction loses its memory over a length L. Two evaluations a step. There is no Metropolis step, so that
 * draws have a bias, of a few percent of a standard deviation or less with the default energy variance. A step that meets
 * a log-density that is NaN or infinite is not taken: the chain stays, with a fresh direction. Needs two dimensions.
 */
export function mclmc(options: MclmcOptions = {}): Sampler<MclmcState, MclmcInfo> {
  const { budget = 10_000, preconditioning = false, energyVariance = 5e-4, tuning: given } = options;
  if (!(energyVariance > 0)) {
    throw new RangeError(`The energy variance is ${energyVariance}; give a positive number.`);
  }
  const plan: MclmcPlan = planTuning(budget, preconditioning, energyVariance);

  return {
    warmup: given ? 0 : plan.steps,

    *init(position, rng) {
      const d = position.length;
      if (d < 2) {
        throw new RangeError(`MCLMC was asked for ${d} dimension; it needs two: use another sampler.`);
      }
      if (given && given.scale.length !== d) {
        throw new RangeError(
          `The tuning scales ${given.scale.length} coordinates of ${d}; give a scale for each.`,
        );
      }
      const place = yield* evaluateStart(position);
      const momentum = direction(d, rng.split("momentum"));
      return { ...place, momentum, ...(given ? { tuning: given, search: null } : startSearch(d)) };
    },

    *step({ tuning, search, ...from }, rng) {
      const { place, energyError, evaluations } = yield* langevinStep(from, tuning, rng);
      const divergent = Number.isNaN(energyError);
      const tuned = search
        ? tune(plan, search, tuning, { position: place.position, energyError })
        : { tuning, search };
      return {
        state: { ...place, ...tuned },
        info: { divergent, evaluations, energyError: divergent ? null : energyError },
      };
    },
  };
}

/** A step of the integrator and a partial refreshment of the direction, or a fresh direction and NaN if it diverged. */
function* langevinStep(
  from: DirectedPlace,
  { stepSize, decoherence, scale }: MclmcTuning,
  rng: Rng,
): Evaluating<{ place: DirectedPlace; energyError: number; evaluations: number }> {
  const d = from.position.length;
  const { place, energyError } = yield* isokineticStep(from, stepSize, scale);
  if (!Number.isFinite(energyError)) {
    const evaluations = place === from ? 1 : 2;
    return {
      place: { ...from, momentum: direction(d, rng.split("fresh")) },
      energyError: Number.NaN,
      evaluations,
    };
  }
  const nu = Math.sqrt(Math.expm1((2 * stepSize) / decoherence) / d);
  const noise = rng.normal(d);
  const momentum = place.momentum;
  for (let i = 0; i < d; i++) momentum[i] += nu * noise[i];
  normalise(momentum);
  return { place, energyError, evaluations: 2 };
}

/** A uniform direction [d]. */
function direction(d: number, rng: Rng): Float64Array {
  const u = Float64Array.from(rng.normal(d));
  normalise(u);
  return u;
}
