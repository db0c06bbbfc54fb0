import { evenly, type PathMap } from "../subspace/index.ts";
import { embed, embedPath, place, unitSteps } from "./embedding.ts";
import type { Gram } from "./gram.ts";

/**
 * Curvature of a path at each t, per unit of weight-space distance:
 * κ = √(|r'|²|r''|² − (r'·r'')²) / |r'|³ (Dold et al. 2025, code), computed as the part of r'' across r', divided by
 * |r'|², since the difference of products would lose half of the digits of a nearly straight path. NaN where the
 * path stands still. A chain has curvature 0 on its legs and none at its bends: see `totalTurning`.
 */
export function curvatures(path: PathMap, gram: Gram, ts: ArrayLike<number>): Float64Array {
  const anchors = embed(gram);
  const c = new Float64Array(path.anchors);
  const first = new Float64Array(anchors.dimension);
  const second = new Float64Array(anchors.dimension);
  const result = new Float64Array(ts.length);
  for (let i = 0; i < ts.length; i++) {
    // The second first, from which a neural curve knows the first as well.
    place(anchors, path.derivative(ts[i], 2, c), second);
    place(anchors, path.derivative(ts[i], 1, c), first);
    result[i] = across(first, second);
  }
  return result;
}

/** Curvature of a path at t; `curvatures` is faster for many. */
export function curvature(path: PathMap, gram: Gram, t: number): number {
  return curvatures(path, gram, [t])[0];
}

function across(first: Float64Array, second: Float64Array): number {
  let squaredSpeed = 0;
  let product = 0;
  for (let d = 0; d < first.length; d++) {
    squaredSpeed += first[d] * first[d];
    product += first[d] * second[d];
  }
  const along = product / squaredSpeed;
  let squared = 0;
  for (let d = 0; d < first.length; d++) {
    const rest = second[d] - along * first[d];
    squared += rest * rest;
  }
  return Math.sqrt(squared) / squaredSpeed;
}

/** ∫₀¹ κ dt, over t and not over arc length, by the trapezoid rule, as Dold et al. 2025 log it. */
export function averageCurvature(path: PathMap, gram: Gram, points = 1000): number {
  const kappa = curvatures(path, gram, evenly(path, points));
  return (kappa.reduce((a, b) => a + b, 0) - (kappa[0] + kappa[points - 1]) / 2) / (points - 1);
}

/**
 * The published finite-difference curvature (Chen & Saidi, code): with d_i = θ_{i+1} − θ_i and T_i = d_i/|d_i|,
 * κ_i = |T_{i+1} − T_i| / |d_{i+1}|, for n points n − 2 values, which belong to t_1 … t_{n−2}.
 */
export function discreteCurvatures(path: PathMap, gram: Gram, ts: ArrayLike<number>): Float64Array {
  const steps = unitSteps(embedPath(path, gram, ts));
  return Float64Array.from({ length: Math.max(0, steps.length - 1) }, (_, i) => {
    const { length, direction } = steps[i + 1];
    return Math.hypot(...direction.map((x, d) => x - steps[i].direction[d])) / length;
  });
}

/**
 * Menger curvature, 4 · area / (a b c): one over the radius of the circle through three points with distances a, b
 * and c. Heron's formula is in the order that does not cancel for thin triangles (Kahan). Distances that miss the
 * triangle inequality by rounding give 0; NaN where two points coincide.
 */
export function mengerCurvature(a: number, b: number, c: number): number {
  const [short, middle, long] = [a, b, c].sort((p, q) => p - q);
  const sixteenAreaSquared =
    (long + (middle + short)) *
    (short - (long - middle)) *
    (short + (long - middle)) *
    (long + (middle - short));
  return Math.sqrt(Math.max(0, sixteenAreaSquared)) / (a * b * c);
}
