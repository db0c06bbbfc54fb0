import { compile, matmul, type Program, type Rng, transpose, type Value } from "../engine/index.ts";
import { assign } from "./assignment.ts";
import { leafViews } from "./layout.ts";
import type { Network } from "./network.ts";
import { permuteUnits, type UnitLayer, unitLayersOf, unitSize, unitVectors } from "./units.ts";

/** A network with its units renumbered so that its weights come close to those of another. */
export interface WeightMatching {
  /** The renumbered parameter vector. */
  theta: Float32Array;
  /** For each hidden layer: unit i is what unit `order[i]` was. */
  layers: { name: string; order: Int32Array }[];
  /** Euclidean distance to the reference before and after; never larger after. */
  distanceBefore: number;
  distanceAfter: number;
  /** Largest change of an output over random inputs, which is rounding, and the largest output there. */
  outputDeviation: number;
  largestOutput: number;
}

/** A renumbering must gain so much of the sum of inner products, or it is rounding. */
const LEAST_GAIN = 1e-10;
/** Outputs that change by a larger part of the largest one are not the same function. */
const TOLERANCE = 1e-3;
const PROBES = 64;

/**
 * Renumbers the hidden units of θ so that its distance to a reference becomes small, by weight matching (Ainsworth,
 * Hayase and Srinivasa 2023, "Git Re-Basin", section 3.2 and algorithm 1): layer by layer in random order, the linear
 * assignment that is best while the other layers stay, until no layer gains. Each step lowers the distance, so that
 * the result is a local optimum, for one hidden layer the global one. That the network computes the same as before
 * is checked on random inputs.
 *
 * @param reference, theta parameter vectors of the network, length D; both stay as they are
 * @param rng for the order of the layers and the inputs of the check
 * @throws Error if a parameter is not finite, or the network has ordered biases or is no chain of layers
 */
export async function matchWeights(
  network: Network,
  reference: Float32Array,
  theta: Float32Array,
  rng: Rng,
): Promise<WeightMatching> {
  if (network.spec.kind === "ordered-biases") {
    throw new Error(
      "The units of a network with ordered biases have one order only; match the plain parameters (orderedParameters).",
    );
  }
  const layers = unitLayersOf(network.layout);
  const matched = theta.slice();
  const orders = layers.map(({ units }) => Int32Array.from({ length: units }, (_, i) => i));
  const programs: Program[] = [];
  try {
    for (const layer of layers) programs.push(await innerProductProgram(layer));
    // A layer is looked at again when one beside it has changed.
    const pending = new Set(layers.keys());
    for (let sweep = 0; pending.size > 0; sweep++) {
      const shuffled = rng.split("sweep").foldIn(sweep).permutation(layers.length);
      for (const l of shuffled) {
        if (!pending.delete(l)) continue;
        const order = await bestOrder(programs[l], layers[l], reference, matched);
        if (!order) continue;
        permuteUnits(layers[l], matched, order);
        orders[l] = Int32Array.from(order, (i) => orders[l][i]);
        for (const beside of [l - 1, l + 1]) if (layers[beside]) pending.add(beside);
      }
    }
  } finally {
    for (const program of programs) program[Symbol.dispose]();
  }
  const { deviation, largest } = await compareOutputs(network, theta, matched, rng.split("probes"));
  if (!(deviation <= TOLERANCE * largest)) {
    throw new Error(
      `Renumbering the units changed the outputs of the network by ${deviation} (of ${largest}); its weights are used in another way than its layout says.`,
    );
  }
  return {
    theta: matched,
    layers: layers.map(({ name }, l) => ({ name, order: orders[l] })),
    distanceBefore: distanceOf(reference, theta),
    distanceAfter: distanceOf(reference, matched),
    outputDeviation: deviation,
    largestOutput: largest,
  };
}

/** [m, K] and [m, K] -> their inner products [m, m], in float64, so that ties stay ties. */
function innerProductProgram(layer: UnitLayer): Promise<Program> {
  const vectors = { shape: [layer.units, unitSize(layer)], dtype: "float64" as const };
  return compile(((a: Value, b: Value) => matmul(a, transpose(b))) as never, [vectors, vectors]);
}

/** The order of the units of θ that is nearest to the reference, or nothing if the present one is. */
async function bestOrder(
  program: Program,
  layer: UnitLayer,
  reference: Float32Array,
  theta: Float32Array,
): Promise<Int32Array | undefined> {
  const { units } = layer;
  const [products] = await program.run([unitVectors(layer, reference), unitVectors(layer, theta)]);
  const order = assign(products as Float64Array, units);
  let [gain, scale] = [0, 0];
  for (let i = 0; i < units; i++) {
    gain += products[i * units + order[i]] - products[i * units + i];
    scale += Math.abs(products[i * units + order[i]]);
  }
  return gain > LEAST_GAIN * scale ? order : undefined;
}

/** Largest difference of the outputs of two parameter vectors on standard normal inputs, and the largest output. */
async function compareOutputs(
  network: Network,
  theta: Float32Array,
  other: Float32Array,
  rng: Rng,
): Promise<{ deviation: number; largest: number }> {
  const { layout, firstLeaves, inputSize } = network;
  const fn = (parameters: Value[], x: Value) =>
    network.rest(parameters.slice(firstLeaves), network.first(parameters.slice(0, firstLeaves), x));
  using program = await compile(fn as never, [
    layout.leaves.map(({ shape }) => ({ shape })),
    { shape: [PROBES, inputSize] },
  ]);
  const x = rng.normal(PROBES * inputSize);
  const [before] = await program.run([...leafViews(layout, theta), x]);
  const [after] = await program.run([...leafViews(layout, other), x]);
  let [deviation, largest] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    // Math.max passes NaN on, which the caller refuses.
    deviation = Math.max(deviation, Math.abs(after[i] - before[i]));
    largest = Math.max(largest, Math.abs(before[i]));
  }
  return { deviation, largest };
}

function distanceOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
