import { evenly, type PathMap } from "../subspace/index.ts";
import { distance, type Gram, norm } from "./gram.ts";

/** Gauss–Legendre nodes and weights on [−1, 1], eight points, the positive half. */
const NODES = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363];
const WEIGHTS = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];
const PANELS = 32;

/**
 * Positions t in (0, 1) and weights (which sum to 1) at which the speed of a smooth path is to be taken, for its length as
 * a weighted sum: eight Gauss–Legendre nodes on each of `panels` panels.
 */
export function lengthNodes(panels: number): { t: Float64Array; weights: Float64Array } {
  const offsets = [...NODES.toReversed().map((x) => -x), ...NODES];
  const own = [...WEIGHTS.toReversed(), ...WEIGHTS];
  const count = offsets.length * panels;
  return {
    t: Float64Array.from({ length: count }, (_, i) => ((i >> 3) + (1 + offsets[i % 8]) / 2) / panels),
    weights: Float64Array.from({ length: count }, (_, i) => own[i % 8] / (2 * panels)),
  };
}

/** |dθ/dt| of a path at each t, in weight-space distance per unit of t. */
export function speeds(path: PathMap, gram: Gram, ts: ArrayLike<number>): Float64Array {
  const tangent = new Float64Array(path.anchors);
  const result = new Float64Array(ts.length);
  for (let i = 0; i < ts.length; i++) result[i] = norm(gram, path.derivative(ts[i], 1, tangent));
  return result;
}

/** |dθ/dt| of a path at t. */
export function speed(path: PathMap, gram: Gram, t: number): number {
  return norm(gram, path.derivative(t));
}

/**
 * Length S = ∫₀¹ |dθ/dt| dt of a path. It lies between the length of the chord and that of the control polygon.
 *
 * By default Gauss–Legendre quadrature on 32 panels, or on more that do not straddle a bend of a polygonal chain: full
 * precision, except for curves that nearly stop somewhere or have kinks.
 *
 * @param options.trapezoid number of points of the trapezoid rule instead, to reproduce published values: Dold et
 *   al. 2025 log lengths with 1000 and weight losses with 10 000
 */
export function pathLength(path: PathMap, gram: Gram, options: { trapezoid?: number } = {}): number {
  const { trapezoid } = options;
  if (trapezoid === undefined) return lengths(path, gram, PANELS).reduce((sum, length) => sum + length, 0);
  const v = speeds(path, gram, evenly(path, trapezoid));
  const sum = v.reduce((a, b) => a + b, 0) - (v[0] + v[trapezoid - 1]) / 2;
  return sum / (trapezoid - 1);
}

/**
 * Lengths of consecutive pieces of a path that take the same time.
 *
 * @param atLeast the number of pieces, for a chain rounded up to a multiple of its legs, so that bends are between pieces
 */
export function lengths(path: PathMap, gram: Gram, atLeast: number): Float64Array {
  const legs = path.kind === "polychain" ? path.anchors - 1 : 1;
  const pieces = legs * Math.ceil(atLeast / legs);
  const half = 0.5 / pieces;
  const tangent = new Float64Array(path.anchors);
  const speedAt = (t: number) => norm(gram, path.derivative(t, 1, tangent));
  return Float64Array.from({ length: pieces }, (_, piece) => {
    const middle = (2 * piece + 1) * half;
    let sum = 0;
    for (let i = 0; i < NODES.length; i++) {
      sum += WEIGHTS[i] * (speedAt(middle - half * NODES[i]) + speedAt(middle + half * NODES[i]));
    }
    return sum * half;
  });
}

/** Distance between the ends of a path, R_e. */
export function chordLength(path: PathMap, gram: Gram): number {
  return distance(gram, path.at(0), path.at(1));
}

/** Length of the polygon through the anchors in order: the upper bound of the length of their Bézier curve. */
export function controlPolygonLength(gram: Gram): number {
  const { size: m } = gram;
  let sum = 0;
  for (let i = 0; i + 1 < m; i++) {
    const edge = new Float64Array(m);
    edge[i] = -1;
    edge[i + 1] = 1;
    sum += norm(gram, edge);
  }
  return sum;
}
