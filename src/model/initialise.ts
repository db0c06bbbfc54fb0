import type { Rng } from "../engine/index.ts";
import type { Leaf } from "./layout.ts";
import type { Network } from "./network.ts";
import { initialiseRawBiases } from "./ordered-biases.ts";

/**
 * `pytorch`: weights and biases uniform in ±1/√fan_in (PyTorch's Linear and Conv2d);
 * `lecun-normal`: truncated normal of variance 1/fan_in, zero biases (Flax);
 * `glorot-uniform`, `glorot-normal`: variance 2/(fan_in + fan_out), zero biases;
 * `he-normal`: variance 2/fan_in, zero biases.
 */
export const INITIALISERS = [
  "pytorch",
  "lecun-normal",
  "glorot-uniform",
  "glorot-normal",
  "he-normal",
] as const;
export type Initialiser = (typeof INITIALISERS)[number];

/** Standard deviation of a unit normal truncated to ±2. */
export const TRUNCATED_SD = 0.87962566103423978;

function weights(kind: Initialiser, leaf: Leaf, rng: Rng): Float32Array {
  const receptive = leaf.shape.slice(2).reduce((a, b) => a * b, 1);
  const fanIn = leaf.shape[1] * receptive;
  const fanOut = leaf.shape[0] * receptive;
  const scaled = (values: Float32Array, factor: number) => values.map((v) => v * factor);
  switch (kind) {
    case "pytorch":
      return rng.uniform(leaf.size, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
    case "lecun-normal":
      return scaled(rng.truncatedNormal(leaf.size), 1 / Math.sqrt(fanIn) / TRUNCATED_SD);
    case "glorot-uniform": {
      const bound = Math.sqrt(6 / (fanIn + fanOut));
      return rng.uniform(leaf.size, -bound, bound);
    }
    case "glorot-normal":
      return scaled(rng.normal(leaf.size), Math.sqrt(2 / (fanIn + fanOut)));
    case "he-normal":
      return scaled(rng.normal(leaf.size), Math.sqrt(2 / fanIn));
  }
}

/**
 * Fills θ (length D) with an independent random initialisation; every array has its own stream, by name. Ordered biases
 * have an initialisation of their own, whatever the kind.
 *
 * @param scale factor of all numbers but ordered biases
 */
export function initialise(
  network: Network,
  theta: Float32Array,
  kind: Initialiser,
  rng: Rng,
  scale = 1,
): void {
  let fanIn = 1;
  for (const leaf of network.layout.leaves) {
    const target = theta.subarray(leaf.offset, leaf.offset + leaf.size);
    if (leaf.shape.length > 1) {
      fanIn = leaf.shape.slice(1).reduce((a, b) => a * b, 1);
      target.set(weights(kind, leaf, rng.split(leaf.name)));
    } else if (kind === "pytorch") {
      // PyTorch scales a bias by the fan-in of the weights beside it.
      target.set(rng.split(leaf.name).uniform(leaf.size, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn)));
    } else target.fill(0);
  }
  if (scale !== 1) theta.set(theta.map((value) => scale * value));
  if (network.spec.kind === "ordered-biases") initialiseRawBiases(network.layout, theta, rng);
}
