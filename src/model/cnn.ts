import { add, convolve, multiply, reshape, type Value } from "../engine/index.ts";
import { layoutOf } from "./layout.ts";
import { dense } from "./mlp.ts";
import { ACTIVATIONS, type Activation, type Network } from "./network.ts";
import { averagePool, maxPool } from "./pool.ts";

/** Convolution of [n, c, h, w] plus one bias for each output channel. */
const convolution = (x: Value, kernel: Value, bias: Value, padding: number): Value =>
  add(convolve(x, kernel, padding), reshape(bias, [1, bias.shape[0], 1, 1]));

const flatten = (x: Value): Value => reshape(x, [x.shape[0], x.shape.slice(1).reduce((a, b) => a * b, 1)]);

const linear = (name: string, out: number, inputs: number) => [
  { name: `${name}.weight`, shape: [out, inputs] },
  { name: `${name}.bias`, shape: [out] },
];
const conv = (name: string, out: number, inputs: number, size: number) => [
  { name: `${name}.weight`, shape: [out, inputs, size, size] },
  { name: `${name}.bias`, shape: [out] },
];

/**
 * LeNet-5 on 28x28 grey images: 6 and 16 5x5 filters (the first padded by 2), each with 2x2 average pooling, then
 * 120-84-10; 61,706 parameters ("Paths and Ambient Spaces", `LeNet` of the authors' code).
 */
export function lenet(activation: Activation = "relu"): Network {
  const act = ACTIVATIONS[activation];
  const layout = layoutOf([
    ...conv("conv1", 6, 1, 5),
    ...conv("conv2", 16, 6, 5),
    ...linear("fc1", 120, 400),
    ...linear("fc2", 84, 120),
    ...linear("fc3", 10, 84),
  ]);
  const firstCost = 28 * 28 * 25 * 6;
  return {
    spec: { kind: "lenet", activation },
    layout,
    inputSize: 784,
    outputs: 10,
    firstLeaves: 2,
    firstCost,
    totalCost: firstCost + 100 * 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10,
    hiddenShape: [6, 28, 28],
    masks: [],
    first: ([kernel, bias], x) => convolution(reshape(x, [x.shape[0], 1, 28, 28]), kernel, bias, 2),
    rest: ([k2, b2, w1, c1, w2, c2, w3, c3], hidden) => {
      let h = averagePool(act(hidden));
      h = averagePool(act(convolution(h, k2, b2, 0)));
      h = act(dense(flatten(h), w1, c1));
      return dense(act(dense(h, w2, c2)), w3, c3);
    },
  };
}

/**
 * LeNetti on 28x28 grey images, the smallest convolutional network of "Paths and Ambient Spaces" (`LeNetti` of the
 * authors' code): one 3x3 filter padded by 2, then 8-8-8-10 on its 900 outputs, without pooling; 7,452 parameters.
 */
export function lenetti(activation: Activation = "relu"): Network {
  const act = ACTIVATIONS[activation];
  const layout = layoutOf([
    ...conv("conv1", 1, 1, 3),
    ...linear("fc1", 8, 900),
    ...linear("fc2", 8, 8),
    ...linear("fc3", 8, 8),
    ...linear("fc4", 10, 8),
  ]);
  const firstCost = 900 * 9;
  return {
    spec: { kind: "lenetti", activation },
    layout,
    inputSize: 784,
    outputs: 10,
    firstLeaves: 2,
    firstCost,
    totalCost: firstCost + 900 * 8 + 2 * 8 * 8 + 8 * 10,
    hiddenShape: [1, 30, 30],
    masks: [],
    first: ([kernel, bias], x) => convolution(reshape(x, [x.shape[0], 1, 28, 28]), kernel, bias, 2),
    rest: ([w1, c1, w2, c2, w3, c3, w4, c4], hidden) => {
      let h = act(dense(flatten(act(hidden)), w1, c1));
      h = act(dense(h, w2, c2));
      return dense(act(dense(h, w3, c3)), w4, c4);
    },
  };
}

/** How a SimpleCNN departs from the published one. */
export interface SimpleCnnOptions {
  /** Probability of a zero in the output of each convolution during training, in [0, 1); default 0. */
  dropout?: number;
  /** Factor of the numbers of channels; default 1. */
  width?: number;
}

/**
 * The SimpleCNN of "Large Scale Structure" (section 4.1): three 3x3 convolutions with 16, 32 and 32 channels, each
 * followed by 2x2 max pooling, with the nonlinearity after the first two, and one dense layer; 19,178 parameters on
 * 28x28 grey images, 19,466 on 32x32 colour images. Dropout comes before pooling, as in the first author's later code.
 * @param inputShape channels, height, width
 */
export function simpleCnn(
  activation: Activation = "tanh",
  inputShape: [number, number, number] = [1, 28, 28],
  classes = 10,
  { dropout = 0, width: factor = 1 }: SimpleCnnOptions = {},
): Network {
  if (!(dropout >= 0 && dropout < 1)) throw new Error(`Dropout ${dropout} is not in [0, 1).`);
  if (!Number.isInteger(factor) || factor < 1) {
    throw new Error(`The width factor ${factor} of a SimpleCNN is not possible; give a whole number from 1.`);
  }
  const act = ACTIVATIONS[activation];
  const [channels, height, width] = inputShape;
  const [c1, c2, c3] = [16, 32, 32].map((count) => count * factor);
  const half = (size: number) => Math.ceil(size / 2);
  const rows = [height, half(height), half(half(height))];
  const columns = [width, half(width), half(half(width))];
  const sizes = rows.map((count, i) => count * columns[i]);
  const last = half(rows[2]) * half(columns[2]) * c3;
  const layout = layoutOf([
    ...conv("conv1", c1, channels, 3),
    ...conv("conv2", c2, c1, 3),
    ...conv("conv3", c3, c2, 3),
    ...linear("fc1", classes, last),
  ]);
  const firstCost = sizes[0] * 9 * channels * c1;
  const options = { ...(dropout > 0 && { dropout }), ...(factor > 1 && { width: factor }) };
  return {
    spec: { kind: "simple-cnn", activation, inputShape, classes, ...options },
    layout,
    inputSize: channels * height * width,
    outputs: classes,
    firstLeaves: 2,
    firstCost,
    totalCost: firstCost + sizes[1] * 9 * c1 * c2 + sizes[2] * 9 * c2 * c3 + last * classes,
    hiddenShape: [c1, height, width],
    masks:
      dropout > 0
        ? [c1, c2, c3].map((count, i) => ({ shape: [count, rows[i], columns[i]], rate: dropout }))
        : [],
    first: ([kernel, bias], x) => convolution(reshape(x, [x.shape[0], ...inputShape]), kernel, bias, 1),
    rest: ([k2, b2, k3, b3, w, b], hidden, masks) => {
      const masked = (h: Value, i: number) => (masks?.length ? multiply(h, masks[i]) : h);
      let h = act(maxPool(masked(hidden, 0)));
      h = act(maxPool(masked(convolution(h, k2, b2, 1), 1)));
      return dense(flatten(maxPool(masked(convolution(h, k3, b3, 1), 2))), w, b);
    },
  };
}
