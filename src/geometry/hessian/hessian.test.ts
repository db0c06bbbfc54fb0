import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../data/index.ts";
import {
  allocateVector,
  axpy,
  combine,
  compile,
  divide,
  grad,
  Rng,
  sum,
  type Value,
} from "../../engine/index.ts";
import {
  crossEntropy,
  Examples,
  type Landscape,
  NetworkLandscape,
  WedgeLandscape,
  type WedgeSpec,
} from "../../landscape/index.ts";
import { initialise, mlp } from "../../model/index.ts";
import { denseMatrix, denseSpectrum } from "./dense.ts";
import { hutchinson } from "./hutchinson.ts";
import { lanczos } from "./lanczos.ts";
import { hessianAt } from "./operator.ts";
import { diagonal } from "./operators.reference.ts";
import { spectralDensity } from "./quadrature.ts";
import { countDirections, settledCount } from "./short-directions.ts";

const rng = Rng.fromSeed(11);

/** Below all curvatures where wedges meet: with 220 of 400 directions short, the least is about (1 − √0.55)² = 0.067. */
const THRESHOLD = 0.01;

/** Short directions by Lanczos's iteration alone. */
async function shortDirections(landscape: Landscape, theta: Float32Array): Promise<number | undefined> {
  using hessian = await hessianAt(landscape, theta);
  const found = await lanczos(hessian, rng.split("count"), {
    steps: landscape.size,
    restarts: true,
    enough: (soFar) => settledCount(soFar, THRESHOLD) !== undefined,
  });
  return settledCount(found, THRESHOLD);
}

async function descended(landscape: Landscape, steps: number, rate: number, seed: number) {
  const theta = allocateVector(landscape.size);
  const gradient = allocateVector(landscape.size);
  theta.set(rng.split("start").foldIn(seed).normal(landscape.size));
  for (let step = 0; step < steps; step++) {
    await landscape.gradient(theta, gradient);
    axpy(theta, -rate, gradient);
  }
  return theta;
}

describe("wedges", () => {
  test.each<WedgeSpec>([
    { kind: "all-tuples", dimension: 400, short: 20, seed: 1 },
    { kind: "all-tuples", dimension: 200, short: 30, turned: true, seed: 1 },
    { kind: "axes", dimension: 400, short: 20, wedges: 10, seed: 1 },
    { kind: "rotated", dimension: 400, short: 20, wedges: 10, seed: 1 },
  ])("an optimum on $kind has exactly s short directions", async (spec) => {
    using landscape = new WedgeLandscape(spec);
    expect(await shortDirections(landscape, await descended(landscape, 1, 1, 0))).toBe(spec.short);
  });

  // D = 400, s = 20 ("Large Scale Structure", section 4.3): 20, 40, 60, 80, 100, 160, 220.
  test.each([1, 2, 3, 4, 5, 8, 11])(
    "where %i rotated wedges meet there are that many times s",
    async (wedges) => {
      using landscape = new WedgeLandscape({
        kind: "rotated",
        dimension: 400,
        short: 20,
        wedges: 11,
        seed: 2,
      });
      using common = landscape.intersection(Array.from({ length: wedges }, (_, k) => k));
      const theta = await descended(common, 60, 0.7, wedges);
      expect(await shortDirections(common, theta)).toBe(20 * wedges);
    },
  );

  test("where two wedges along axes meet, axes that both have short count once", async () => {
    using landscape = new WedgeLandscape({ kind: "axes", dimension: 100, short: 30, wedges: 2, seed: 5 });
    using common = landscape.intersection([0, 1]);
    const theta = allocateVector(100);
    const union = new Set(
      landscape.spaces.flatMap((space) => space.directions().map((direction) => direction.indexOf(1))),
    );
    expect(union.size).toBeLessThan(60);
    expect(await shortDirections(common, theta)).toBe(union.size);
  });
});

