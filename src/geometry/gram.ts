/**
 * The inner products of m anchors, in float64: all that geometry needs to know of them.
 *
 * Give a Gram matrix of the anchors minus one of them (`span.gram(0)`, `centredGram`) where you can. Points of an
 * affine subspace have coefficients that sum to 1, so their differences, lengths, planes and curvatures are the same
 * with or without the subtraction, but without it digits are lost as (norm of the anchors / distance between them)².
 * Only the norms of the points themselves, and angles between weight vectors seen from zero, need the plain matrix.
 *
 * A distance d is found from its square, so that below 1e-8 of the largest distance it is rounding: no more than
 * the rounding of float32 anchors themselves.
 */
export interface Gram {
  /** m */
  size: number;
  /** m × m, row-major, symmetric */
  values: Float64Array;
}

/** The Gram matrix of a few vectors of equal length. */
export function gramOf(vectors: readonly ArrayLike<number>[]): Gram {
  const m = vectors.length;
  const values = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    if (vectors[i].length !== vectors[0].length) {
      throw new RangeError(
        `Vectors of ${vectors[0].length} and of ${vectors[i].length} elements were given; give equal lengths.`,
      );
    }
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let d = 0; d < vectors[i].length; d++) sum += vectors[i][d] * vectors[j][d];
      values[i * m + j] = values[j * m + i] = sum;
    }
  }
  return { size: m, values };
}

/**
 * The Gram matrix of the anchors minus anchor `origin`. What cancels here is lost: for large anchors that are close
 * to each other, subtract before the products are formed (`span.gram(origin)`).
 */
export function centredGram(gram: Gram, origin = 0): Gram {
  const { size: m, values: g } = gram;
  if (!(Number.isInteger(origin) && origin >= 0 && origin < m)) {
    throw new RangeError(`The origin is anchor ${origin}; give a whole number from 0 to ${m - 1}.`);
  }
  const values = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      // Grouped so that the row and the column of the origin become exactly 0.
      const product = g[i * m + j] - g[i * m + origin] - (g[origin * m + j] - g[origin * m + origin]);
      values[i * m + j] = values[j * m + i] = product;
    }
  }
  return { size: m, values };
}

/** ⟨Σ aᵢ Aᵢ, Σ bᵢ Aᵢ⟩ for two coefficient vectors of length m. */
export function inner(gram: Gram, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { size: m, values } = gram;
  checkCoefficients(gram, a);
  checkCoefficients(gram, b);
  let sum = 0;
  for (let i = 0; i < m; i++) {
    if (a[i] === 0) continue;
    let row = 0;
    for (let j = 0; j < m; j++) row += values[i * m + j] * b[j];
    sum += a[i] * row;
  }
  return sum;
}

/** |Σ aᵢ Aᵢ| */
export function norm(gram: Gram, a: ArrayLike<number>): number {
  const { size: m, values } = gram;
  checkCoefficients(gram, a);
  let sum = 0;
  for (let i = 0; i < m; i++) {
    if (a[i] === 0) continue;
    let row = 0;
    for (let j = i + 1; j < m; j++) row += values[i * m + j] * a[j];
    sum += a[i] * (values[i * m + i] * a[i] + 2 * row);
  }
  return sum < 0 ? 0 : Math.sqrt(sum);
}

/** Distance between the points with coefficients a and b. */
export function distance(gram: Gram, a: ArrayLike<number>, b: ArrayLike<number>): number {
  return norm(
    gram,
    Float64Array.from(a, (x, i) => x - b[i]),
  );
}

/** Cosine of the angle between two vectors, in [−1, 1]; NaN where one is zero. */
export function cosine(gram: Gram, a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(-1, Math.min(1, inner(gram, a, b) / (norm(gram, a) * norm(gram, b))));
}

/**
 * Angle between two vectors in radians, in [0, π]; NaN where one is zero. Of the unit vectors p and q it is
 * 2 atan2(|p − q|, |p + q|), which is also accurate for small angles, where the cosine is flat (Kahan).
 */
export function angle(gram: Gram, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const p = norm(gram, a);
  const q = norm(gram, b);
  const combined = (sign: 1 | -1) => Float64Array.from(a, (x, i) => x / p + (sign * b[i]) / q);
  return 2 * Math.atan2(norm(gram, combined(-1)), norm(gram, combined(1)));
}

function checkCoefficients(gram: Gram, c: ArrayLike<number>): void {
  if (c.length !== gram.size) {
    throw new RangeError(`${c.length} coefficients were given; the Gram matrix is of ${gram.size} anchors.`);
  }
}
