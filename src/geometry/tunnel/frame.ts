import { moveTo, type PathPoint, type PlacedPath, pathPoint } from "./placed-path.ts";

/**
 * An orthonormal frame along a path in R^K: the unit tangent T(t) and K − 1 normals N_i(t). It works on combinations
 * of the normals, since a whole frame costs K times as much and no sampler needs one. Frames are differentiable in t
 * unless they say otherwise. A frame keeps scratch memory; it is for one thread, and no call holds on to it.
 */
export interface Frame {
  readonly curve: PlacedPath;
  /** The t for which the frame was made. */
  readonly range: readonly [from: number, to: number];
  /**
   * The offset n = Σ ξ_i N_i(t) across the path and its derivative dn/dt with ξ fixed.
   *
   * @param point of the curve at t
   * @param xi K − 1 numbers
   * @param offset @param derivative K numbers each, written
   */
  offset(point: PathPoint, xi: Float64Array, offset: Float64Array, derivative: Float64Array): void;
  /**
   * The components N_i(t) · g of a vector g along the normals.
   *
   * @param g K numbers
   * @param out K − 1 numbers, written
   */
  components(point: PathPoint, g: Float64Array, out: Float64Array): void;
}

/**
 * The whole frame at each t, for pictures and checks.
 *
 * @returns rows T, N_1 … N_{K−1} and their derivatives by t: n × K × K each, row-major
 */
export function frameRows(
  frame: Frame,
  ts: ArrayLike<number>,
): { rows: Float64Array; derivatives: Float64Array } {
  const { dimension: K } = frame.curve.anchors;
  const rows = new Float64Array(ts.length * K * K);
  const derivatives = new Float64Array(ts.length * K * K);
  const point = pathPoint(frame.curve);
  const xi = new Float64Array(K - 1);
  for (let at = 0; at < ts.length; at++) {
    moveTo(frame.curve, ts[at], point);
    rows.set(point.tangent, at * K * K);
    derivatives.set(point.turn, at * K * K);
    for (let i = 1; i < K; i++) {
      xi.fill(0);
      xi[i - 1] = 1;
      const row = (at * K + i) * K;
      frame.offset(point, xi, rows.subarray(row, row + K), derivatives.subarray(row, row + K));
    }
  }
  return { rows, derivatives };
}

/** Throws unless the path is to be framed on a range of t around its start. */
export function checkRange([from, to]: readonly [number, number]): void {
  if (!(from <= 0 && to > 0 && Number.isFinite(to - from))) {
    throw new RangeError(
      `A frame from t = ${from} to t = ${to} was asked for; give a range that starts at 0 or before and ends after 0.`,
    );
  }
}
