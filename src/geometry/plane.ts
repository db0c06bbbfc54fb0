import { affine, type CoefficientMap } from "../subspace/index.ts";
import { distance, type Gram, inner, norm } from "./gram.ts";

/** A plane through three points of a span, with orthonormal axes in weight-space distance. */
export interface PlaneThroughPoints {
  /** Coefficients of the point (x, y). */
  map: CoefficientMap;
  /** Distance from the first point to the third, which lies at (dx, 0); the first lies at (0, 0). */
  dx: number;
  /** Distance of the second point from the line through the others; it lies at (some x, dy). */
  dy: number;
  /**
   * Where the point with coefficients c (summing to the same as those of the three points, usually 1) projects to
   * in the plane, and how far from the plane it is: how honest a marker there would be.
   */
  coordinates(c: ArrayLike<number>): { x: number; y: number; offPlane: number };
}

/**
 * The plane through three points, given by their coefficients over the anchors (Garipov et al. 2018, appendix): the
 * first axis goes from the first point w0 to the third w2, the second is w1 − w0 made orthogonal to it, and only
 * then normalised.
 *
 * @throws where the three points lie on a line, or two of them coincide, to 1e-7 of their distances
 */
export function planeThrough(
  gram: Gram,
  c0: ArrayLike<number>,
  c1: ArrayLike<number>,
  c2: ArrayLike<number>,
): PlaneThroughPoints {
  const from0 = (c: ArrayLike<number>) => Float64Array.from(c, (x, i) => x - c0[i]);
  const dx = distance(gram, c2, c0);
  const side = distance(gram, c1, c0);
  const u = from0(c2).map((x) => x / dx);
  let v = from0(c1);
  // Twice, so that the rounding of the first pass is taken out of the axis too.
  for (let pass = 0; pass < 2; pass++) {
    const along = inner(gram, u, v);
    v = v.map((x, i) => x - along * u[i]);
  }
  const dy = norm(gram, v);
  const largest = Math.max(dx, side);
  if (!(dx > 1e-7 * largest && dy > 1e-7 * largest)) {
    throw new RangeError(
      "The three points of a plane lie on one line, or two of them coincide; give points that span a plane.",
    );
  }
  v = v.map((x) => x / dy);

  return {
    map: affine(c0, [u, v]),
    dx,
    dy,
    coordinates(c) {
      const d = from0(c);
      const x = inner(gram, d, u);
      const y = inner(gram, d, v);
      const offPlane = norm(
        gram,
        d.map((value, i) => value - x * u[i] - y * v[i]),
      );
      return { x, y, offPlane };
    },
  };
}

/** The nodes of a rectangular grid in a plane. */
export interface PlaneGrid {
  /** Ascending positions along each axis, in weight-space distance. */
  xs: Float64Array;
  ys: Float64Array;
  /** (x, y) of every node, x fastest; with `coefficientMatrix(plane.map, nodes)` the coefficients to evaluate. */
  nodes: Float64Array;
}

/**
 * A grid over a plane with a margin around its three points.
 *
 * @param options.dx @param options.dy of the plane
 * @param options.margin on each side, as a fraction of dx and dy, or one fraction for each; default 0.2 (Garipov et
 *   al. 2018)
 * @param options.points along each axis; default 21
 * @param options.nodesAtPoints rounds the margin so that 0, dx and dy are nodes, and the loss there is that of the
 *   points themselves (0.2 becomes 3/14 for 21 points); default true. False gives the published grid.
 */
export function planeGrid(options: {
  dx: number;
  dy: number;
  margin?: number | readonly [number, number];
  points?: number;
  nodesAtPoints?: boolean;
}): PlaneGrid {
  const { dx, dy, margin = 0.2, points = 21, nodesAtPoints = true } = options;
  if (!Number.isInteger(points) || points < 2) {
    throw new RangeError(
      `A grid of ${points} points along each axis was asked for; give a whole number from 2.`,
    );
  }
  const margins = typeof margin === "number" ? [margin, margin] : margin;
  const [xs, ys] = [dx, dy].map((side, axis) => {
    const m = margins[axis];
    if (!(m >= 0)) throw new RangeError(`The margin of the grid is ${m}; give 0 or more.`);
    const fractions = nodesAtPoints ? nodesOnUnit(m, points) : linspace(-m, 1 + m, points);
    return fractions.map((f) => f * side);
  });
  const nodes = new Float64Array(2 * points * points);
  for (let i = 0; i < points * points; i++) {
    nodes[2 * i] = xs[i % points];
    nodes[2 * i + 1] = ys[Math.floor(i / points)];
  }
  return { xs, ys, nodes };
}

function linspace(from: number, to: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
}

/** Evenly spaced with 0 and 1 among them: outside nodes on each side, and the others dividing [0, 1]. */
function nodesOnUnit(margin: number, n: number): Float64Array {
  const error = (outside: number) => Math.abs(outside / (n - 1 - 2 * outside) - margin);
  let outside = 0;
  while (2 * (outside + 1) < n - 1 && error(outside + 1) < error(outside)) outside++;
  return Float64Array.from({ length: n }, (_, i) => (i - outside) / (n - 1 - 2 * outside));
}
