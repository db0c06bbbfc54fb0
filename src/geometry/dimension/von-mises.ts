/** A von Mises distribution of angles, with density exp(κ cos(θ − mean)) / (2π I₀(κ)). */
export interface VonMises {
  /** ν, radians */
  mean: number;
  /** τ, ≥ 0: 0 is uniform, large values are narrow with variance 1/τ. */
  concentration: number;
}

/**
 * The concentration whose mean resultant length I₁(τ)/I₀(τ) is η, within 1 % (Fisher 1993, eq. 4.40; the inverse that
 * DANCo uses).
 *
 * @param resultant η in [0, 1)
 */
export function concentrationOf(resultant: number): number {
  const eta = resultant;
  if (eta < 0.53) return 2 * eta + eta ** 3 + (5 * eta ** 5) / 6;
  if (eta < 0.85) return -0.4 + 1.39 * eta + 0.43 / (1 - eta);
  return 1 / (eta ** 3 - 4 * eta ** 2 + 3 * eta);
}

/** Kullback–Leibler divergence of distribution q from p, ≥ 0 (Ceruti et al. 2014). */
export function vonMisesDivergence(p: VonMises, q: VonMises): number {
  return (
    logBesselI0(q.concentration) -
    logBesselI0(p.concentration) +
    meanResultant(p.concentration) * (p.concentration - q.concentration * Math.cos(p.mean - q.mean))
  );
}

/** I₁(τ)/I₀(τ), the mean of cos(θ − ν): the inverse of `concentrationOf`. */
export function meanResultant(concentration: number): number {
  const [i0, i1] = scaledBessel(concentration);
  return i1 / i0;
}

function logBesselI0(x: number): number {
  return x + Math.log(scaledBessel(x)[0]);
}

/**
 * exp(−x) I₀(x) and exp(−x) I₁(x) for x ≥ 0: (1/π) ∫ exp(x (cos θ − 1)) cos(nθ) dθ from 0 to π by the trapezoidal
 * rule, which for a periodic smooth function is exact to rounding once it resolves the peak, whose width is 1/√x.
 */
function scaledBessel(x: number): [number, number] {
  const steps = 24 + Math.ceil(8 * Math.sqrt(x));
  let i0 = (1 + Math.exp(-2 * x)) / 2;
  let i1 = (1 - Math.exp(-2 * x)) / 2;
  for (let i = 1; i < steps; i++) {
    const cos = Math.cos((Math.PI * i) / steps);
    const weight = Math.exp(x * (cos - 1));
    i0 += weight;
    i1 += weight * cos;
  }
  return [i0 / steps, i1 / steps];
}
