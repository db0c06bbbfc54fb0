import { flaxParameterRng } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import { importParameters } from "./import.ts";
import { TRUNCATED_SD } from "./initialise.ts";
import type { Network } from "./network.ts";
import { initialiseRawBiases } from "./ordered-biases.ts";

/**
 * Fills θ as Flax's `init` does, so that experiments in JAX start here where they start there: LeCun-normal kernels,
 * drawn in Flax's order of axes from Flax's keys, and zero biases; equal to the last float32 digit or two. Layers are
 * called `Dense_0`, `Dense_1`, ... in an MLP, and as in the layout (`conv1`, `fc1`) in other networks. Ordered biases
 * have an initialisation of their own.
 *
 * @param key the key that `init` is given: `Rng.fromSeed(seed)` is `jax.random.PRNGKey(seed)`
 */
export async function initialiseAsFlax(network: Network, theta: Float32Array, key: Rng): Promise<void> {
  const { layout, spec } = network;
  const { leaves } = layout;
  const ordered = spec.kind === "ordered-biases";
  const { kind } = ordered ? spec.of : spec;
  const arrays = await Promise.all(
    leaves.map(async ({ name, shape, size }, i) => {
      if (shape.length === 1) return { name, shape, data: new Float32Array(size) };
      const [out, input, ...spatial] = shape;
      const own = name.slice(0, name.lastIndexOf("."));
      const layer = kind === "mlp" ? `Dense_${i / 2}` : own;
      const draws = (await flaxParameterRng(key, layer)).truncatedNormal(size);
      const scale = Math.fround(1 / Math.sqrt(size / out) / TRUNCATED_SD);
      return { name: `${own}.kernel`, shape: [...spatial, input, out], data: draws.map((v) => v * scale) };
    }),
  );
  importParameters(layout, arrays, theta);
  if (ordered) initialiseRawBiases(layout, theta, key);
}

/**
 * Fills parameter vectors as Dold et al. (2025, code) start the control points of a path of a seed: the
 * second key of two is split again, into one for each.
 */
export async function initialiseAsPublishedPath(
  network: Network,
  points: readonly Float32Array[],
  seed: number,
): Promise<void> {
  const keys = Rng.fromSeed(seed).splitN(2)[1].splitN(points.length);
  for (const [i, theta] of points.entries()) await initialiseAsFlax(network, theta, keys[i]);
}
