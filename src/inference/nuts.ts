import type { Rng } from "../engine/index.ts";
import {
  type AdaptiveOptions,
  adaptiveSampler,
  type HamiltonianInfo,
  type HamiltonianState,
} from "./adaptation.ts";
import {
  type HamiltonianTuning,
  leapfrog,
  MAX_ENERGY_ERROR,
  type PhasePoint,
  placeOf,
  withMomentum,
} from "./leapfrog.ts";
import type { Evaluating, GradientState, Sampler } from "./sampler.ts";
import { uniforms } from "./uniforms.ts";

export interface NutsOptions extends AdaptiveOptions {
  /** Doublings of a trajectory at most, so 2^maxDepth − 1 steps; default 10. */
  maxDepth?: number;
}

export interface NutsInfo extends HamiltonianInfo {
  /** Doublings of the trajectory that were kept. */
  readonly depth: number;
}

/**
 * The no-U-turn sampler as Stan has it: trajectories are doubled, forward or backward at random, until they turn, and the
 * next draw is one of their points, chosen by its weight exp(−energy) with a bias towards the later doublings (Hoffman
 * and Gelman 2014; Betancourt 2017, "A conceptual introduction to Hamiltonian Monte Carlo", appendix A; with the checks
 * across subtrees of Stan since 2.21).
 */
export function nuts({ maxDepth = 10, ...options }: NutsOptions = {}): Sampler<HamiltonianState, NutsInfo> {
  if (!Number.isInteger(maxDepth) || maxDepth < 1) {
    throw new RangeError(`The maximal tree depth is ${maxDepth}; give a whole number from 1.`);
  }
  return adaptiveSampler((place, tuning, rng) => nutsTransition(place, tuning, maxDepth, rng), options);
}

/** One transition with a given step size and metric. */
export function* nutsTransition(
  place: GradientState,
  tuning: HamiltonianTuning,
  maxDepth: number,
  rng: Rng,
): Evaluating<{ state: GradientState; info: NutsInfo }> {
  const start = withMomentum(place, tuning.metric, rng.split("momentum"));
  const trajectory: Trajectory = {
    tuning,
    energy: start.energy,
    uniform: uniforms(rng.split("uniforms")),
    steps: 0,
    acceptance: 0,
    divergent: false,
  };
  let sample = start;
  let [backward, forward] = [start, start];
  let momentumSum = start.momentum;
  let logWeight = 0;
  let depth = 0;
  while (depth < maxDepth) {
    const direction = trajectory.uniform() > 0.5 ? 1 : -1;
    const [far, near] = direction > 0 ? [backward, forward] : [forward, backward];
    const grown = yield* buildTree(near, depth, direction, trajectory);
    if (!grown) break;
    depth++;
    if (direction > 0) forward = grown.last;
    else backward = grown.last;
    // Biased progressive sampling: the new half is taken with probability min(1, its weight / that of the old half).
    if (trajectory.uniform() < Math.exp(grown.logWeight - logWeight)) sample = grown.sample;
    logWeight = logAddExp(logWeight, grown.logWeight);
    const whole = sum(momentumSum, grown.momentumSum);
    if (turns({ first: far, last: near, momentumSum }, grown, whole)) break;
    momentumSum = whole;
  }
  const { steps, divergent } = trajectory;
  return {
    state: placeOf(sample),
    info: {
      divergent,
      evaluations: steps,
      acceptance: trajectory.acceptance / steps,
      energy: sample.energy,
      stepSize: tuning.stepSize,
      depth,
    },
  };
}

/** What the subtrees of a trajectory share, counted while it grows. */
interface Trajectory {
  readonly tuning: HamiltonianTuning;
  /** Energy at the start. */
  readonly energy: number;
  readonly uniform: () => number;
  steps: number;
  /** Sum over all points of min(1, exp(start energy − energy)), those of rejected subtrees included. */
  acceptance: number;
  divergent: boolean;
}

/** A stretch of a trajectory. */
interface Stretch {
  /** The ends, in the direction of travel. */
  readonly first: PhasePoint;
  readonly last: PhasePoint;
  /** Sum of the momenta of all points [d]. */
  readonly momentumSum: Float64Array;
}

interface Tree extends Stretch {
  /** A point, drawn in proportion to its weight. */
  readonly sample: PhasePoint;
  /** Log of the sum of the weights exp(start energy − energy). */
  readonly logWeight: number;
}

/** The 2^depth points that follow `from` in a direction, or null where a part of them turns or diverges. */
function* buildTree(
  from: PhasePoint,
  depth: number,
  direction: 1 | -1,
  trajectory: Trajectory,
): Evaluating<Tree | null> {
  if (depth === 0) {
    const { metric, stepSize } = trajectory.tuning;
    const point = yield* leapfrog(from, metric, direction * stepSize);
    trajectory.steps++;
    const logWeight = trajectory.energy - point.energy;
    if (!Number.isFinite(logWeight) || logWeight < -MAX_ENERGY_ERROR) {
      trajectory.divergent = true;
      return null;
    }
    trajectory.acceptance += Math.min(1, Math.exp(logWeight));
    return { first: point, last: point, momentumSum: point.momentum, sample: point, logWeight };
  }
  const inner = yield* buildTree(from, depth - 1, direction, trajectory);
  if (!inner) return null;
  const outer = yield* buildTree(inner.last, depth - 1, direction, trajectory);
  if (!outer) return null;
  const logWeight = logAddExp(inner.logWeight, outer.logWeight);
  // Multinomial sampling within the subtree.
  const sample = trajectory.uniform() < Math.exp(outer.logWeight - logWeight) ? outer.sample : inner.sample;
  const momentumSum = sum(inner.momentumSum, outer.momentumSum);
  if (turns(inner, outer, momentumSum)) return null;
  return { first: inner.first, last: outer.last, momentumSum, sample, logWeight };
}

/**
 * Whether a trajectory of two stretches, one after the other, makes a U-turn: as a whole, or from the beginning to the
 * first point of the second stretch, or from the last point of the first stretch to the end. The criterion is symmetric,
 * so that it does not matter if both are travelled backward.
 */
function turns(inner: Stretch, outer: Stretch, whole: Float64Array): boolean {
  return !(
    straight(inner.first, outer.last, whole) &&
    straight(inner.first, outer.first, inner.momentumSum, outer.first.momentum) &&
    straight(inner.last, outer.last, outer.momentumSum, inner.last.momentum)
  );
}

/** Whether both ends still move along ρ, the sum of momenta (plus one more): Betancourt (2017), appendix A.4.2. */
function straight(a: PhasePoint, b: PhasePoint, momenta: Float64Array, more?: Float64Array): boolean {
  let alongA = 0;
  let alongB = 0;
  for (let i = 0; i < momenta.length; i++) {
    const rho = more ? momenta[i] + more[i] : momenta[i];
    alongA += a.velocity[i] * rho;
    alongB += b.velocity[i] * rho;
  }
  return alongA > 0 && alongB > 0;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  const total = new Float64Array(a.length);
  for (let i = 0; i < total.length; i++) total[i] = a[i] + b[i];
  return total;
}

/** ln(eᵃ + eᵇ) of finite numbers. */
function logAddExp(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
