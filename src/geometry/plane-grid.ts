import type { SpanPlane } from "./plane.ts";

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
  checkPoints(points);
  const margins = typeof margin === "number" ? [margin, margin] : margin;
  const [xs, ys] = [dx, dy].map((side, axis) => {
    const m = margins[axis];
    if (!(m >= 0)) throw new RangeError(`The margin of the grid is ${m}; give 0 or more.`);
    const fractions = nodesAtPoints ? nodesOnUnit(m, points) : linspace(-m, 1 + m, points);
    return fractions.map((f) => f * side);
  });
  return gridOf(xs, ys);
}

/**
 * A grid over the part of a plane that some points project to: the smallest rectangle around them, with a margin of
 * the same width on all sides.
 *
 * @param shown coefficients of each point, such as those of a path at many positions
 * @param options.margin as a fraction of the longer side of the rectangle, above 0; default 0.2
 * @param options.points along each axis; default 21
 * @throws where all points project to one place
 */
export function gridAround(
  plane: SpanPlane,
  shown: readonly ArrayLike<number>[],
  options: { margin?: number; points?: number } = {},
): PlaneGrid {
  const { margin = 0.2, points = 21 } = options;
  checkPoints(points);
  if (!(margin > 0)) throw new RangeError(`The margin of the grid is ${margin}; give more than 0.`);
  const places = shown.map(plane.coordinates);
  const [across, up] = [places.map(({ x }) => x), places.map(({ y }) => y)].map((list) => {
    const sorted = Float64Array.from(list).sort();
    return { low: sorted[0], high: sorted[sorted.length - 1] };
  });
  const longer = Math.max(across.high - across.low, up.high - up.low);
  if (!(longer > 0)) {
    throw new RangeError(
      `The ${shown.length} points given project to one place in the plane; give two or more places for a grid to cover.`,
    );
  }
  const nodes = ({ low, high }: { low: number; high: number }) =>
    linspace(low - margin * longer, high + margin * longer, points);
  return gridOf(nodes(across), nodes(up));
}

/**
 * A grid around the origin of a plane: from −across to across along x, and from −up to up along y.
 *
 * @param across @param up in weight-space distance, above 0
 * @param points along each axis
 */
export function centredGrid(across: number, up: number, points: number): PlaneGrid {
  checkPoints(points);
  if (!(across > 0 && up > 0)) {
    throw new RangeError(
      `A grid from −${across} to ${across} by ±${up} was asked for; give lengths above 0.`,
    );
  }
  return gridOf(linspace(-across, across, points), linspace(-up, up, points));
}

function checkPoints(points: number): void {
  if (!Number.isInteger(points) || points < 2) {
    throw new RangeError(
      `A grid of ${points} points along each axis was asked for; give a whole number from 2.`,
    );
  }
}

function gridOf(xs: Float64Array, ys: Float64Array): PlaneGrid {
  const nodes = new Float64Array(2 * xs.length * ys.length);
  for (let i = 0; i < xs.length * ys.length; i++) {
    nodes[2 * i] = xs[i % xs.length];
    nodes[2 * i + 1] = ys[Math.floor(i / xs.length)];
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
