import { place } from "../embedding.ts";
import { frenet } from "../frenet.ts";
import { gramOf } from "../gram.ts";
import type { PlacedPath } from "./placed-path.ts";

/**
 * The Frenet–Serret frame of a path in R^K, to compare others with (Dold et al. 2025, fig. 3): it flips where the path
 * changes the side that it bends to, and has no normals where it is straight.
 *
 * @returns rows T, N_1 … N_{K−1} at each t: n × K × K, row-major; NaN where undefined
 */
export function frenetRows({ path, anchors }: PlacedPath, ts: ArrayLike<number>): Float64Array {
  const { dimension: K, points } = anchors;
  const m = path.anchors;
  const gram = gramOf(Array.from({ length: m }, (_, i) => points.subarray(i * K, (i + 1) * K)));
  // As many as derivatives: one generalised curvature comes with two vectors.
  const { frames, count } = frenet(path, gram, ts, Math.max(1, K - 1));
  const rows = new Float64Array(ts.length * K * K);
  for (let at = 0; at < ts.length; at++) {
    for (let i = 0; i < K; i++) {
      const c = (at * (count + 1) + i) * m;
      const row = (at * K + i) * K;
      place(anchors, frames.subarray(c, c + m), rows.subarray(row, row + K));
    }
  }
  return rows;
}
