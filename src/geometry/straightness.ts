import { evenly, type PathMap } from "../subspace/index.ts";
import { embedPath, unitSteps } from "./embedding.ts";
import type { Gram } from "./gram.ts";
import { chordLength, pathLength } from "./length.ts";

/** Arc length over chord, without dimension: 1 for a straight path, infinite for one that ends where it starts. */
export function straightness(path: PathMap, gram: Gram): number {
  return pathLength(path, gram) / chordLength(path, gram);
}

/**
 * The sum of the angles between consecutive steps of a path sampled at even t, in radians: for a smooth path
 * the integral of its curvature over arc length, and for a chain the sum of its bends.
 */
export function totalTurning(path: PathMap, gram: Gram, samples = 1001): number {
  const steps = unitSteps(embedPath(path, gram, evenly(path, samples))).filter(({ length }) => length > 0);
  let sum = 0;
  for (let i = 1; i < steps.length; i++) {
    const [p, q] = [steps[i - 1].direction, steps[i].direction];
    // The formula of `angle`, which is accurate for the small turns of a step.
    const [difference, total] = [-1, 1].map((sign) => Math.hypot(...p.map((x, d) => x + sign * q[d])));
    sum += 2 * Math.atan2(difference, total);
  }
  return sum;
}

/**
 * The largest distance of a path, sampled at even t, from the line through its ends, in weight-space distance (from
 * the end, where both ends are exactly one point).
 */
export function maxDeviationFromChord(path: PathMap, gram: Gram, samples = 1001): number {
  const { dimension: r, points } = embedPath(path, gram, evenly(path, samples));
  const start = points.subarray(0, r);
  const chord = points.subarray((samples - 1) * r).map((x, j) => x - start[j]);
  const squaredChord = chord.reduce((sum, x) => sum + x * x, 0);
  let largest = 0;
  for (let i = 0; i < samples; i++) {
    const offset = points.subarray(i * r, (i + 1) * r).map((x, j) => x - start[j]);
    const product = offset.reduce((sum, x, j) => sum + x * chord[j], 0);
    const along = squaredChord > 0 ? product / squaredChord : 0;
    largest = Math.max(largest, Math.hypot(...offset.map((x, j) => x - along * chord[j])));
  }
  return largest;
}
