import { allocateVector, type Rng } from "../engine/index.ts";
import { type Layout, leafViews } from "../model/index.ts";

/**
 * A random direction of weight space, standard normal in each parameter; each array of the network has its own
 * stream, by name. In the vector memory: give it back with `releaseVector`.
 */
export function randomDirection(layout: Layout, rng: Rng): Float32Array {
  const direction = allocateVector(layout.size);
  for (const { name, offset, size } of layout.leaves) direction.set(rng.split(name).normal(size), offset);
  return direction;
}

/**
 * Scales a direction, in place, filter by filter to the weights of a reference network (Li et al. 2018, section 4):
 * each row of a weight array (the weights of one output unit, or one convolution filter) gets the norm of that row in
 * the reference. So planes of networks whose weights differ in scale can be compared. The norm of the whole is then
 * that of the reference's weights.
 *
 * Do this before directions are made orthogonal (`planeAlong` does that), since afterwards it would skew the plane.
 *
 * @param reference parameter vector θ, usually an optimum
 * @param options.biases one-dimensional arrays: `zero` (default; the paper's pictures leave biases as they are) or
 *   `scaled`, each array as a whole to its norm in the reference
 */
export function filterNormalise(
  direction: Float32Array,
  reference: Float32Array,
  layout: Layout,
  options: { biases?: "zero" | "scaled" } = {},
): void {
  const [moved, fixed] = [leafViews(layout, direction), leafViews(layout, reference)];
  for (const [k, { shape, size }] of layout.leaves.entries()) {
    if (shape.length < 2 && options.biases !== "scaled") {
      moved[k].fill(0);
      continue;
    }
    const length = shape.length < 2 ? size : size / shape[0];
    for (let start = 0; start < size; start += length) {
      const row = moved[k].subarray(start, start + length);
      const own = euclidean(row);
      const factor = own > 0 ? euclidean(fixed[k].subarray(start, start + length)) / own : 0;
      for (let i = 0; i < length; i++) row[i] *= factor;
    }
  }
}

/**
 * Scales a direction, in place, array by array: each is multiplied by the root mean square of that array of a reference
 * network, so that standard normal noise has a standard deviation of 1 relative to the weights.
 *
 * @param reference parameter vector θ
 */
export function scaleToArrays(direction: Float32Array, reference: Float32Array, layout: Layout): void {
  const fixed = leafViews(layout, reference);
  for (const [k, moved] of leafViews(layout, direction).entries()) {
    const factor = euclidean(fixed[k]) / Math.sqrt(moved.length);
    for (let i = 0; i < moved.length; i++) moved[i] *= factor;
  }
}

function euclidean(row: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] * row[i];
  return Math.sqrt(sum);
}
