import type { Landscape, WorkOptions } from "../../landscape/index.ts";

/** The loss along several directions. */
export interface DirectionProfiles {
  /** By direction and then by position, row-major. */
  losses: Float64Array;
  /** Over the directions, at each position; the standard deviation is NaN of a single direction. */
  mean: Float64Array;
  sd: Float64Array;
}

/** Directions whose coefficients are held at a time. */
const TOGETHER = 32;

/**
 * The loss at θ + a v along several directions v, as a function of the distance a.
 *
 * @param directions in the vector memory
 * @param positions a
 */
export async function directionProfiles(
  landscape: Pick<Landscape, "evaluateSpan">,
  theta: Float32Array,
  directions: readonly Float32Array[],
  positions: ArrayLike<number>,
  { signal, onProgress }: WorkOptions = {},
): Promise<DirectionProfiles> {
  const count = positions.length;
  const losses = new Float64Array(directions.length * count);
  for (let first = 0; first < directions.length; first += TOGETHER) {
    const own = directions.slice(first, first + TOGETHER);
    const m = own.length + 1;
    const c = new Float64Array(own.length * count * m);
    for (let j = 0; j < own.length; j++) {
      for (let i = 0; i < count; i++) {
        const row = (j * count + i) * m;
        c[row] = 1;
        c[row + 1 + j] = positions[i];
      }
    }
    const { loss } = await landscape.evaluateSpan([theta, ...own], c, {
      signal,
      onProgress: (done) => onProgress?.((first + done * own.length) / directions.length),
    });
    losses.set(loss, first * count);
  }
  const mean = new Float64Array(count);
  const sd = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const column = directions.map((_, j) => losses[j * count + i]);
    mean[i] = column.reduce((a, b) => a + b, 0) / column.length;
    sd[i] = Math.sqrt(column.reduce((sum, x) => sum + (x - mean[i]) ** 2, 0) / (column.length - 1));
  }
  return { losses, mean, sd };
}
