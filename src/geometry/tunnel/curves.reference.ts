import { bezier, type PathMap } from "../../subspace/index.ts";
import { type PlacedPath, placedPath } from "./index.ts";

/** Control points of curves of the authors' notebooks, with what is known of them. */
export const CURVES = {
  a: {
    points: [
      [-3, -3],
      [-4, 4],
      [0, -3.5],
    ],
    length: 8.422282,
    wide: 9,
    narrow: 5,
  },
  b: {
    points: [
      [-3, 0],
      [-1, -2],
      [1, 2.5],
      [-1, 2],
    ],
    length: 5.290077,
    wide: 12,
    narrow: 6,
  },
  c: {
    points: [
      [-2.5, 1],
      [-1, -1],
      [1.7, 1.7],
      [1, -0.9],
    ],
    length: 4.912964,
    wide: 9,
    narrow: 4,
  },
  d: {
    points: [
      [-3, 0],
      [-1, -2],
      [1, 2],
      [3, 0],
    ],
    length: 6.549608,
    wide: 7,
    narrow: 3,
  },
  e: {
    points: [
      [1, -3],
      [-3, 3],
      [3, 3],
      [-1, -3],
    ],
    length: 10.04924,
    wide: 13,
    narrow: 7,
  },
  f: {
    points: [
      [1, -3, 0],
      [-3, 3, 3],
      [3, 3, -3],
      [-1, -3, 0],
    ],
    length: 10.932331,
    wide: 13,
    narrow: 7,
  },
};

/** The Bézier curve with the given control points. */
export function bezierThrough(points: readonly (readonly number[])[]): PlacedPath {
  return placedPath(bezier(points.length - 1), rowsOf(points));
}

function rowsOf(points: readonly (readonly number[])[]) {
  return { dimension: points[0].length, points: Float64Array.from(points.flat()) };
}

/**
 * A helix as a path: radius r, turning by `angle` and rising by h in t from 0 to 1, around the third axis. Without a
 * rise it is an arc of a circle, also in two dimensions.
 */
export function helix({ r, h, angle }: { r: number; h: number; angle: number }): PlacedPath {
  const flat = h === 0;
  const points = [
    [0, 0, 0],
    [r, 0, 0],
    [0, r, 0],
    [0, 0, h],
  ].slice(0, flat ? 3 : 4);
  const map = helixMap(angle, flat);
  return placedPath(map, rowsOf(flat ? points.map((row) => row.slice(0, 2)) : points));
}

/** Of anchors: the centre, two points at right angles, and for a helix the centre after the rise. */
export function helixMap(angle: number, flat: boolean): PathMap {
  const anchors = flat ? 3 : 4;
  const derivative = (t: number, order = 1, out: Float64Array = new Float64Array(anchors)) => {
    const phase = angle * t + (order * Math.PI) / 2;
    out[1] = angle ** order * Math.cos(phase);
    out[2] = angle ** order * Math.sin(phase);
    if (!flat) out[3] = order === 0 ? t : order === 1 ? 1 : 0;
    out[0] = (order === 0 ? 1 : 0) - out[1] - out[2] - (flat ? 0 : out[3]);
    return out;
  };
  const at = (t: number | ArrayLike<number>, out?: Float64Array) =>
    derivative(typeof t === "number" ? t : t[0], 0, out);
  return { ...bezier(anchors - 1), anchors, at, derivative };
}

/** The largest deviation of the products of the K rows of length K from those of orthonormal ones. */
export function defect(rows: Float64Array, K: number): number {
  let largest = 0;
  for (let i = 0; i < K; i++) {
    for (let j = 0; j <= i; j++) {
      let product = i === j ? -1 : 0;
      for (let d = 0; d < K; d++) product += rows[i * K + d] * rows[j * K + d];
      largest = Math.max(largest, Math.abs(product));
    }
  }
  return largest;
}