describe("a network of 506 parameters", () => {
  const network = mlp([20, 16, 10], "tanh");
  const count = 200;
  const inputs = rng.split("x").normal(count * 20);
  const targets = rng.split("y").integers(count, 10);
  const split = { count, inputs, targets };
  const dataset: Dataset = {
    ...{ name: "random", task: "classification", shape: [20], classes: 10, byteScale: 1, byteShift: 0 },
    ...{ train: split, test: split, checksum: "", source: "" },
  } as Dataset;
  const landscape = new NetworkLandscape(network, new Examples(dataset, split), crossEntropy);
  const theta = allocateVector(506);
  initialise(network, theta, "glorot-uniform", rng.split("theta"));
  combine(theta, [theta], [2]);

  /** Central differences of the gradient in float64. */
  async function reference(): Promise<Matrix> {
    const leaves = network.layout.leaves;
    const objective = (parameters: Value[], x: Value, y: Value) => {
      const hidden = network.first(parameters.slice(0, 2), x);
      const outputs = network.rest(parameters.slice(2), hidden);
      return divide(sum(crossEntropy.perExample(outputs, y)), count);
    };
    using program = await compile(grad(objective as never, { argnums: 0 }) as never, [
      leaves.map(({ shape }) => ({ shape, dtype: "float64" as const })),
      { shape: [count, 20], dtype: "float64" },
      { shape: [count], dtype: "int32" },
    ]);
    const data = [Float64Array.from(inputs), targets];
    const at = async (point: Float64Array) => {
      const parts = leaves.map(({ offset, size }) => point.slice(offset, offset + size));
      return (await program.run([...parts, ...data])).flatMap((part) => Array.from(part, Number));
    };
    const matrix = new Matrix(506, 506);
    const h = 1e-4;
    for (let i = 0; i < 506; i++) {
      const base = Float64Array.from(theta);
      const [up, down] = [await at(base.with(i, base[i] + h)), await at(base.with(i, base[i] - h))];
      matrix.setRow(
        i,
        up.map((value, j) => (value - down[j]) / (2 * h)),
      );
    }
    return matrix;
  }

  test("its Hessian is that of float64, whose largest eigenvalues Lanczos finds to 1e-4", async () => {
    using hessian = await hessianAt(landscape, theta);
    const expected = await reference();
    const matrix = await denseMatrix(hessian);
    const scale = expected.norm();
    expect(Matrix.sub(matrix, expected).norm()).toBeLessThan(1e-5 * scale);
    const { realEigenvalues } = new EigenvalueDecomposition(expected, { assumeSymmetric: true });
    const exact = realEigenvalues.sort((a, b) => b - a);
    const spectrum = await denseSpectrum(hessian);
    const { ritz, bounds } = await lanczos(hessian, rng.split("top"), { steps: 80 });
    for (let i = 0; i < 10; i++) {
      expect(Math.abs(spectrum[i] / exact[i] - 1)).toBeLessThan(1e-4);
      expect(Math.abs(ritz[i] / exact[i] - 1)).toBeLessThan(1e-4);
      expect(bounds[i]).toBeLessThan(1e-3 * exact[i]);
    }
    const probes = await Promise.all(
      [0, 1, 2, 3].map((i) => lanczos(hessian, rng.split("probe").foldIn(i), { steps: 80 })),
    );
    const thresholds = [exact[0] / 1.5, exact[0] / 300, 0];
    const counts = countDirections(probes, thresholds);
    counts.forEach(({ count, standardError, exact: settled }, i) => {
      const truth = exact.filter((value) => value > thresholds[i]).length;
      if (settled) expect(count).toBe(truth);
      else expect(Math.abs(count - truth)).toBeLessThan(4 * standardError);
    });
    expect(counts[0].exact).toBe(true);
    const { at, density } = spectralDensity(probes, 2000, 50);
    expect(density.reduce((total, value) => total + value, 0) * (at[1] - at[0])).toBeCloseTo(1, 3);
    const estimate = await hutchinson(hessian, 30, rng.split("trace"));
    expect(Math.abs(estimate.trace.mean - expected.trace())).toBeLessThan(4 * estimate.trace.standardError);
    const squaredNorm = scale ** 2;
    const { mean, standardError } = estimate.squaredNorm;
    expect(Math.abs(mean - squaredNorm)).toBeLessThan(4 * standardError);
  });
});

test("the trace of a diagonal matrix is exact from a single probe", async () => {
  const values = Float32Array.from({ length: 100 }, (_, i) => i - 30);
  const { trace, squaredNorm } = await hutchinson(diagonal(values), 5, rng);
  expect(trace.mean).toBe(1950);
  expect(trace.standardError).toBe(0);
  // Σ (i − 30)² over 0 … 99
  expect(squaredNorm.mean).toBe(121_350);
});

test("a dense Hessian of many dimensions is refused", async () => {
  const operator = diagonal(new Float32Array(2001));
  await expect(denseSpectrum(operator)).rejects.toThrow("2001 dimensions");
});
