import { expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { initialise, leafViews, mlp, type Network, networkOf } from "../model/index.ts";
import { Examples } from "./examples.ts";
import { crossEntropy, squaredError } from "./loss.ts";
import { NetworkLandscape } from "./network-landscape.ts";
import { pointGradientProgram } from "./programs.ts";

const rng = Rng.fromSeed(4);

function random(count: number, width: number, classes: number): Dataset {
  const inputs = rng.split("inputs").normal(count * width);
  const targets =
    classes > 0
      ? Int32Array.from({ length: count }, (_, i) => i % classes)
      : rng.split("targets").normal(count);
  const split = { count, inputs, targets };
  const task = classes > 0 ? ("classification" as const) : ("regression" as const);
  const shape = [width];
  return {
    name: "random",
    task,
    shape,
    classes,
    byteScale: 1,
    byteShift: 0,
    train: split,
    test: split,
    checksum: "",
    source: "",
  };
}

/** Diagonal at a random θ, and the outputs' derivatives at it by central differences, [D, n, outputs]. */
async function measured(network: Network, dataset: Dataset) {
  using examples = new Examples(dataset, dataset.train);
  using landscape = new NetworkLandscape(
    network,
    examples,
    dataset.classes > 0 ? crossEntropy : squaredError,
  );
  const D = network.layout.size;
  const [theta, diagonal] = [allocateVector(D), allocateVector(D)];
  initialise(network, theta, "lecun-normal", rng.split("theta"));
  await landscape.gaussNewtonDiagonal(theta, diagonal);
  const at = await landscape.predict(theta);
  const derivatives: Float64Array[] = [];
  for (let j = 0; j < D; j++) {
    const value = theta[j];
    const h = 0.01;
    theta[j] = value + h;
    const up = await landscape.predict(theta);
    theta[j] = value - h;
    const down = await landscape.predict(theta);
    theta[j] = value;
    derivatives.push(Float64Array.from(up, (u, i) => (u - down[i]) / (2 * h)));
  }
  const result = { diagonal: Float32Array.from(diagonal), at, derivatives };
  releaseVector(theta, diagonal);
  return result;
}

test("of a regression: the sum of squared derivatives of the output", async () => {
  const { diagonal, derivatives } = await measured(mlp([3, 5, 4, 1], "tanh"), random(11, 3, 0));
  derivatives.forEach((slopes, j) => {
    const squares = slopes.reduce((sum, s) => sum + s * s, 0);
    expect(Math.abs(diagonal[j] - squares)).toBeLessThan(1e-3 * (1 + squares));
  });
});

test("of classes: derivatives of the logits with the curvature diag p − p pᵀ", async () => {
  const C = 3;
  const { diagonal, at, derivatives } = await measured(mlp([2, 4, C], "tanh"), random(9, 2, C));
  derivatives.forEach((slopes, j) => {
    let expected = 0;
    for (let i = 0; i < 9; i++) {
      const logits = Array.from(at.subarray(C * i, C * i + C), Math.exp);
      const total = logits.reduce((a, b) => a + b);
      const mean = logits.reduce((sum, e, c) => sum + (e / total) * slopes[C * i + c], 0);
      logits.forEach((e, c) => {
        expected += (e / total) * (slopes[C * i + c] - mean) ** 2;
      });
    }
    expect(Math.abs(diagonal[j] - expected)).toBeLessThan(1e-3 * (1 + expected));
  });
});

test("examples beyond one tile are added", async () => {
  const network = mlp([1, 1], "tanh");
  const dataset = random(2300, 1, 0);
  const { diagonal } = await measured(network, dataset);
  const inputs = dataset.train.inputs as Float32Array;
  const squares = inputs.reduce((sum, x) => sum + x * x, 0);
  expect(diagonal[0] / squares).toBeCloseTo(1, 5);
  expect(diagonal[1]).toBe(2300);
});

test("of convolutions: Σ_c p_c (∂ ln p_c / ∂θ)², by gradients of one example with one label", async () => {
  const network = networkOf({ kind: "lenetti", activation: "tanh" });
  const dataset = random(3, network.inputSize, 10);
  using examples = new Examples(dataset, dataset.train);
  using landscape = new NetworkLandscape(network, examples, crossEntropy);
  const D = network.layout.size;
  const [theta, diagonal, slope] = [allocateVector(D), allocateVector(D), allocateVector(D)];
  initialise(network, theta, "pytorch", rng.split("theta"));
  await landscape.gaussNewtonDiagonal(theta, diagonal);
  const expected = new Float64Array(D);
  using program = await pointGradientProgram(network, crossEntropy, 1, 1);
  const [parameters, slopes] = [leafViews(network.layout, theta), leafViews(network.layout, slope)];
  const loss = new Float32Array(1);
  for (let i = 0; i < 3; i++) {
    const x = dataset.train.inputs.slice(784 * i, 784 * (i + 1));
    for (let label = 0; label < 10; label++) {
      await program.run([...parameters, x, Int32Array.of(label)], [loss, ...slopes]);
      const probability = Math.exp(-loss[0]);
      slope.forEach((g, j) => {
        expected[j] += probability * g * g;
      });
    }
  }
  const most = Math.max(...expected);
  expected.forEach((value, j) => {
    expect(Math.abs(diagonal[j] - value)).toBeLessThan(1e-5 * (value + most));
  });
  releaseVector(theta, diagonal, slope);
});
