import { addMultiple, dot } from "./products.ts";

/** A place on a path and its unit tangent there. */
export interface FramedPlace {
  position: Float64Array;
  tangent: Float64Array;
}

/**
 * Carries vectors across a path to a later (or earlier) place with as little rotation as possible, by the double
 * reflection of Wang, Jüttler, Zheng and Liu 2008 ("Computation of rotation minimizing frames"), which holds in any
 * dimension: the reflection that swaps the two places, then the one that takes the reflected tangent to the new one.
 * One step errs by the fifth power of its length; lengths and angles are kept exactly.
 *
 * @param rows any number of vectors of length K, row-major; not changed
 */
export function doubleReflection(from: FramedPlace, to: FramedPlace, rows: Float64Array): Float64Array {
  const K = from.position.length;
  const chord = to.position.map((x, d) => x - from.position[d]);
  const reflected = from.tangent.slice();
  reflect(reflected, chord, dot(chord, chord));
  const between = to.tangent.map((x, d) => x - reflected[d]);
  const [chordSquared, betweenSquared] = [dot(chord, chord), dot(between, between)];
  const carried = rows.slice();
  for (let at = 0; at < carried.length; at += K) {
    const row = carried.subarray(at, at + K);
    reflect(row, chord, chordSquared);
    reflect(row, between, betweenSquared);
  }
  return carried;
}

/** Reflects x in the hyperplane across a vector. */
function reflect(x: Float64Array, across: Float64Array, squaredLength: number): void {
  addMultiple(x, (-2 * dot(x, across)) / squaredLength, across);
}

/**
 * Turns vectors across the unit tangent p by the rotation that takes p to q and moves nothing else. Along a path it
 * errs by the third power of the step.
 */
export function smallestRotation(p: Float64Array, q: Float64Array, rows: Float64Array): Float64Array {
  const K = p.length;
  const sum = p.map((x, d) => x + q[d]);
  const turned = rows.slice();
  for (let at = 0; at < turned.length; at += K) {
    const row = turned.subarray(at, at + K);
    addMultiple(row, -dot(row, q) / (1 + dot(p, q)), sum);
  }
  return turned;
}
