import { allocateVector, axpy, type Rng, releaseVector } from "../../engine/index.ts";
import type { WedgeLandscape } from "../../landscape/index.ts";

/**
 * Random points that were taken down to the nearest wedge, each on one of its own where wedges are numbered; vectors of the vector
 * memory, the caller's.
 *
 * @param landscape of half a squared distance
 */
export async function optimaOn(landscape: WedgeLandscape, count: number, rng: Rng): Promise<Float32Array[]> {
  const gradient = allocateVector(landscape.size);
  const optima: Float32Array[] = [];
  const explicit = landscape.spaces.length > 0;
  for (let k = 0; optima.length < count; k++) {
    const theta = allocateVector(landscape.size);
    theta.set(rng.foldIn(k).normal(landscape.size));
    await landscape.gradient(theta, gradient);
    axpy(theta, -1, gradient);
    const taken = explicit && optima.some((other) => landscape.nearest(other) === landscape.nearest(theta));
    if (taken) releaseVector(theta);
    else optima.push(theta);
  }
  releaseVector(gradient);
  return optima;
}
