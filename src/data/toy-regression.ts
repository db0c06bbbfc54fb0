import { Rng } from "../engine/index.ts";
import { type Dataset, type Split, withChecksum } from "./dataset.ts";

/** The network that makes the data, which is also the one that learns them. */
export interface ToyOptions {
  /** Number of hidden layers; default 3. */
  depth?: number;
  /** Units a hidden layer; default 16. */
  width?: number;
  /** Default `relu`. */
  activation?: "relu" | "elu" | "tanh";
  /** Seed of the network and the noise; default 0. */
  seed?: number;
}

const ACTIVATIONS = {
  relu: (x: number) => Math.max(0, x),
  elu: (x: number) => (x > 0 ? x : Math.expm1(x)),
  tanh: Math.tanh,
};

/** Standard deviation of the noise on the targets. */
const NOISE = Math.fround(0.05);
/** Half-width of the gap that training and validation leave around 0. */
const GAP = Math.fround(0.6);

/**
 * The one-dimensional regression of Dold et al. (2025), `gen_data`: a randomly initialised network of x, x², x³ plus
 * Gaussian noise of 0.05. 70 training and 18 validation points lie on [-2, 2] outside |x| <= 0.6, 33 test points on
 * [-2.5, 2.5] without a gap, so that the test asks for the in-between and for extrapolation. Not standardised. Equal to
 * the authors' data to about 1e-6.
 */
export async function toyRegression({
  depth = 3,
  width = 16,
  activation = "relu",
  seed = 0,
}: ToyOptions = {}): Promise<Dataset> {
  if (!Number.isInteger(depth) || depth < 1 || !Number.isInteger(width) || width < 1)
    throw new RangeError(
      `The toy network has depth ${depth} and width ${width}; give whole numbers from 1 on.`,
    );
  const activate = ACTIVATIONS[activation];
  if (!activate)
    throw new RangeError(
      `The activation of the toy network is "${activation}"; choose ${Object.keys(ACTIVATIONS).join(", ")}.`,
    );
  let stream = Rng.fromSeed(seed + 1133);
  const next = () => {
    const [rest, here] = stream.splitN(2);
    stream = rest;
    return here;
  };
  const layers = await initialLayers(next(), [3, ...Array<number>(depth).fill(width), 1]);
  const sample = (x: Float32Array): Split => {
    const noise = next().normal(x.length);
    const targets = x.map((value, i) => forward(layers, activate, value) + Math.fround(noise[i] * NOISE));
    return { count: x.length, inputs: x, targets };
  };
  const outsideGap = (x: number) => Math.abs(x) > GAP;
  return withChecksum({
    name: "toy-regression",
    task: "regression",
    shape: [1],
    classes: 0,
    byteScale: 1,
    byteShift: 0,
    // In this order, for each takes the next key.
    train: sample(linspace(2, 100).filter(outsideGap)),
    validation: sample(linspace(2, 25).filter(outsideGap)),
    test: sample(linspace(2.5, 33)),
    source: "generated as in Dold et al. 2025, Paths and Ambient Spaces in Neural Loss Landscapes",
    note: `depth ${depth}, width ${width}, ${activation}, seed ${seed}`,
  });
}

/** A dense layer without its bias, which is 0: kernel[i * outputs + j] leads from input i to output j. */
interface Layer {
  inputs: number;
  outputs: number;
  kernel: Float32Array;
}

/** The layers `Dense_0`, `Dense_1`, ... as Flax initialises them (LeCun normal): truncated normal, variance 1/inputs. */
function initialLayers(init: Rng, sizes: number[]): Promise<Layer[]> {
  return Promise.all(
    sizes.slice(1).map(async (outputs, i) => {
      const inputs = sizes[i];
      const rng = await flaxParameterRng(init, `Dense_${i}`);
      // 0.8796... is the standard deviation of a standard normal truncated to ±2.
      const deviation = Math.fround(Math.sqrt(1 / inputs) / 0.87962566103423978);
      return { inputs, outputs, kernel: rng.truncatedNormal(inputs * outputs).map((x) => x * deviation) };
    }),
  );
}

/**
 * The stream of a Flax parameter: the first four bytes of the SHA-1 of the module's name and a counter byte, folded
 * into the initial key. The counter is 1 for the first parameter of a module, the kernel.
 */
export async function flaxParameterRng(init: Rng, module: string, counter = 1): Promise<Rng> {
  const text = Uint8Array.of(...new TextEncoder().encode(module), counter);
  return init.foldIn(new DataView(await crypto.subtle.digest("SHA-1", text)).getUint32(0));
}

/** The network at one point, rounded to float32 after every layer. */
function forward(layers: Layer[], activate: (x: number) => number, x: number): number {
  const square = Math.fround(x * x);
  let values = Float32Array.of(x, square, square * x);
  layers.forEach(({ inputs, outputs, kernel }, depth) => {
    values = Float32Array.from({ length: outputs }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += values[i] * kernel[i * outputs + j];
      return depth === layers.length - 1 ? sum : activate(Math.fround(sum));
    });
  });
  return values[0];
}

/** `count` points from -end to end, in float32 as `jax.numpy.linspace` rounds them. */
function linspace(end: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const step = Math.fround(i / (count - 1));
    return i === count - 1 ? end : Math.fround(-end * Math.fround(1 - step)) + Math.fround(end * step);
  });
}
