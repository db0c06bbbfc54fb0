import type { Rng } from "../engine/index.ts";
import type { HamiltonianTuning } from "./leapfrog.ts";
import { type Metric, metricOf, unitMetric } from "./metric.ts";
import { addPosition, noMoments, type RunningMoments, regularisedCovariance } from "./running-moments.ts";
import {
  type Evaluating,
  evaluateStart,
  type GradientState,
  type Sampler,
  type StepInfo,
} from "./sampler.ts";
import { averageStepSize, type DualAveraging, reasonableStepSize, startAveraging } from "./step-size.ts";

export interface HamiltonianState extends GradientState {
  readonly tuning: HamiltonianTuning;
  /** null once the tuning is fixed */
  readonly adaptation: Adaptation | null;
}

/** What the warm-up of a Hamiltonian sampler has learnt so far. */
export interface Adaptation {
  /** Finished steps. */
  readonly step: number;
  readonly averaging: DualAveraging;
  /** Of the positions of the present window. */
  readonly moments: RunningMoments;
}

export interface HamiltonianInfo extends StepInfo {
  /** Metropolis acceptance in [0, 1]: of the end of a trajectory, or the mean over its points. */
  readonly acceptance: number;
  /** Energy at the new position, with the momentum that led there. */
  readonly energy: number;
  readonly stepSize: number;
}

export interface AdaptiveOptions {
  /** Steps that adapt step size and metric; default 1000. From 20 on the metric is adapted, below that not. */
  warmup?: number;
  /** In (0, 1); default 0.8. */
  targetAcceptance?: number;
  /** Kind of the metric: "diagonal" (default), or "dense" for few and strongly correlated dimensions. */
  metric?: Metric["kind"];
  /** Step size and metric to begin with; default 1, before the search for a reasonable one, and the identity. */
  tuning?: HamiltonianTuning;
}

/** A transition of a Hamiltonian sampler with a given tuning. */
type Transition<Info extends HamiltonianInfo> = (
  place: GradientState,
  tuning: HamiltonianTuning,
  rng: Rng,
) => Evaluating<{ state: GradientState; info: Info }>;

/**
 * A Hamiltonian sampler that adapts during its warm-up as Stan does: the step size by dual averaging in every step, the
 * metric at the end of each of `warmupWindows`, from the draws of that window; the step size starts anew with each metric.
 */
export function adaptiveSampler<Info extends HamiltonianInfo>(
  transition: Transition<Info>,
  { warmup = 1000, targetAcceptance = 0.8, metric, tuning: given }: AdaptiveOptions,
): Sampler<HamiltonianState, Info> {
  const kind = metric ?? given?.metric.kind ?? "diagonal";
  const windows = warmupWindows(warmup);
  check(warmup, targetAcceptance, kind, given);

  return {
    warmup,

    *init(position, rng) {
      const place = yield* evaluateStart(position);
      const tuning = given ?? { stepSize: 1, metric: unitMetric(kind, position.length) };
      if (warmup === 0) return { ...place, tuning, adaptation: null };
      const { stepSize } = yield* reasonableStepSize(place, tuning, rng.split("step size"));
      const moments = noMoments(kind, position.length);
      const adaptation = { step: 0, averaging: startAveraging(stepSize), moments };
      return { ...place, tuning: { ...tuning, stepSize }, adaptation };
    },

    *step({ position, value, gradient, tuning, adaptation }, rng) {
      const { state: place, info } = yield* transition({ position, value, gradient }, tuning, rng);
      if (!adaptation) return { state: { ...place, tuning, adaptation }, info };

      const step = adaptation.step + 1;
      let { averaging, stepSize } = averageStepSize(adaptation.averaging, info.acceptance, targetAcceptance);
      let next: HamiltonianTuning = { stepSize, metric: tuning.metric };
      let { moments } = adaptation;
      let { evaluations } = info;
      if (step > windows.from && step <= (windows.ends.at(-1) ?? 0)) {
        moments = addPosition(moments, place.position);
      }
      if (windows.ends.includes(step)) {
        next = { stepSize, metric: metricOf(kind, regularisedCovariance(moments)) };
        moments = noMoments(kind, position.length);
        const found = yield* reasonableStepSize(place, next, rng.split("step size"));
        evaluations += found.evaluations;
        next = { ...next, stepSize: found.stepSize };
        averaging = startAveraging(found.stepSize);
      }
      if (step === warmup) {
        next = { ...next, stepSize: Math.exp(averaging.logMean) };
        return { state: { ...place, tuning: next, adaptation: null }, info: { ...info, evaluations } };
      }
      return {
        state: { ...place, tuning: next, adaptation: { step, averaging, moments } },
        info: { ...info, evaluations },
      };
    },
  };
}

/**
 * Stan's windows of a warm-up: 75 steps for the step size alone, then windows of 25, 50, 100, … steps for the metric, the
 * last of them stretched, then 50 steps for the step size. A warm-up of less than 150 has one window, between the first
 * 15 % and the last 10 % of its steps; one of less than 20 has none.
 *
 * @returns the steps after which the first window begins and each window ends
 */
export function warmupWindows(warmup: number): { from: number; ends: number[] } {
  if (warmup < 20) return { from: 0, ends: [] };
  if (warmup < 150) {
    return { from: Math.floor(0.15 * warmup), ends: [warmup - Math.floor(0.1 * warmup)] };
  }
  const from = 75;
  const last = warmup - 50;
  const ends: number[] = [];
  for (let size = 25, end = from + size; ; size *= 2, end += size) {
    // A window that leaves no room for the next one, of twice its size, takes what is left.
    if (ends.length > 0 && end + 2 * size > last) end = last;
    ends.push(end);
    if (end === last) return { from, ends };
  }
}

function check(warmup: number, target: number, kind: Metric["kind"], given?: HamiltonianTuning): void {
  if (!Number.isInteger(warmup) || warmup < 0) {
    throw new RangeError(`A warm-up of ${warmup} steps was asked for; give a whole number from 0.`);
  }
  if (!(target > 0 && target < 1)) {
    throw new RangeError(`The target acceptance is ${target}; give a number between 0 and 1, 0.8 say.`);
  }
  if (warmup === 0 && !given) {
    throw new RangeError(
      "Without a warm-up nothing finds a step size; give a tuning, or some steps of warm-up.",
    );
  }
  if (given && !(given.stepSize > 0 && Number.isFinite(given.stepSize))) {
    throw new RangeError(`The step size is ${given.stepSize}; give a positive number.`);
  }
  if (given && given.metric.kind !== kind) {
    throw new RangeError(
      `A ${given.metric.kind} metric was given and a ${kind} one asked for; give one of that kind.`,
    );
  }
}
