import type { Layout, Leaf } from "./layout.ts";

/**
 * A layer of units (neurons, or channels of a convolution) that can be renumbered without changing what the network
 * computes, if the weights behind them are renumbered alike.
 */
export interface UnitLayer {
  /** As in the layout: `fc1`, `conv2`. */
  name: string;
  /** m */
  units: number;
  /** [m, ...] */
  weight: Leaf;
  /** [m] */
  bias: Leaf;
  /**
   * The weights that take the units' outputs: [outputs, m, block] in memory, where the block of a unit is a filter, the
   * pixels of its flattened channel, or one weight.
   */
  next: Leaf;
  block: number;
}

/**
 * The hidden layers of a network, read off its layout: weights and biases in turn, each layer fed by the one before.
 * @throws Error if the layout is not such a chain
 */
export function unitLayersOf({ leaves }: Layout): UnitLayer[] {
  const chain = leaves.every(
    ({ shape }, i) => i % 2 === 0 || (shape.length === 1 && shape[0] === leaves[i - 1].shape[0]),
  );
  if (!chain || leaves.length % 2 !== 0) {
    throw new Error(
      `The arrays ${leaves.map(({ name }) => name).join(", ")} are not a weight and a bias for each layer of a chain, so that the units of this network cannot be told.`,
    );
  }
  return leaves.slice(0, -2).flatMap((weight, i) => {
    if (i % 2 !== 0) return [];
    const [bias, next] = [leaves[i + 1], leaves[i + 2]];
    const [units] = weight.shape;
    const block = next.size / next.shape[0] / units;
    if (!Number.isInteger(block)) {
      throw new Error(
        `${next.name} [${next.shape}] cannot take the outputs of ${weight.name} [${weight.shape}].`,
      );
    }
    return [{ name: weight.name.slice(0, weight.name.lastIndexOf(".")), units, weight, bias, next, block }];
  });
}

/** Renumbers the units of a layer in θ, in place: unit i becomes what unit `order[i]` was. */
export function permuteUnits(layer: UnitLayer, theta: Float32Array, order: ArrayLike<number>): void {
  const { units, weight, bias, next, block } = layer;
  permuteBlocks(theta.subarray(weight.offset, weight.offset + weight.size), order, weight.size / units);
  permuteBlocks(theta.subarray(bias.offset, bias.offset + bias.size), order, 1);
  const row = units * block;
  for (let at = next.offset; at < next.offset + next.size; at += row) {
    permuteBlocks(theta.subarray(at, at + row), order, block);
  }
}

function permuteBlocks(values: Float32Array, order: ArrayLike<number>, size: number): void {
  const old = values.slice();
  for (let i = 0; i < order.length; i++) {
    const from = order[i] * size;
    for (let k = 0; k < size; k++) values[i * size + k] = old[from + k];
  }
}

/** All weights that belong to each unit of a layer, [m, K]: those that come in, its bias and those that go out. */
export function unitVectors(layer: UnitLayer, theta: Float32Array): Float64Array {
  const { units, weight, bias, next, block } = layer;
  const inputs = weight.size / units;
  const outputs = next.shape[0];
  const size = unitSize(layer);
  const vectors = new Float64Array(units * size);
  for (let u = 0; u < units; u++) {
    const from = weight.offset + u * inputs;
    let at = u * size;
    vectors.set(theta.subarray(from, from + inputs), at);
    at += inputs;
    vectors[at++] = theta[bias.offset + u];
    for (let o = 0; o < outputs; o++) {
      const first = next.offset + (o * units + u) * block;
      for (let k = 0; k < block; k++) vectors[at++] = theta[first + k];
    }
  }
  return vectors;
}

/** K, the number of weights that belong to a unit. */
export const unitSize = ({ units, weight, next }: UnitLayer): number =>
  weight.size / units + 1 + next.size / units;
