import { affine, type CoefficientMap } from "../subspace/index.ts";
import { distance, type Gram, inner, norm } from "./gram.ts";

/** A plane in a span, with orthonormal axes in weight-space distance. */
export interface SpanPlane {
  /** Coefficients of the point (x, y). */
  map: CoefficientMap;
  /** Length of the first direction; of a plane through points, the distance from the first point to the third. */
  dx: number;
  /**
   * Length of the part of the second direction across the first; of a plane through points, the distance of the second
   * point from the line through the others.
   */
  dy: number;
  /**
   * Where the point with coefficients c (summing to the same as those of the origin, usually 1) projects to
   * in the plane, and how far from the plane it is: how honest a marker there would be.
   */
  coordinates(c: ArrayLike<number>): { x: number; y: number; offPlane: number };
}

/** Below this fraction of the lengths that it comes from, a length is rounding. */
const ROUNDING = 1e-7;

/**
 * The plane through a point, along two directions, which are made orthogonal and only then normalised. The first
 * direction is the x axis.
 *
 * Coefficients of directions sum to 0 where they come from points (differences, principal components), and then
 * a centred Gram matrix is best. Where they do not, as for directions that are anchors themselves (random ones), the
 * Gram matrix must be the plain one.
 *
 * @param origin coefficients of the point (0, 0)
 * @param first @param second coefficients of the directions, of any lengths
 * @throws where the directions are parallel, or one is zero, to 1e-7 of their lengths
 */
export function planeAlong(
  gram: Gram,
  origin: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): SpanPlane {
  const plane = orthonormalPlane(gram, origin, first, second);
  if (!(plane.dx > 0 && plane.dy > ROUNDING * norm(gram, second))) {
    throw new RangeError(
      "The two directions of a plane are parallel, or one of them is zero; give directions that span a plane.",
    );
  }
  return plane;
}

/**
 * The plane through three points, given by their coefficients over the anchors (Garipov et al. 2018, appendix): the
 * first axis goes from the first point w0, which lies at (0, 0), to the third w2 at (dx, 0); the second point w1 lies
 * at (some x, dy). Through the ends and the middle of a path it holds chord and bend.
 *
 * @throws where the three points lie on a line, or two of them coincide, to 1e-7 of their distances
 */
export function planeThrough(
  gram: Gram,
  c0: ArrayLike<number>,
  c1: ArrayLike<number>,
  c2: ArrayLike<number>,
): SpanPlane {
  const plane = orthonormalPlane(gram, c0, minus(c2, c0), minus(c1, c0));
  const negligible = ROUNDING * Math.max(plane.dx, distance(gram, c1, c0));
  if (!(plane.dx > negligible && plane.dy > negligible)) {
    throw new RangeError(
      "The three points of a plane lie on one line, or two of them coincide; give points that span a plane.",
    );
  }
  return plane;
}

const minus = (a: ArrayLike<number>, b: ArrayLike<number>) => Float64Array.from(a, (x, i) => x - b[i]);

function orthonormalPlane(
  gram: Gram,
  origin: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): SpanPlane {
  const dx = norm(gram, first);
  const u = Float64Array.from(first, (x) => x / dx);
  let v = Float64Array.from(second);
  // Twice, so that the rounding of the first pass is taken out of the axis too.
  for (let pass = 0; pass < 2; pass++) {
    const along = inner(gram, u, v);
    v = v.map((x, i) => x - along * u[i]);
  }
  const dy = norm(gram, v);
  v = v.map((x) => x / dy);
  return {
    map: affine(origin, [u, v]),
    dx,
    dy,
    coordinates(c) {
      const d = minus(c, origin);
      const x = inner(gram, d, u);
      const y = inner(gram, d, v);
      const rest = d.map((value, i) => value - x * u[i] - y * v[i]);
      return { x, y, offPlane: norm(gram, rest) };
    },
  };
}
