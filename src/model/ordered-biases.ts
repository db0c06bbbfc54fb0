import {
  add,
  arange,
  castTo,
  equal,
  full,
  less,
  matmul,
  type Rng,
  reshape,
  softplus,
  type Value,
  where,
} from "../engine/index.ts";
import type { Layout } from "./layout.ts";
import type { Network } from "./network.ts";
import { permuteUnits, unitLayersOf } from "./units.ts";

/**
 * Networks without permutation symmetry ("Paths and Ambient Spaces", theorem 1): the biases of each hidden layer
 * increase, b̃₀ = b₀ and b̃ⱼ = b̃ⱼ₋₁ + softplus(bⱼ), where the raw b are what is trained. Of the m! copies of a network
 * that renumber m units, one is ordered. The authors' code orders the output biases too, which changes nothing for the
 * one output of a regression and would restrict a classifier; here they are left alone.
 */

/** Ordered biases b̃ of the raw b: b̃₀ = b₀, b̃ⱼ = b̃ⱼ₋₁ + softplus(bⱼ). */
export function orderedFromRaw(raw: ArrayLike<number>): Float64Array {
  const ordered = Float64Array.from(raw);
  for (let j = 1; j < ordered.length; j++) {
    ordered[j] = ordered[j - 1] + Math.max(raw[j], 0) + Math.log1p(Math.exp(-Math.abs(raw[j])));
  }
  return ordered;
}

/**
 * The raw biases of ordered ones.
 * @throws Error if they do not increase strictly
 */
export function rawFromOrdered(ordered: ArrayLike<number>): Float64Array {
  const raw = Float64Array.from(ordered);
  for (let j = 1; j < raw.length; j++) {
    const step = ordered[j] - ordered[j - 1];
    if (!(step > 0)) {
      throw new Error(
        `Biases ${j - 1} and ${j} are ${ordered[j - 1]} and ${ordered[j]}, which do not increase; order the units first (sortUnits).`,
      );
    }
    raw[j] = step + Math.log(-Math.expm1(-step));
  }
  return raw;
}

/** `orderedFromRaw` as a function of the engine, [m] -> [m]. */
function orderedValue(raw: Value): Value {
  const [m] = raw.shape;
  const numbers = arange(m);
  const steps = where(equal(numbers, 0), raw, softplus(raw));
  // Sums from the start are a product with a triangle of ones.
  const triangle = less(reshape(numbers, [1, m]), add(reshape(numbers, [m, 1]), 1));
  return reshape(matmul(castTo(triangle, raw.dtype as "float32"), reshape(steps, [m, 1])), [m]);
}

/**
 * The network whose parameters are the raw biases (and all else as it was). On a span of its parameters the raw biases
 * are interpolated and then ordered, as in the authors' training. To sample a curve of the plain network, whose biases
 * keep their order for t in [0, 1] as in theorem 1, order its control points with `orderedParameters`; that curve
 * differs a little from the trained one, since softplus is not linear.
 */
export function withOrderedBiases(network: Network): Network {
  const layers = unitLayersOf(network.layout);
  if (layers.length === 0 || network.spec.kind === "ordered-biases") {
    throw new Error(
      `A network of kind ${network.spec.kind} with ${layers.length} hidden layers has no biases to order; give a plain one with hidden units.`,
    );
  }
  const hidden = new Set(layers.map(({ bias }) => bias.name));
  const isHidden = network.layout.leaves.map(({ name }) => hidden.has(name));
  const [{ units }] = layers;
  return {
    ...network,
    spec: { kind: "ordered-biases", of: network.spec },
    // The ordered biases are not linear in the raw ones, so those of the first layer come after it.
    firstLeaves: 1,
    first: ([weight], x) => network.first([weight, full([units], 0)], x),
    rest: ([bias, ...others], pre, masks) => {
      const shape = [1, units, ...new Array<number>(network.hiddenShape.length - 1).fill(1)];
      const parameters = others.map((value, i) => (isHidden[i + 2] ? orderedValue(value) : value));
      return network.rest(parameters, add(pre, reshape(orderedValue(bias), shape)), masks);
    },
  };
}

/** The biases of the hidden layers, as views. */
const hiddenBiases = (layout: Layout, theta: Float32Array): Float32Array[] =>
  unitLayersOf(layout).map(({ bias }) => theta.subarray(bias.offset, bias.offset + bias.size));

/** Turns raw parameters into those of the plain network that computes the same, in place. */
export function orderedParameters(layout: Layout, theta: Float32Array): void {
  for (const bias of hiddenBiases(layout, theta)) bias.set(orderedFromRaw(bias));
}

/**
 * Turns parameters of the plain network into raw ones, in place.
 * @throws Error if the biases of a hidden layer do not increase strictly; `sortUnits` makes them increase
 */
export function rawParameters(layout: Layout, theta: Float32Array): void {
  for (const bias of hiddenBiases(layout, theta)) bias.set(rawFromOrdered(bias));
}

/** Renumbers the hidden units of θ, in place, so that their biases increase; the network computes the same. */
export function sortUnits(layout: Layout, theta: Float32Array): void {
  for (const layer of unitLayersOf(layout)) {
    const bias = theta.slice(layer.bias.offset, layer.bias.offset + layer.units);
    const order = Array.from(bias.keys()).sort((i, j) => bias[i] - bias[j]);
    permuteUnits(layer, theta, order);
  }
}

/**
 * Fills the raw biases of the hidden layers as the authors do: the first is 0, the others are N(0, 1)/10 + centre.
 * At -100 all biases start equal, as with zero biases, and stay so: the derivative of softplus there, e^-100, is no
 * float32 number, so that training moves the first bias only. A centre of -4.6 starts with steps of 0.01 that learn.
 */
export function initialiseRawBiases(layout: Layout, theta: Float32Array, rng: Rng, centre = -100): void {
  for (const { bias } of unitLayersOf(layout)) {
    const raw = rng.split(bias.name).normal(bias.size);
    theta.set(
      raw.map((v, j) => (j === 0 ? 0 : v / 10 + centre)),
      bias.offset,
    );
  }
}
