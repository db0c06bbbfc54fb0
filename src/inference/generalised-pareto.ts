import { logSumExp } from "./log-sum-exp.ts";

/** A generalised Pareto distribution on x ≥ 0, with density (1 + kx/σ)^(−1/k−1)/σ. */
export interface GeneralisedPareto {
  /** Shape: moments up to order 1/k are finite. */
  k: number;
  /** Scale. */
  sigma: number;
}

/**
 * Fits a generalised Pareto distribution by the empirical Bayes estimate of Zhang and Stephens (2009), a mean over a
 * grid of values of θ = −k/σ weighted by their profile likelihood. The shape is then drawn towards 0.5 with the
 * weight of 10 observations, which steadies it for few (Vehtari et al. 2024).
 *
 * @param ascending n ≥ 5 values above 0 in ascending order
 */
export function fitGeneralisedPareto(ascending: Float64Array): GeneralisedPareto {
  const n = ascending.length;
  const size = 30 + Math.floor(Math.sqrt(n));
  const firstQuartile = ascending[Math.floor(n / 4 + 0.5) - 1];
  const thetas = Float64Array.from(
    { length: size },
    (_, j) => 1 / ascending[n - 1] + (1 - Math.sqrt(size / (j + 0.5))) / (3 * firstQuartile),
  );
  const profile = thetas.map((theta) => {
    const k = shapeAt(theta, ascending);
    return n * (Math.log(-theta / k) - k - 1);
  });
  const normaliser = logSumExp(profile);
  let theta = 0;
  let total = 0;
  for (let j = 0; j < size; j++) {
    const weight = Math.exp(profile[j] - normaliser);
    // Negligible weights are left out, as in the published code.
    if (weight < 10 * Number.EPSILON) continue;
    theta += thetas[j] * weight;
    total += weight;
  }
  theta /= total;
  const k = shapeAt(theta, ascending);
  return { k: (n * k + 10 * 0.5) / (n + 10), sigma: -k / theta };
}

/** The shape of highest likelihood for a given θ = −k/σ. */
function shapeAt(theta: number, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.log1p(-theta * values[i]);
  return sum / values.length;
}

/** The p-quantile, for p in (0, 1). */
export function generalisedParetoQuantile({ k, sigma }: GeneralisedPareto, p: number): number {
  const exponential = -Math.log1p(-p);
  return sigma * (Math.abs(k) < Number.EPSILON ? exponential : Math.expm1(k * exponential) / k);
}
