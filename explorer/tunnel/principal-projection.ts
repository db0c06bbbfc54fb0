import { gramOf, type PlacedPath, principalComponents } from "../../src/geometry/index.ts";
import { coefficientMatrix } from "../../src/subspace/index.ts";

/** How places of the span are seen in three dimensions: along orthonormal axes, from a mean. */
export interface PrincipalProjection {
  /** K */
  dimension: number;
  /** Length K. */
  mean: Float64Array;
  /** min(3, K) rows of K. */
  axes: Float64Array[];
  /** Share of the variance of the path along each axis. */
  shares: number[];
}

/** What is shorter of a unit vector, once the other axes are taken out, is no axis of its own. */
const NEGLIGIBLE = 1e-6;

/**
 * The projection onto the first three principal components of a path in its span, in the metric of the places, so that tubes
 * keep their radius. A path that bends in fewer dimensions is seen with further axes across it, so that its tube is round.
 *
 * @param ts at which the path is taken
 */
export function principalProjection(curve: PlacedPath, ts: ArrayLike<number>): PrincipalProjection {
  const { dimension: K, points } = curve.anchors;
  const m = curve.path.anchors;
  const rows = Array.from({ length: m }, (_, i) => points.subarray(i * K, (i + 1) * K));
  const found = principalComponents(coefficientMatrix(curve.path, ts), gramOf(rows));
  const placeOf = (c: Float64Array) =>
    Float64Array.from({ length: K }, (_, d) => rows.reduce((sum, row, i) => sum + c[i] * row[d], 0));
  const axes = found.components.slice(0, 3).map(placeOf);
  const shares = [...found.ratios.slice(0, 3)];
  for (let d = 0; axes.length < Math.min(3, K); d++) {
    const unit = Float64Array.from({ length: K }, (_, e) => (e === d ? 1 : 0));
    const rest = axes.reduce((left, axis) => left.map((x, e) => x - axis[d] * axis[e]), unit);
    const norm = Math.hypot(...rest);
    if (norm < NEGLIGIBLE) continue;
    axes.push(rest.map((x) => x / norm));
    shares.push(0);
  }
  return { dimension: K, mean: placeOf(found.mean), axes, shares };
}

/**
 * Places (or with `direction` differences of places) as seen: n × 3, zeros where there are fewer axes.
 *
 * @param vectors n × K, row-major
 */
export function projected(
  { dimension: K, mean, axes }: PrincipalProjection,
  vectors: Float64Array,
  { direction = false } = {},
): Float32Array {
  const n = vectors.length / K;
  const seen = new Float32Array(3 * n);
  axes.forEach((axis, a) => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let d = 0; d < K; d++) sum += axis[d] * (vectors[i * K + d] - (direction ? 0 : mean[d]));
      seen[3 * i + a] = sum;
    }
  });
  return seen;
}
