import { monotoneSampleSize } from "./autocorrelation.ts";

/** What MCLMC is tuned by. */
export interface MclmcTuning {
  readonly stepSize: number;
  /** L: the length over which the direction is forgotten. */
  readonly decoherence: number;
  /** A length for each coordinate [d]; 1 without preconditioning. */
  readonly scale: Float64Array;
}

/** The tuning's state. Numbers are finite, so that it can be written as JSON. */
export interface MclmcSearch {
  /** Finished steps. */
  readonly step: number;
  /** Decayed sums of ξ/ε⁶ and of the weights: the step size is (sum / weight)^(−1/6). */
  readonly sum: number;
  readonly weight: number;
  /** 0.8 times the step size of the last step that diverged. */
  readonly maxStepSize: number;
  /** Averages of x and x² over time [d]. */
  readonly time: number;
  readonly mean: Float64Array;
  readonly meanSquare: Float64Array;
  /** Positions of the last phase. */
  readonly trace: readonly Float64Array[];
}

/** The steps after which each phase of a tuning ends. */
export interface MclmcPlan {
  readonly stepSizeAlone: number;
  readonly withMoments: number;
  /** Steps to find the step size of the new coordinates; none without preconditioning. */
  readonly rescaled: number;
  /** The end. */
  readonly steps: number;
  readonly preconditioning: boolean;
  readonly energyVariance: number;
}

/** Trust in the estimates of ξ, and how many of them are remembered. */
const TRUST = 1.5;
const DECAY = (150 - 1) / (150 + 1);
/** Decoherence length in autocorrelation lengths. */
const DECOHERENCE_FACTOR = 0.4;

export function planTuning(budget: number, preconditioning: boolean, energyVariance: number): MclmcPlan {
  if (!Number.isInteger(budget) || budget < 100) {
    throw new RangeError(
      `The tuning of MCLMC is planned for ${budget} steps; give a whole number from 100, better some thousands.`,
    );
  }
  const phase = Math.floor(budget / 10);
  const rescaled = 2 * phase + (preconditioning ? Math.round(phase / 3) : 0);
  return {
    stepSizeAlone: phase,
    withMoments: 2 * phase,
    rescaled,
    steps: rescaled + phase,
    preconditioning,
    energyVariance,
  };
}

const freshEstimates = { sum: 0, weight: 0, maxStepSize: Number.MAX_VALUE };

/** The tuning to start with, L = √d and ε = L/4. */
export function startSearch(d: number): { tuning: MclmcTuning; search: MclmcSearch } {
  const none = new Float64Array(d);
  return {
    tuning: { stepSize: Math.sqrt(d) / 4, decoherence: Math.sqrt(d), scale: new Float64Array(d).fill(1) },
    search: { step: 0, ...freshEstimates, time: 0, mean: none, meanSquare: none, trace: [] },
  };
}

/**
 * The tuning after a step (Robnik et al. 2023, section "hyperparameters", as in BlackJAX 1.2): first the step size, by
 * the energy variance; then also L as the size of the distribution, √Σ variances; then, with these fixed, L from the
 * autocorrelation of the coordinates.
 *
 * @param outcome where the step ended, and its energy error; NaN if it diverged
 */
export function tune(
  plan: MclmcPlan,
  search: MclmcSearch,
  tuning: MclmcTuning,
  outcome: { position: Float64Array; energyError: number },
): { tuning: MclmcTuning; search: MclmcSearch | null } {
  const { position, energyError } = outcome;
  const step = search.step + 1;
  if (step > plan.rescaled) {
    const trace = [...search.trace, position];
    if (step < plan.steps) return { tuning, search: { ...search, step, trace } };
    return { tuning: { ...tuning, decoherence: decoherenceOf(trace, tuning) }, search: null };
  }
  const adapted = adaptStepSize(search, tuning.stepSize, energyError, position.length * plan.energyVariance);
  const next = { ...tuning, stepSize: adapted.stepSize };
  let now: MclmcSearch = { ...search, ...adapted.estimates, step };
  if (step > plan.stepSizeAlone && step <= plan.withMoments && !Number.isNaN(energyError)) {
    now = addToMoments(now, position, tuning.stepSize);
  }
  if (step !== plan.withMoments || now.time === 0) return { tuning: next, search: now };

  const variances = now.mean.map((mean, i) => now.meanSquare[i] - mean * mean);
  if (!plan.preconditioning) {
    const size = Math.sqrt(variances.reduce((total, variance) => total + Math.max(0, variance), 0));
    return { tuning: { ...next, decoherence: size > 0 ? size : next.decoherence }, search: now };
  }
  // A coordinate that has not moved keeps its scale.
  const scale = variances.map((variance, i) => (variance > 0 ? Math.sqrt(variance) : next.scale[i]));
  const decoherence = Math.sqrt(position.length);
  return { tuning: { ...next, decoherence, scale }, search: { ...now, ...freshEstimates } };
}

/** The step size at which the energy variance is as wanted, since it grows with the sixth power of the step size. */
function adaptStepSize(
  { sum, weight, maxStepSize }: MclmcSearch,
  stepSize: number,
  energyError: number,
  energyVariance: number,
): { stepSize: number; estimates: Pick<MclmcSearch, "sum" | "weight" | "maxStepSize"> } {
  const diverged = Number.isNaN(energyError);
  const max = diverged ? 0.8 * stepSize : maxStepSize;
  // 10⁻⁸ and 10²⁰ keep logarithms and weights finite; a step that diverged counts as one without error, of little weight.
  const error = diverged ? 0 : Math.min(1e20, Math.abs(energyError));
  const xi = error ** 2 / energyVariance + 1e-8;
  const trust = Math.exp(-0.5 * (Math.log(xi) / (6 * TRUST)) ** 2);
  const newSum = DECAY * sum + (trust * xi) / stepSize ** 6;
  const newWeight = DECAY * weight + trust;
  return {
    stepSize: Math.min(max, (newSum / newWeight) ** (-1 / 6)),
    estimates: { sum: newSum, weight: newWeight, maxStepSize: max },
  };
}

/** Streaming averages, weighted by the time that the step took. */
function addToMoments(search: MclmcSearch, position: Float64Array, stepSize: number): MclmcSearch {
  const time = search.time + stepSize;
  const share = stepSize / time;
  const mean = search.mean.map((m, i) => m + share * (position[i] - m));
  const meanSquare = search.meanSquare.map((m, i) => m + share * (position[i] ** 2 - m));
  return { ...search, time, mean, meanSquare };
}

/** L = 0.4 ε · mean over coordinates of n / ESS; as it was if no coordinate has an effective sample size. */
function decoherenceOf(trace: readonly Float64Array[], { stepSize, decoherence }: MclmcTuning): number {
  const n = trace.length;
  const times: number[] = [];
  for (let i = 0; i < trace[0].length; i++) {
    const size = monotoneSampleSize(trace.map((position) => position[i]));
    if (size > 0) times.push(n / size);
  }
  if (times.length === 0) return decoherence;
  return (DECOHERENCE_FACTOR * stepSize * times.reduce((total, time) => total + time, 0)) / times.length;
}
