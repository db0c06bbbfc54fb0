import type { PathMap } from "../subspace/index.ts";
import type { Gram } from "./gram.ts";

/** Points in an ordinary space of a few dimensions that have the distances of points in weight space. */
export interface Embedding {
  /** r, at most m */
  dimension: number;
  /** One row of r coordinates a point, row-major. */
  points: Float64Array;
}

/**
 * Places the m anchors in R^r, r the rank of their Gram matrix, with all their inner products: the factor L of
 * G = L Lᵀ, by Cholesky with pivoting. Small offsets (of a bent path from its chord, say) are computed from these
 * coordinates to full precision, where a quadratic form of G loses half of the digits.
 *
 * Directions whose extent is below √(m ε), 4e-8 for m = 6, of the largest norm are rounding and are left out, so
 * that anchors on a line get one coordinate (in a Gram matrix minus one of the anchors).
 *
 * @throws where the matrix holds numbers that are not finite
 */
export function embed(gram: Gram): Embedding {
  const { size: m, values } = gram;
  if (!values.every(Number.isFinite)) {
    throw new RangeError(
      "The Gram matrix holds numbers that are not finite; look for anchors that have diverged.",
    );
  }
  // What of each anchor's squared norm is not yet in the factor.
  const rest = Float64Array.from({ length: m }, (_, i) => values[i * m + i]);
  const negligible = m * Number.EPSILON * Math.max(...rest);
  const columns: Float64Array[] = [];
  const placed = new Set<number>();
  for (;;) {
    const pivot = rest.indexOf(Math.max(...rest));
    if (!(rest[pivot] > negligible)) break;
    const column = new Float64Array(m);
    const scale = 1 / Math.sqrt(rest[pivot]);
    for (let i = 0; i < m; i++) {
      if (placed.has(i)) continue;
      let product = values[i * m + pivot];
      for (const earlier of columns) product -= earlier[i] * earlier[pivot];
      column[i] = product * scale;
      rest[i] -= column[i] ** 2;
    }
    rest[pivot] = 0;
    placed.add(pivot);
    columns.push(column);
  }
  const r = columns.length;
  return {
    dimension: r,
    points: Float64Array.from({ length: m * r }, (_, at) => columns[at % r][(at / r) | 0]),
  };
}

/** The points of a path at the given t, in the space of the embedded anchors: one row of r coordinates for each t. */
export function embedPath(path: PathMap, gram: Gram, ts: ArrayLike<number>): Embedding {
  const anchors = embed(gram);
  const { dimension } = anchors;
  const points = new Float64Array(ts.length * dimension);
  const c = new Float64Array(path.anchors);
  for (let i = 0; i < ts.length; i++) {
    place(anchors, path.at(ts[i], c), points.subarray(i * dimension, (i + 1) * dimension));
  }
  return { dimension, points };
}

/** Writes the place of the point (or the difference of points) with coefficients c into `out`, length r. */
export function place({ dimension, points }: Embedding, c: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < c.length; i++) {
    if (c[i] === 0) continue;
    for (let d = 0; d < dimension; d++) out[d] += c[i] * points[i * dimension + d];
  }
}

/** The steps from each point to the next: their lengths and directions (NaN for a step of length 0). */
export function unitSteps({
  dimension: r,
  points,
}: Embedding): { length: number; direction: Float64Array }[] {
  return Array.from({ length: Math.max(0, points.length / r - 1) }, (_, i) => {
    const step = points.subarray(i * r, (i + 1) * r).map((x, d) => points[(i + 1) * r + d] - x);
    const length = Math.hypot(...step);
    return { length, direction: step.map((x) => x / length) };
  });
}
