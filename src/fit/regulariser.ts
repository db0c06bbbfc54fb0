/**
 * Penalties on the anchors of a span. They depend on the anchors only through the Gram matrix, so that their gradient
 * is a combination of anchors: ∂R/∂Aᵢ = Σⱼ Wᵢⱼ Aⱼ.
 */
export interface Penalty {
  value: number;
  /** W, m x m row-major. */
  weights: Float64Array;
}

/** β cos²(Aᵢ, Aⱼ), which keeps two anchors apart (Wortsman et al. 2021, equation 4). `gram` is m x m row-major. */
export function cosinePenalty(gram: Float64Array, m: number, i: number, j: number, beta: number): Penalty {
  const [s, a, b] = [gram[i * m + j], gram[i * m + i], gram[j * m + j]];
  const cos2 = (s * s) / (a * b);
  const weights = new Float64Array(m * m);
  weights[i * m + j] = weights[j * m + i] = (2 * beta * s) / (a * b);
  weights[i * m + i] = (-2 * beta * cos2) / a;
  weights[j * m + j] = (-2 * beta * cos2) / b;
  return { value: beta * cos2, weights };
}

/** (λ/2) E|θ|² over points with coefficients [points, m]: an L2 penalty on the current point, not on the anchors. */
export function pointDecayWeights(coefficients: Float64Array, m: number, lambda: number): Float64Array {
  const points = coefficients.length / m;
  const weights = new Float64Array(m * m);
  for (let p = 0; p < points; p++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        weights[i * m + j] += (lambda / points) * coefficients[p * m + i] * coefficients[p * m + j];
      }
    }
  }
  return weights;
}
