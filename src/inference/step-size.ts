import type { Rng } from "../engine/index.ts";
import { type HamiltonianTuning, leapfrog, withMomentum } from "./leapfrog.ts";
import type { Evaluating, GradientState } from "./sampler.ts";

/** Dual averaging of the log of a step size towards an acceptance (Hoffman and Gelman 2014, section 3.2.1). */
export interface DualAveraging {
  /** Updates so far. */
  readonly count: number;
  /** The value that log step sizes are shrunk to. */
  readonly mu: number;
  /** Mean of target − acceptance, in which early updates count less. */
  readonly error: number;
  /** Weighted mean of the log step sizes: what they converge to. */
  readonly logMean: number;
}

/** Defaults of Hoffman and Gelman and of Stan: γ, t₀ and κ. */
const SHRINKAGE = 0.05;
const STABILISATION = 10;
const FORGETTING = 0.75;

/** Starts at a step size, and tends to try larger ones first: μ = ln(10 ε). */
export function startAveraging(stepSize: number): DualAveraging {
  return { count: 0, mu: Math.log(10 * stepSize), error: 0, logMean: 0 };
}

/** The averaging after a step with an acceptance in [0, 1], and the step size to try next. */
export function averageStepSize(
  averaging: DualAveraging,
  acceptance: number,
  target: number,
): { averaging: DualAveraging; stepSize: number } {
  const { mu } = averaging;
  const count = averaging.count + 1;
  const share = 1 / (count + STABILISATION);
  const error = (1 - share) * averaging.error + share * (target - acceptance);
  const logStepSize = mu - (error * Math.sqrt(count)) / SHRINKAGE;
  const recent = count ** -FORGETTING;
  const logMean = (1 - recent) * averaging.logMean + recent * logStepSize;
  return { averaging: { count, mu, error, logMean }, stepSize: Math.exp(logStepSize) };
}

/**
 * A step size of the right order: doubled or halved until the acceptance of one leapfrog step, each time with a fresh
 * momentum, crosses 0.8 (Hoffman and Gelman 2014, algorithm 4, with 0.8 instead of ½ as in Stan).
 *
 * @throws RangeError if there is none between 10⁻³⁰⁰ and 10⁷
 */
export function* reasonableStepSize(
  place: GradientState,
  { stepSize: first, metric }: HamiltonianTuning,
  rng: Rng,
): Evaluating<{ stepSize: number; evaluations: number }> {
  let stepSize = first;
  let evaluations = 0;
  let growing: boolean | undefined;
  while (true) {
    const start = withMomentum(place, metric, rng.foldIn(evaluations));
    const end = yield* leapfrog(start, metric, stepSize);
    evaluations++;
    // Not true of NaN.
    const tooSmall = Number.isFinite(end.energy) && start.energy - end.energy > Math.log(0.8);
    growing ??= tooSmall;
    if (tooSmall !== growing) return { stepSize, evaluations };
    stepSize *= growing ? 2 : 0.5;
    if (stepSize > 1e7) {
      throw new RangeError(
        "No step size up to 10⁷ is too large for this log-density; it is probably flat, and its posterior improper.",
      );
    }
    if (stepSize < 1e-300) {
      throw new RangeError(
        "No step size is small enough for this log-density; its gradient is probably not that of its value.",
      );
    }
  }
}
