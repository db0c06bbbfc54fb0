import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Points } from "./points.ts";

/** The principal axes of points about their mean. */
export interface PrincipalAxes {
  /** r coordinates */
  mean: Float64Array;
  /** Variances along the axes (divided by N − 1), descending, r numbers; those that are rounding are 0. */
  variances: Float64Array;
  /** r × r, the axes as rows, in the same order. */
  axes: Float64Array;
}

/** Eigenvalues and eigenvectors of the covariance matrix of at least 2 points. */
export function principalAxes({ dimension: r, points: x }: Points): PrincipalAxes {
  const n = x.length / r;
  // As steps from the first point, so that points that coincide have variances of exactly 0.
  const mean = x.slice(0, r);
  for (let at = r; at < x.length; at++) mean[at % r] += (x[at] - x[at % r]) / n;
  const covariance = Matrix.zeros(r, r);
  const offset = new Float64Array(r);
  const sums = new Float64Array(r * r);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < r; d++) offset[d] = x[i * r + d] - mean[d];
    for (let a = 0; a < r; a++) for (let b = 0; b <= a; b++) sums[a * r + b] += offset[a] * offset[b];
  }
  for (let a = 0; a < r; a++) {
    for (let b = 0; b <= a; b++) {
      covariance.set(a, b, sums[a * r + b] / (n - 1));
      covariance.set(b, a, sums[a * r + b] / (n - 1));
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const order = Array.from(realEigenvalues.keys()).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const rounding = r * Number.EPSILON * realEigenvalues[order[0]];
  return {
    mean,
    variances: Float64Array.from(order, (at) => (realEigenvalues[at] > rounding ? realEigenvalues[at] : 0)),
    axes: Float64Array.from({ length: r * r }, (_, at) => eigenvectorMatrix.get(at % r, order[(at / r) | 0])),
  };
}
