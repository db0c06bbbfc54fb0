import { flaxParameterRng } from "../data/index.ts";
import type { Rng } from "../engine/index.ts";
import { importParameters } from "./import.ts";
import { TRUNCATED_SD } from "./initialise.ts";
import type { Network } from "./network.ts";

/**
 * Fills θ as Flax's `init` does, so that experiments in JAX start here where they start there: LeCun-normal kernels,
 * drawn in Flax's order of axes from Flax's keys, and zero biases; equal to the last float32 digit or two. Layers are
 * called `Dense_0`, `Dense_1`, ... in an MLP, and as in the layout (`conv1`, `fc1`) in other networks.
 *
 * @param key the key that `init` is given: `Rng.fromSeed(seed)` is `jax.random.PRNGKey(seed)`
 */
export async function initialiseAsFlax(network: Network, theta: Float32Array, key: Rng): Promise<void> {
  const { layout, spec } = network;
  const { leaves } = layout;
  const arrays = await Promise.all(
    leaves.map(async ({ name, shape, size }, i) => {
      if (shape.length === 1) return { name, shape, data: new Float32Array(size) };
      const [out, input, ...spatial] = shape;
      const own = name.slice(0, name.lastIndexOf("."));
      const layer = spec.kind === "mlp" ? `Dense_${i / 2}` : own;
      const draws = (await flaxParameterRng(key, layer)).truncatedNormal(size);
      const scale = Math.fround(1 / Math.sqrt(size / out) / TRUNCATED_SD);
      return { name: `${own}.kernel`, shape: [...spatial, input, out], data: draws.map((v) => v * scale) };
    }),
  );
  importParameters(layout, arrays, theta);
}
