import type { Rng } from "../../engine/index.ts";
import type { Points } from "./points.ts";

/** n evenly spaced points of a line of length 1. */
export function evenLine(n: number): Points {
  return { dimension: 1, points: Float64Array.from({ length: n }, (_, i) => i / (n - 1)) };
}

/** n points, uniform on the regular d-simplex with the unit vectors of R^(d+1) as vertices (Dirichlet(1, …, 1)). */
export function randomSimplex(d: number, n: number, rng: Rng): Points {
  const points = rng.exponential(n * (d + 1));
  for (let i = 0; i < n; i++) {
    const row = points.subarray(i * (d + 1), (i + 1) * (d + 1));
    const sum = row.reduce((a, b) => a + b);
    for (let j = 0; j <= d; j++) row[j] /= sum;
  }
  return { dimension: d + 1, points };
}

/** Points with the given coordinates (t₁, t₂) of a triangle with the unit vectors of R³ as vertices. */
export function onUnitTriangle(coordinates: Float64Array): Points {
  const points = new Float64Array((coordinates.length / 2) * 3);
  for (let i = 0; i < coordinates.length / 2; i++) {
    const [t1, t2] = coordinates.subarray(2 * i, 2 * i + 2);
    points.set([1 - t1 - t2, t1, t2], 3 * i);
  }
  return { dimension: 3, points };
}

/** n points, uniform on the unit sphere in R^r. */
export function randomSphere(r: number, n: number, rng: Rng): Points {
  const points = Float64Array.from(rng.normal(n * r));
  for (let i = 0; i < n; i++) {
    const row = points.subarray(i * r, (i + 1) * r);
    const length = Math.hypot(...row);
    for (let j = 0; j < r; j++) row[j] /= length;
  }
  return { dimension: r, points };
}

/** The points turned by `angle` in each pair of coordinates (0, 1), (1, 2), …, moved and scaled, with `extra` more coordinates. */
export function movedCopy(
  { dimension: r, points }: Points,
  { angle = 0.7, shift = 3, scale = 5, extra = 1 } = {},
): Points {
  const dimension = r + extra;
  const n = points.length / r;
  const moved = new Float64Array(n * dimension);
  for (let i = 0; i < n; i++) {
    const row = moved.subarray(i * dimension, (i + 1) * dimension);
    row.set(points.subarray(i * r, (i + 1) * r));
    for (let d = 0; d + 1 < dimension; d++) {
      const [a, b] = [row[d], row[d + 1]];
      row[d] = Math.cos(angle) * a - Math.sin(angle) * b;
      row[d + 1] = Math.sin(angle) * a + Math.cos(angle) * b;
    }
    for (let d = 0; d < dimension; d++) row[d] = scale * row[d] + shift;
  }
  return { dimension, points: moved };
}

/** Mean of an estimate over samples that are drawn with the seeds 0 … seeds − 1. */
export function meanOver(seeds: number, estimate: (seed: number) => number): number {
  let sum = 0;
  for (let seed = 0; seed < seeds; seed++) sum += estimate(seed);
  return sum / seeds;
}
