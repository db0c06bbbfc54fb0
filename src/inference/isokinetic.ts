import type { Evaluating, GradientState } from "./sampler.ts";

/** A place with a direction: the momentum of isokinetic dynamics, of length 1. Never changed in place. */
export interface DirectedPlace extends GradientState {
  /** [d], in the coordinates divided by `scale` */
  readonly momentum: Float64Array;
}

/** First coefficient of McLachlan's (1995) second-order scheme of smallest error, for momentum, position, momentum, … */
const B1 = 0.1931833275037836;

/**
 * A step of the isokinetic dynamics ẋ = u, u̇ = (1 − u uᵀ) ∇log p / (d − 1), |u| = 1, whose microcanonical distribution
 * has the marginal p(x) (Robnik et al. 2023, "Microcanonical Hamiltonian Monte Carlo"), with the minimal-norm scheme of
 * McLachlan: momentum b, position ½, momentum 1 − 2b, position ½, momentum b.
 *
 * @param scale a length for each coordinate [d]: the dynamics are those of x / scale
 * @returns the place after the step, and the energy error, which is 0 for the exact dynamics: NaN or infinite if the step
 *   met such a log-density
 */
export function* isokineticStep(
  from: DirectedPlace,
  stepSize: number,
  scale: Float64Array,
): Evaluating<{ place: DirectedPlace; energyError: number }> {
  const d = from.position.length;
  const momentum = from.momentum.slice();
  const position = from.position.slice();
  const drift = () => {
    for (let i = 0; i < d; i++) position[i] += (stepSize / 2) * momentum[i] * scale[i];
  };
  let kinetic = turn(momentum, from.gradient, scale, stepSize * B1);
  drift();
  const middle = yield position;
  // A place without a log-density has no gradient to go on with.
  if (!Number.isFinite(middle.value)) return { place: from, energyError: Number.NaN };
  kinetic += turn(momentum, middle.gradient, scale, stepSize * (1 - 2 * B1));
  drift();
  const { value, gradient: last } = yield position;
  const gradient = last.slice();
  kinetic += turn(momentum, gradient, scale, stepSize * B1);
  return { place: { position, value, gradient, momentum }, energyError: kinetic - value + from.value };
}

/**
 * Turns the direction u, in place, towards a gradient that stays the same for some time (Steeg and Galstyan 2021,
 * "Hamiltonian dynamics with non-Newtonian momentum for rapid sampling").
 *
 * @returns the change of the kinetic energy
 */
export function turn(u: Float64Array, gradient: Float64Array, scale: Float64Array, time: number): number {
  const d = u.length;
  let squared = 0;
  let dot = 0;
  for (let i = 0; i < d; i++) {
    const g = gradient[i] * scale[i];
    squared += g * g;
    dot += u[i] * g;
  }
  const norm = Math.sqrt(squared);
  if (norm === 0) return 0;
  const p = Math.max(-1, Math.min(1, dot / norm));
  const delta = (time * norm) / (d - 1);
  const zeta = Math.exp(-delta);
  const towards = ((1 - zeta) * (1 + zeta + p * (1 - zeta))) / norm;
  for (let i = 0; i < d; i++) u[i] = towards * gradient[i] * scale[i] + 2 * zeta * u[i];
  normalise(u);
  return (d - 1) * (delta - Math.LN2 + Math.log(1 + p + (1 - p) * zeta * zeta));
}

/** Divides a vector by its length, in place. */
export function normalise(u: Float64Array): void {
  let squared = 0;
  for (let i = 0; i < u.length; i++) squared += u[i] * u[i];
  const length = Math.sqrt(squared);
  for (let i = 0; i < u.length; i++) u[i] /= length;
}
