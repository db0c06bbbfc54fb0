import { coefficientMatrix, type PathMap } from "../subspace/index.ts";
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

/** The points of a path at the given t, by `embedRows`. */
export function embedPath(path: PathMap, gram: Gram, ts: ArrayLike<number>): Embedding {
  return embedRows(gram, coefficientMatrix(path, ts));
}

/**
 * Points in a few coordinates that keep their distances from each other and from zero.
 *
 * @param coefficients of n points, n × m, row-major
 */
export function embedRows(gram: Gram, coefficients: Float64Array): Embedding {
  const anchors = embed(gram);
  const { dimension } = anchors;
  const m = gram.size;
  const n = coefficients.length / m;
  const points = new Float64Array(n * dimension);
  for (let i = 0; i < n; i++) {
    const out = points.subarray(i * dimension, (i + 1) * dimension);
    place(anchors, coefficients.subarray(i * m, (i + 1) * m), out);
  }
  return dimension > FEW ? fewerCoordinates({ dimension, points }) : { dimension, points };
}

/** With so few coordinates there is nothing to gain from fewer. */
const FEW = 8;
/** What of the points has a smaller share of the largest norm is rounding. */
const ROUNDING = 1e-13;

/**
 * The same points in coordinates along orthonormal directions, each that of the point that is farthest from the span of
 * those before it (Gram–Schmidt with pivoting), until nothing is left. A neural curve, whose points are combinations of
 * a hundred anchors, needs some twelve.
 */
function fewerCoordinates({ dimension: r, points }: Embedding): Embedding {
  const n = points.length / r;
  const rest = points.slice();
  const squares = new Float64Array(n);
  for (let at = 0; at < rest.length; at++) squares[(at / r) | 0] += rest[at] * rest[at];
  const negligible = ROUNDING ** 2 * largest(squares);
  const columns: Float64Array[] = [];
  while (columns.length < r) {
    const farthest = squares.indexOf(largest(squares));
    if (!(squares[farthest] > negligible)) break;
    const norm = Math.sqrt(squares[farthest]);
    const direction = rest.slice(farthest * r, (farthest + 1) * r).map((x) => x / norm);
    const column = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let along = 0;
      for (let d = 0, at = i * r; d < r; d++, at++) along += rest[at] * direction[d];
      let squared = 0;
      for (let d = 0, at = i * r; d < r; d++, at++) {
        const x = rest[at] - along * direction[d];
        rest[at] = x;
        squared += x * x;
      }
      column[i] = along;
      squares[i] = squared;
    }
    columns.push(column);
  }
  const q = columns.length;
  const fewer = new Float64Array(n * q);
  columns.forEach((column, d) => {
    for (let i = 0; i < n; i++) fewer[i * q + d] = column[i];
  });
  return { dimension: q, points: fewer };
}

const largest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), 0);

/** Writes the place of the point (or the difference of points) with coefficients c into `out`, length r. */
export function place({ dimension: r, points: x }: Embedding, c: Float64Array, out: Float64Array): void {
  out.fill(0);
  // Four anchors at once, so that each element of `out` is read and written a quarter as often.
  let i = 0;
  for (; i + 3 < c.length; i += 4) {
    const [c0, c1, c2, c3] = [c[i], c[i + 1], c[i + 2], c[i + 3]];
    if (c0 === 0 && c1 === 0 && c2 === 0 && c3 === 0) continue;
    const first = i * r;
    for (let d = 0, at = first; d < r; d++, at++) {
      out[d] += c0 * x[at] + c1 * x[at + r] + c2 * x[at + 2 * r] + c3 * x[at + 3 * r];
    }
  }
  for (; i < c.length; i++) {
    if (c[i] === 0) continue;
    for (let d = 0; d < r; d++) out[d] += c[i] * x[i * r + d];
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
