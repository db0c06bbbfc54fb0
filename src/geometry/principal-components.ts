import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { embedRows } from "./embedding.ts";
import type { Gram } from "./gram.ts";

/** The principal components of n points of weight space, by falling variance. */
export interface PrincipalComponents {
  /** q */
  count: number;
  /** Variance along each component (with n − 1), in squared weight-space distance. */
  variances: Float64Array;
  /** Their shares of the whole variance, in (0, 1]. */
  ratios: Float64Array;
  /** Coordinates of the points along the components, from their mean: n × q, row-major. */
  scores: Float64Array;
  /** Coefficients of the mean of the points, length m. */
  mean: Float64Array;
  /**
   * Each component as the coefficients (length m, summing to 0 where those of the points have equal sums) of a vector
   * of weight space with norm 1; they are orthogonal. Two of them make a plane (`planeAlong`).
   */
  components: Float64Array[];
}

/** Components with less of the variance are rounding, and their directions mean nothing. */
const NEGLIGIBLE = 1e-8;

/**
 * Principal component analysis (centred) of points of a span, in m numbers a point instead of D. Those with less than
 * 1e-8 of the variance are left out, so a straight path has one component. The sign of a component is such
 * that scores rise from the first to the last point, as along a path.
 *
 * @param coefficients of n points, n × m, row-major
 * @throws where there are fewer than two points
 */
export function principalComponents(coefficients: Float64Array, gram: Gram): PrincipalComponents {
  const m = gram.size;
  const n = coefficients.length / m;
  if (!Number.isInteger(n) || n < 2) {
    throw new RangeError(
      `${coefficients.length} coefficients were given; principal components need ${m} for each of two or more points.`,
    );
  }
  const mean = new Float64Array(m);
  for (let at = 0; at < coefficients.length; at++) mean[at % m] += coefficients[at] / n;
  const centred = coefficients.map((c, at) => c - mean[at % m]);
  const { dimension, points: placed } = embedRows(gram, centred);
  const points = Matrix.from1DArray(n, dimension, placed);
  const { variances, axes, total } = principalAxes(points);
  const q = variances.length;
  const scores = new Float64Array(n * q);
  const components = axes.map((axis, k) => {
    const along = points.mmul(Matrix.columnVector(axis)).to1DArray();
    const sign = signOf(along);
    // The axis is Σ (score / Σ score²) point, and so its coefficients are the same sum of the points' coefficients.
    const component = new Float64Array(m);
    for (let i = 0; i < n; i++) {
      scores[i * q + k] = sign * along[i];
      const weight = (sign * along[i]) / (variances[k] * (n - 1));
      for (let j = 0; j < m; j++) component[j] += weight * centred[i * m + j];
    }
    return component;
  });
  return { count: q, variances, ratios: variances.map((v) => v / total), scores, mean, components };
}

/** 1 or −1, such that scores rise from the first to the last point; where they do not, that the largest is positive. */
function signOf(scores: readonly number[]): number {
  const largest = scores.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best));
  const rise = scores[scores.length - 1] - scores[0];
  return (Math.abs(rise) > 1e-6 * Math.abs(largest) ? rise : largest) < 0 ? -1 : 1;
}

/** The eigenvectors of the covariance of centred points, by falling variance, without the negligible ones. */
function principalAxes(points: Matrix): { variances: Float64Array; axes: number[][]; total: number } {
  const degrees = points.rows - 1;
  if (points.columns === 0) return { variances: new Float64Array(0), axes: [], total: 0 };
  const covariance = points.transpose().mmul(points).div(degrees);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const total = covariance.trace();
  const kept = realEigenvalues
    .map((variance, k) => ({ variance, axis: eigenvectorMatrix.getColumn(k) }))
    .filter(({ variance }) => variance > NEGLIGIBLE * total)
    .sort((a, b) => b.variance - a.variance);
  return {
    variances: Float64Array.from(kept, ({ variance }) => variance),
    axes: kept.map(({ axis }) => axis),
    total,
  };
}
