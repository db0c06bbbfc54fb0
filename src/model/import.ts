import type { Layout, Leaf } from "./layout.ts";

/** A named array of a checkpoint. */
export interface NamedArray {
  name: string;
  shape: number[];
  data: ArrayLike<number>;
}

const natural = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
const isBias = (name: string) => /bias$/.test(name);
const same = (a: number[], b: number[]) => a.length === b.length && a.every((x, i) => x === b[i]);

/**
 * Flax keeps kernels as [in, out] and [height, width, in, out]; PyTorch, and θ here, as [out, in, height, width].
 * @param channels of the images that a dense kernel takes flattened: the last axis in Flax, the first here
 */
function fromFlax(array: NamedArray, leaf: Leaf, channels?: number): Float32Array | undefined {
  const [out, input, ...spatial] = leaf.shape;
  if (input === undefined || !same(array.shape, [...spatial, input, out])) return undefined;
  const result = new Float32Array(leaf.size);
  const depth = channels ?? input;
  const area = leaf.size / out / depth;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < depth; i++) {
      for (let s = 0; s < area; s++)
        result[(o * depth + i) * area + s] = array.data[(s * depth + i) * out + o];
    }
  }
  return result;
}

/**
 * Fills θ from the arrays of a checkpoint: by this project's names if all are there, else layer by layer in the
 * natural order of their names (a PyTorch state dict such as `0.weight, 0.bias, 2.weight, 2.bias`, or Flax names
 * with `kernel`), transposing kernels stored the other way round. Square kernels are taken as PyTorch's unless
 * their name ends in `kernel`.
 * @throws Error naming the array and both shapes if the checkpoint is of another architecture
 */
export function importParameters(layout: Layout, arrays: NamedArray[], theta: Float32Array): void {
  const byName = new Map(arrays.map((a) => [a.name, a]));
  const named = layout.leaves.every((leaf) => byName.has(leaf.name));
  const sorted = arrays.toSorted((a, b) => natural(a.name, b.name));
  const biases = sorted.filter((a) => isBias(a.name));
  const kernels = sorted.filter((a) => !isBias(a.name));
  if (!named && arrays.length !== layout.leaves.length) {
    throw new Error(
      `The checkpoint has ${arrays.length} arrays (${sorted.map((a) => a.name).join(", ")}); this network has ${layout.leaves.length} (${layout.leaves.map((l) => l.name).join(", ")}).`,
    );
  }
  let channels: number | undefined;
  for (const leaf of layout.leaves) {
    const array = named ? byName.get(leaf.name) : isBias(leaf.name) ? biases.shift() : kernels.shift();
    const flaxFirst = array?.name.endsWith("kernel");
    const data =
      array &&
      ((flaxFirst && fromFlax(array, leaf, channels)) ||
        (same(array.shape, leaf.shape) && array.data) ||
        fromFlax(array, leaf, channels));
    if (!data) {
      throw new Error(
        `The checkpoint is of another architecture: ${array ? `${array.name} has shape [${array.shape}]` : "no array is left"} where ${leaf.name} of this network has [${leaf.shape}].`,
      );
    }
    theta.set(data, leaf.offset);
    // What a convolution gives, the next dense layer takes flattened.
    if (leaf.shape.length > 1) channels = leaf.shape.length > 2 ? leaf.shape[0] : undefined;
  }
}
