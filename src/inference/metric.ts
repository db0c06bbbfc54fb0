import type { Rng } from "../engine/index.ts";

/**
 * The inverse mass matrix Σ of Hamiltonian dynamics, [d] or [d, d] row-major: at best the covariance of the target.
 * `factor` is the lower triangle L with Σ = L Lᵀ, [d, d].
 */
export type Metric =
  | { readonly kind: "diagonal"; readonly covariance: Float64Array }
  | { readonly kind: "dense"; readonly covariance: Float64Array; readonly factor: Float64Array };

/** The metric of a covariance: positive variances [d], or a positive definite matrix [d, d]. */
export function metricOf(kind: Metric["kind"], covariance: Float64Array): Metric {
  if (kind === "dense") return { kind, covariance, factor: cholesky(covariance) };
  if (!covariance.every((variance) => variance > 0)) {
    throw new RangeError("A variance of a metric is not positive; give positive ones.");
  }
  return { kind, covariance };
}

export function unitMetric(kind: Metric["kind"], dimension: number): Metric {
  if (kind === "diagonal") return metricOf(kind, new Float64Array(dimension).fill(1));
  const covariance = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) covariance[i * (dimension + 1)] = 1;
  return metricOf(kind, covariance);
}

/** A momentum [d] of N(0, Σ⁻¹). */
export function drawMomentum(metric: Metric, dimension: number, rng: Rng): Float64Array {
  const p = Float64Array.from(rng.normal(dimension));
  if (metric.kind === "diagonal") {
    for (let i = 0; i < dimension; i++) p[i] /= Math.sqrt(metric.covariance[i]);
    return p;
  }
  // Lᵀ p = z, from below.
  const { factor } = metric;
  for (let i = dimension - 1; i >= 0; i--) {
    for (let j = i + 1; j < dimension; j++) p[i] -= factor[j * dimension + i] * p[j];
    p[i] /= factor[i * (dimension + 1)];
  }
  return p;
}

/** Writes the velocity Σp of a momentum p [d] into `velocity` [d]. */
export function velocityOf(metric: Metric, p: Float64Array, velocity: Float64Array): void {
  const { covariance } = metric;
  const d = p.length;
  if (metric.kind === "diagonal") {
    for (let i = 0; i < d; i++) velocity[i] = covariance[i] * p[i];
    return;
  }
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += covariance[i * d + j] * p[j];
    velocity[i] = sum;
  }
}

/** The lower triangle L with A = L Lᵀ, row-major. */
function cholesky(matrix: Float64Array): Float64Array {
  const d = Math.sqrt(matrix.length);
  const factor = new Float64Array(matrix.length);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j];
      for (let k = 0; k < j; k++) sum -= factor[i * d + k] * factor[j * d + k];
      if (i === j && !(sum > 0)) {
        throw new RangeError("The matrix of a dense metric is not positive definite; give one that is.");
      }
      factor[i * d + j] = i === j ? Math.sqrt(sum) : sum / factor[j * (d + 1)];
    }
  }
  return factor;
}
