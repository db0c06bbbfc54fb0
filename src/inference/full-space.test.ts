import { describe, expect, test } from "vitest";
import { type Dataset, toyRegression } from "../data/index.ts";
import { Rng } from "../engine/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../landscape/index.ts";
import { mlp, type Network } from "../model/index.ts";
import type { Draws } from "./draws.ts";
import { runChains, startChains } from "./driver.ts";
import { fullSpace } from "./full-space.ts";
import { pointLikelihood, type SpanLikelihood } from "./likelihood.ts";
import { nuts } from "./nuts.ts";
import { type Posterior, posterior } from "./posterior.ts";
import { summaryOf } from "./summary.ts";

const rng = Rng.fromSeed(21);
const prior = { scale: 1, weight: "arc-length" as const };
const noise = { kind: "sampled" as const, logMean: -1, logSd: 0.1 };

async function logDensities(target: Posterior, u: ArrayLike<number>) {
  const n = u.length / target.dimension;
  const [values, gradients] = [new Float64Array(n), new Float64Array(u.length)];
  await target.evaluate(Float64Array.from(u), values, gradients);
  return { values, gradients };
}

function opened(network: Network, dataset: Dataset) {
  const examples = new Examples(dataset, dataset.train);
  const landscape = new NetworkLandscape(network, examples, squaredError);
  return {
    landscape,
    [Symbol.dispose]() {
      landscape[Symbol.dispose]();
      examples[Symbol.dispose]();
    },
  };
}

test("gradient of a network's posterior by finite differences, for two chains at once", async () => {
  const network = mlp([1, 4, 3, 1], "tanh");
  const D = network.layout.size;
  using toy = opened(network, await toyRegression({ seed: 3 }));
  using likelihood = await pointLikelihood(toy.landscape, 2);
  const target = posterior({ space: fullSpace(D), prior, likelihood, noise, temperature: 3 });
  expect(target.dimension).toBe(D + 1);
  const u = Float64Array.from(rng.split("theta").normal(2 * (D + 1)), (x) => 0.5 * x);
  const { values, gradients } = await logDensities(target, u);
  const h = 0.01;
  for (let j = 0; j < u.length; j++) {
    const chain = Math.floor(j / (D + 1));
    const at = async (x: number) => (await logDensities(target, u.with(j, u[j] + x))).values[chain];
    // Fourth order: float32 losses do not allow for smaller steps.
    const slope =
      (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
    expect(Math.abs(gradients[j] - slope)).toBeLessThan(1e-4 * Math.abs(values[chain]));
  }
});

describe("the prior", () => {
  const flat = (D: number): SpanLikelihood => ({
    anchors: D,
    examples: 0,
    regression: true,
    async evaluate(_, losses, gradients) {
      losses.fill(0);
      gradients.fill(0);
    },
    [Symbol.dispose]: () => {},
  });

  test("is N(0, s² I) of the parameters and N(−1, 0.1²) of the logarithm of the noise scale", async () => {
    const target = posterior({
      space: fullSpace(3),
      prior: { ...prior, scale: 2 },
      likelihood: flat(3),
      noise,
      temperature: 1,
    });
    const { values } = await logDensities(target, [1, -2, 0.5, -0.8]);
    const normal = (x: number, mean: number, sd: number) =>
      -(((x - mean) / sd) ** 2) / 2 - Math.log(sd * Math.sqrt(2 * Math.PI));
    const expected = normal(1, 0, 2) + normal(-2, 0, 2) + normal(0.5, 0, 2) + normal(-0.8, -1, 0.1);
    expect(values[0]).toBeCloseTo(expected, 12);
  });

  test("has mass 1", async () => {
    const target = posterior({ space: fullSpace(1), prior, likelihood: flat(1), noise, temperature: 1 });
    const [nodes, step] = [200, 0.05];
    const positions = Array.from({ length: nodes * nodes }, (_, i) => [
      step * ((i % nodes) - nodes / 2),
      -1 + (step / 10) * (Math.floor(i / nodes) - nodes / 2),
    ]);
    const { values } = await logDensities(target, positions.flat());
    const mass = values.reduce((sum, v) => sum + Math.exp(v), 0) * step * (step / 10);
    expect(mass).toBeCloseTo(1, 5);
  });
});

test("Bayesian linear regression: NUTS finds the mean and covariance of the closed form", async () => {
  const [n, sigma, s] = [40, 0.5, 0.8];
  const x = rng.split("x").normal(2 * n);
  const e = rng.split("e").normal(n);
  // Inputs with a mean, so that weights and bias are correlated.
  for (let i = 0; i < n; i++) x[2 * i] += 1.5;
  const y = Float32Array.from({ length: n }, (_, i) => 0.7 * x[2 * i] - x[2 * i + 1] + 0.3 + sigma * e[i]);
  const split = { count: n, inputs: x, targets: y };
  const toy = await toyRegression();
  const network = mlp([2, 1]);
  using data = opened(network, { ...toy, shape: [2], train: split });
  using likelihood = await pointLikelihood(data.landscape, 4);
  const target = posterior({
    space: fullSpace(3),
    prior: { scale: s, weight: "arc-length" },
    likelihood,
    noise: { kind: "fixed", scale: sigma },
    temperature: 2,
  });

  // Precision XᵀX / (T σ²) + I / s², in the order of the network's parameters.
  const rows = Array.from({ length: n }, (_, i) => [x[2 * i], x[2 * i + 1], 1]);
  const bias = network.layout.leaves.find(({ shape }) => shape.length === 1)!.offset;
  const order = bias === 0 ? [2, 0, 1] : [0, 1, 2];
  const precision = order.map((a) =>
    order.map(
      (b) =>
        rows.reduce((sum, row) => sum + row[a] * row[b], 0) / (2 * sigma ** 2) + (a === b ? 1 / s ** 2 : 0),
    ),
  );
  const right = order.map((a) => rows.reduce((sum, row, i) => sum + row[a] * y[i], 0) / (2 * sigma ** 2));
  const covariance = inverse(precision);
  const mean = covariance.map((row) => row.reduce((sum, c, j) => sum + c * right[j], 0));

  const starts = [0, 1, 2, 3].map((i) => ({
    position: Float64Array.from(rng.split(`start ${i}`).normal(3)),
    rng: rng.split(`chain ${i}`),
  }));
  const sampler = nuts({ warmup: 200 });
  const chains = await runChains(target, sampler, await startChains(target, sampler, starts), { draws: 400 });
  const draws: Draws = {
    chains: 4,
    draws: 400,
    dimension: 3,
    values: Float64Array.from(chains.flatMap((chain) => [...chain.draws])),
  };
  summaryOf(draws).forEach((row, j) => {
    expect(Math.abs(row.mean - mean[j])).toBeLessThan(4 * row.mcseMean);
    expect(Math.abs(row.sd - Math.sqrt(covariance[j][j]))).toBeLessThan(4 * row.mcseSd);
    expect(row.essBulk).toBeGreaterThan(400);
  });
});

/** Of a 3 × 3 matrix, by cofactors. */
function inverse(a: number[][]): number[][] {
  const minor = (i: number, j: number) => {
    const [r, s] = [0, 1, 2].filter((k) => k !== i);
    const [c, d] = [0, 1, 2].filter((k) => k !== j);
    return (-1) ** (i + j) * (a[r][c] * a[s][d] - a[r][d] * a[s][c]);
  };
  const determinant = [0, 1, 2].reduce((sum, j) => sum + a[0][j] * minor(0, j), 0);
  return a.map((_, i) => a.map((_row, j) => minor(j, i) / determinant));
}
