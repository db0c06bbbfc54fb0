/**
 * The published finite-difference curvature (Chen & Saidi, code) on parameter vectors, in float32 as they are
 * stored there: differences, unit tangents and their differences are rounded to float32. Of n vectors n − 2 values,
 * which belong to the second … the last but one; NaN where consecutive vectors are equal.
 *
 * It is here to show what rounding does. The error of a difference of neighbours does not depend on their number
 * N, but their distance falls as 1/N and divides it twice, so the noise grows as N²: for the nearly straight
 * curves of that paper and its N = 1000 it is several times the curvature. `discreteCurvatures` does the same in
 * float64, from the coefficients, and `curvatures` without differences.
 *
 * @param vectors points of a path in order; read one at a time, and each may be written over after it was read
 */
export function discreteCurvaturesOfVectors(vectors: Iterable<Float32Array>): Float32Array {
  const result: number[] = [];
  let before: Float32Array | undefined;
  let tangent: Float32Array | undefined;
  for (const vector of vectors) {
    if (before !== undefined) {
      if (vector.length !== before.length) {
        throw new RangeError(
          `Vectors of ${before.length} and of ${vector.length} elements were given; give equal lengths.`,
        );
      }
      const step = difference(vector, before);
      const length = euclidean(step);
      for (let i = 0; i < step.length; i++) step[i] /= length;
      if (tangent !== undefined) result.push(euclidean(difference(step, tangent)) / length);
      tangent = step;
    }
    before = Float32Array.from(vector);
  }
  return Float32Array.from(result);
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] - b[i];
  return result;
}

/** The sum is in float64, which is what the pairwise float32 sums of array libraries come to within rounding. */
function euclidean(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  return Math.fround(Math.sqrt(sum));
}
