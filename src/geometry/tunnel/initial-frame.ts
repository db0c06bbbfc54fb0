import { moveTo, type PlacedPath, pathPoint } from "./placed-path.ts";
import { addMultiple, dot } from "./products.ts";

/** A vector whose part across those before it is a smaller fraction of it is passed over. */
const DEPENDENT = 1e-6;

/**
 * The frame at the start of a path, t = 0: the unit tangent, and then what Gram–Schmidt leaves of the places of the
 * inner anchors, in order (Dold et al. 2025, code, `init_curve_frame_cp`). Where these are not independent, the end
 * anchors and then the axes of coordinates fill up the frame. It turns with the path when that is rotated, except
 * for what the axes filled up.
 *
 * @returns K × K, the vectors as rows
 * @throws where the path stands still at t = 0
 */
export function initialFrame(curve: PlacedPath): Float64Array {
  const { dimension: K, points } = curve.anchors;
  const m = curve.path.anchors;
  const { tangent, speed } = moveTo(curve, 0, pathPoint(curve));
  if (!(speed > 0)) throw standsStill(0);
  const anchor = (i: number) => points.subarray(i * K, (i + 1) * K);
  const inner = Array.from({ length: Math.max(0, m - 2) }, (_, i) => anchor(i + 1));
  const axes = Array.from({ length: K }, (_, d) => new Float64Array(K).map((_zero, e) => (d === e ? 1 : 0)));
  return orthonormalRows([tangent, ...inner, anchor(0), anchor(m - 1), ...axes], K);
}

/**
 * Gram–Schmidt of vectors of length K, until there are K; those that depend on the ones before them are passed over.
 *
 * @returns K × K, row-major
 */
export function orthonormalRows(vectors: Iterable<Float64Array>, K: number): Float64Array {
  const rows: Float64Array[] = [];
  for (const vector of vectors) {
    if (rows.length === K) break;
    const rest = Float64Array.from(vector);
    // Twice, so that the rounding of the first pass is taken out as well.
    for (let pass = 0; pass < 2; pass++) {
      for (const row of rows) addMultiple(rest, -dot(rest, row), row);
    }
    const length = Math.hypot(...rest);
    if (length > DEPENDENT * Math.hypot(...vector)) rows.push(rest.map((x) => x / length));
  }
  const frame = new Float64Array(K * K);
  rows.forEach((row, i) => {
    frame.set(row, i * K);
  });
  return frame;
}

export const standsStill = (t: number) =>
  new RangeError(
    `The path stands still at t = ${t}, where it has no tangent; give one that moves, without repeated control points.`,
  );
