import { determinant, inverse, Matrix } from "ml-matrix";

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

/** Keeps the logarithm of a simplex without volume finite (Benton et al. 2021, code). */
const LEAST_SQUARED_VOLUME = 1e-4;

/**
 * −λ ln(V² + 10⁻⁴), which makes a simplex large (Benton et al. 2021, equation 6 and code). With E the edges from the first
 * vertex, V² = det(E Eᵀ)/(n!)², the Cayley-Menger determinant; its gradient in E is 2 adj(E Eᵀ) E/(n!)².
 *
 * @param gram inner products of the n + 1 vertices, row-major
 * @throws where two vertices are the same or the vertices lie in fewer dimensions: there the gradient is zero, and the
 *   simplex would never get a volume
 */
export function volumePenalty(gram: Float64Array, vertices: number, lambda: number): Penalty {
  const n = vertices - 1;
  const at = (i: number, j: number) => gram[i * vertices + j];
  const edges = Matrix.zeros(n, n);
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) edges.set(j, k, at(j + 1, k + 1) - at(j + 1, 0) - (at(0, k + 1) - at(0, 0)));
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  const squared = determinant(edges) / factorial ** 2;
  const scale = Math.max(...edges.diagonal()) ** n;
  if (!(squared * factorial ** 2 > 1e-14 * scale)) {
    throw new RangeError(
      "The vertices of a simplex coincide or lie in fewer dimensions, so that the volume term has no gradient; move the new vertex a little.",
    );
  }
  // d(-λ ln(V² + ε)) = -λ V²/(V² + ε) tr((E Eᵀ)⁻¹ d(E Eᵀ))
  const factor = (-2 * lambda * squared) / (squared + LEAST_SQUARED_VOLUME);
  const inside = inverse(edges).mul(factor);
  const weights = new Float64Array(vertices * vertices);
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) {
      const w = inside.get(j, k);
      weights[(j + 1) * vertices + k + 1] += w;
      weights[(j + 1) * vertices] -= w;
      weights[k + 1] -= w;
      weights[0] += w;
    }
  }
  return { value: -lambda * Math.log(squared + LEAST_SQUARED_VOLUME), weights };
}
