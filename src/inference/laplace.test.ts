import { expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { crossEntropy, Examples, NetworkLandscape, squaredError } from "../landscape/index.ts";
import { mlp } from "../model/index.ts";
import { diagonalLaplace, predictDraws } from "./laplace.ts";

const N = 40;
const rng = Rng.fromSeed(12);
const inputs = rng.split("x").normal(2 * N);

function dataset(targets: Float32Array | Int32Array, classes: number): Dataset {
  const split = { count: N, inputs, targets };
  const task = classes > 0 ? ("classification" as const) : ("regression" as const);
  return {
    name: "",
    task,
    shape: [2],
    classes,
    byteScale: 1,
    byteShift: 0,
    train: split,
    test: split,
    checksum: "",
    source: "",
  };
}

const squares = (feature: 0 | 1) => inputs.reduce((sum, x, i) => sum + (i % 2 === feature ? x * x : 0), 0);

test("of a linear regression: conditional deviations of the conjugate posterior, and its predictions", async () => {
  const data = dataset(new Float32Array(N), 0);
  using examples = new Examples(data, data.train);
  using landscape = new NetworkLandscape(mlp([2, 1]), examples, squaredError);
  const theta = allocateVector(3);
  theta.set([0.5, -1, 2]);
  const [priorPrecision, noiseScale, temperature] = [3, 0.4, 2];
  using laplace = await diagonalLaplace(landscape, theta, { priorPrecision, noiseScale, temperature });
  theta.fill(0);
  expect([...laplace.mean]).toEqual([0.5, -1, 2]);
  // Σ⁻¹ = XᵀX / (σ² T) + λ I; given the other parameters, the variance of one is the reciprocal of its diagonal.
  const information = [squares(0), squares(1), N];
  const variances = information.map((h) => 1 / (h / (noiseScale ** 2 * temperature) + priorPrecision));
  variances.forEach((variance, j) => {
    expect(laplace.deviations[j] / Math.sqrt(variance)).toBeCloseTo(1, 5);
  });
  const draws = 4000;
  const outputs = await predictDraws(landscape, laplace, draws, rng.split("draws"));
  for (const i of [0, 7, 39]) {
    const [x0, x1] = inputs.subarray(2 * i, 2 * i + 2);
    const own = Float64Array.from({ length: draws }, (_, k) => outputs[k * N + i]);
    const mean = own.reduce((a, b) => a + b) / draws;
    const spread = own.reduce((sum, f) => sum + (f - mean) ** 2, 0) / draws;
    const variance = x0 ** 2 * variances[0] + x1 ** 2 * variances[1] + variances[2];
    expect(Math.abs(mean - (0.5 * x0 - x1 + 2)) / Math.sqrt(variance / draws)).toBeLessThan(4);
    // The standard error of a variance is √(2/n) of it.
    expect(Math.abs(spread / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws));
  }
  releaseVector(theta);
});

test("of a logistic regression at zero weights: p (1 − p) Σ x²", async () => {
  const data = dataset(
    Int32Array.from({ length: N }, (_, i) => i % 2),
    2,
  );
  using examples = new Examples(data, data.train);
  using landscape = new NetworkLandscape(mlp([2, 2]), examples, crossEntropy);
  const theta = allocateVector(6);
  using laplace = await diagonalLaplace(landscape, theta, { priorPrecision: 1 });
  // Weights [class, feature], then biases.
  const information = [squares(0), squares(1), squares(0), squares(1), N, N];
  information.forEach((h, j) => {
    expect(laplace.deviations[j] * Math.sqrt(h / 4 + 1)).toBeCloseTo(1, 5);
  });
  await expect(diagonalLaplace(landscape, theta, { priorPrecision: 1, noiseScale: 1 })).rejects.toThrow(
    "has no noise scale",
  );
  await expect(diagonalLaplace(landscape, theta, { priorPrecision: 0 })).rejects.toThrow(
    "priorPrecision is 0",
  );
  releaseVector(theta);
});
