import { describe, expect, it } from "vitest";
import { allocateVector, compile, multiply, Rng, sum, type Value, valueAndGrad } from "../engine/index.ts";
import { initialise, leafViews, lenet, lenetti, type Network } from "./index.ts";

const ACTIVATIONS = { relu: (x: number) => Math.max(0, x), tanh: Math.tanh };
type Known = keyof typeof ACTIVATIONS;
type Layers = readonly ArrayLike<number>[];

/** Channels of images, as rows of rows. */
type Image = number[][][];

function convolution(
  input: Image,
  kernel: ArrayLike<number>,
  bias: ArrayLike<number>,
  size: number,
  pad: number,
): Image {
  const [c, h, w] = [input.length, input[0].length, input[0][0].length];
  return Array.from(bias, (b, o) =>
    Array.from({ length: h + 2 * pad - size + 1 }, (_, i) =>
      Array.from({ length: w + 2 * pad - size + 1 }, (_, j) => {
        let s = b;
        for (let ch = 0; ch < c; ch++) {
          for (let u = 0; u < size; u++) {
            for (let v = 0; v < size; v++) {
              s +=
                (input[ch][i + u - pad]?.[j + v - pad] ?? 0) * kernel[((o * c + ch) * size + u) * size + v];
            }
          }
        }
        return s;
      }),
    ),
  );
}

const pool = (input: Image): Image =>
  input.map((p) =>
    Array.from({ length: p.length / 2 }, (_, i) =>
      Array.from({ length: p[0].length / 2 }, (_, j) => {
        const [a, b] = [p[2 * i], p[2 * i + 1]];
        return (a[2 * j] + a[2 * j + 1] + b[2 * j] + b[2 * j + 1]) / 4;
      }),
    ),
  );

const dense = (v: number[], w: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(b, (bias, o) => v.reduce((t, a, k) => t + a * w[o * v.length + k], bias));

const each = (input: Image, f: (x: number) => number): Image => input.map((p) => p.map((r) => r.map(f)));

const picture = (x: ArrayLike<number>): Image => [
  Array.from({ length: 28 }, (_, i) => Array.from({ length: 28 }, (_, j) => x[28 * i + j])),
];

/** LeNet-5 on one image in plain float64 loops. */
function referenceLenet([k1, c1, k2, c2, w3, b3, w4, b4, w5, b5]: Layers, x: ArrayLike<number>, name: Known) {
  const act = ACTIVATIONS[name];
  const first = pool(each(convolution(picture(x), k1, c1, 5, 2), act));
  const features = pool(each(convolution(first, k2, c2, 5, 0), act)).flat(2);
  return dense(dense(dense(features, w3, b3).map(act), w4, b4).map(act), w5, b5);
}

/** LeNetti on one image in plain float64 loops. */
function referenceLenetti([k, c, w1, b1, w2, b2, w3, b3, w4, b4]: Layers, x: ArrayLike<number>, name: Known) {
  const act = ACTIVATIONS[name];
  const features = each(convolution(picture(x), k, c, 3, 2), act).flat(2);
  const hidden = dense(dense(dense(features, w1, b1).map(act), w2, b2).map(act), w3, b3).map(act);
  return dense(hidden, w4, b4);
}

const outputsOf = (network: Network, parameters: Value[], x: Value) =>
  network.rest(parameters.slice(2), network.first(parameters.slice(0, 2), x));

const CASES = [
  ["LeNet", "relu", lenet, referenceLenet],
  ["LeNet", "tanh", lenet, referenceLenet],
  ["LeNetti", "relu", lenetti, referenceLenetti],
  ["LeNetti", "tanh", lenetti, referenceLenetti],
] as const;

describe.each(CASES)("%s with %s", (_, activation, build, reference) => {
  const network = build(activation);
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, "pytorch", Rng.fromSeed(1));
  const x = Rng.fromSeed(3).uniform(784);
  const direction = Rng.fromSeed(5).normal(10);
  const leaves = leafViews(network.layout, theta);

  it("has the outputs and the gradient of plain loops", async () => {
    const fn = (parameters: Value[], image: Value, along: Value) =>
      valueAndGrad(
        ((ps: Value[]) => {
          const out = outputsOf(network, ps, image);
          return [sum(multiply(out, along)), out];
        }) as never,
        { hasAux: true },
      )(parameters);
    using program = await compile(fn as never, [
      network.layout.leaves.map(({ shape }) => ({ shape })),
      { shape: [1, 784] },
      { shape: [1, 10] },
    ]);
    const results = await program.run([...leaves, x, direction]);
    const [, outputs, ...gradients] = results;
    const expected = reference(leaves, x, activation);
    outputs.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i], 5);
    });
    // Central differences of the float64 loops at a few parameters of every array.
    const exact = leaves.map((leaf) => Float64Array.from(leaf));
    const along = (parameters: Layers) =>
      reference(parameters, x, activation).reduce((s, v, i) => s + v * direction[i], 0);
    for (const [l, leaf] of exact.entries()) {
      for (const place of [0, leaf.length >> 1, leaf.length - 1]) {
        const value = leaf[place];
        const step = 1e-5;
        leaf[place] = value + step;
        const above = along(exact);
        leaf[place] = value - step;
        const below = along(exact);
        leaf[place] = value;
        expect(gradients[l][place]).toBeCloseTo((above - below) / (2 * step), 4);
      }
    }
  });
});
