import type { Rng } from "../engine/index.ts";
import { drawMomentum, type Metric, velocityOf } from "./metric.ts";
import type { Evaluating, GradientState } from "./sampler.ts";

/** Energy errors beyond this are divergences (Stan, `max_deltaH`). */
export const MAX_ENERGY_ERROR = 1000;

/** What a Hamiltonian transition is tuned by. */
export interface HamiltonianTuning {
  readonly stepSize: number;
  readonly metric: Metric;
}

/** A point of phase space, of a target p(q) with momentum p ~ N(0, Σ⁻¹). Never changed in place. */
export interface PhasePoint extends GradientState {
  /** p [d] */
  readonly momentum: Float64Array;
  /** Σp [d] */
  readonly velocity: Float64Array;
  /** ½ pᵀΣp − log p(q), which the exact dynamics keep; NaN or infinite where the log-density is. */
  readonly energy: number;
}

/** A place of a chain with a fresh momentum. */
export function withMomentum(place: GradientState, metric: Metric, rng: Rng): PhasePoint {
  const { position, value, gradient } = place;
  const momentum = drawMomentum(metric, position.length, rng);
  const velocity = new Float64Array(position.length);
  velocityOf(metric, momentum, velocity);
  return { position, value, gradient, momentum, velocity, energy: energyOf(momentum, velocity, value) };
}

/**
 * A step of the leapfrog integrator: half a step of the momentum along the gradient, a step of the position along the
 * velocity, another half step of the momentum. Reversible; its energy error over a given time is O(stepSize²).
 *
 * @param stepSize negative to go back in time
 */
export function* leapfrog(from: PhasePoint, metric: Metric, stepSize: number): Evaluating<PhasePoint> {
  const d = from.position.length;
  const half = stepSize / 2;
  const momentum = new Float64Array(d);
  for (let i = 0; i < d; i++) momentum[i] = from.momentum[i] + half * from.gradient[i];
  const velocity = new Float64Array(d);
  velocityOf(metric, momentum, velocity);
  const position = new Float64Array(d);
  for (let i = 0; i < d; i++) position[i] = from.position[i] + stepSize * velocity[i];
  const evaluation = yield position;
  const { value } = evaluation;
  const gradient = evaluation.gradient.slice();
  for (let i = 0; i < d; i++) momentum[i] += half * gradient[i];
  velocityOf(metric, momentum, velocity);
  return { position, value, gradient, momentum, velocity, energy: energyOf(momentum, velocity, value) };
}

/** The place alone. */
export function placeOf({ position, value, gradient }: GradientState): GradientState {
  return { position, value, gradient };
}

function energyOf(momentum: Float64Array, velocity: Float64Array, value: number): number {
  let kinetic = 0;
  for (let i = 0; i < momentum.length; i++) kinetic += momentum[i] * velocity[i];
  return kinetic / 2 - value;
}
