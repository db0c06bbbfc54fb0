import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { subset, toyRegression } from "../data/index.ts";
import { loadDataset } from "../data/node.ts";
import { allocateVector, Rng } from "../engine/index.ts";
import type { FitSpec } from "../fit/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { bezier, Span } from "../subspace/index.ts";
import { compareJob } from "./compare-node.ts";
import { atBestTemperature, type CompareSpec, METHODS } from "./compare-spec.ts";
import { openRunData } from "./data-node.ts";
import { RunFolder } from "./folder-node.ts";
import { scoreOutputs, scorePoints } from "./posterior-scores.ts";

const root = mkdtempSync(join(tmpdir(), "isthmus-compare-"));
afterAll(() => rmSync(root, { recursive: true }));

const training: FitSpec = {
  kind: "adam",
  momentum: 0,
  weightDecay: 0,
  epochs: 30,
  batch: 50,
  rate: 0.01,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: true,
  patience: 0,
};

const SPEC: CompareSpec = {
  methods: METHODS,
  members: 2,
  init: "lecun-normal",
  training,
  evaluations: 1000,
  chains: 2,
  draws: 40,
  temperatures: [1],
  metric: "published",
  tube: 0.1,
  prior: { scale: 0.5, weight: "arc-length" },
  sampleNoise: true,
};

const newFolder = (name: string) =>
  RunFolder.create(join(root, name), {
    command: "test",
    spec: {},
    seed: 1,
    threads: 1,
    versions: { isthmus: "0", node: process.version, onnxruntime: "0", jax: "0" },
  });

function randomSpan(network: ReturnType<typeof mlp>): Span {
  return new Span(
    [0, 1, 2].map((i) => {
      const theta = allocateVector(network.layout.size);
      initialise(network, theta, "lecun-normal", Rng.fromSeed(9).foldIn(i));
      return theta;
    }),
  );
}

test("of a regression: each method within its cost, and no part is done twice", async () => {
  const network = mlp([1, 6, 1], "tanh");
  using data = openRunData(await toyRegression({ seed: 3 }), network, 10, Rng.fromSeed(1));
  using span = randomSpan(network);
  using folder = newFolder("regression");
  const setup = { network, data, span, path: bezier(2), scale: 0.3, spec: SPEC, seed: 5 };
  const result = await compareJob(folder, setup, {});
  expect(result).toMatchObject({ parameters: 19, dimension: 2, left: [] });
  expect(result.rows.map(({ method }) => method)).toEqual([...METHODS]);
  const by = Object.fromEntries(result.rows.map((row) => [row.method, row]));
  for (const { scores } of result.rows) {
    expect(scores.lppd).toBeLessThan(3);
    expect(scores.rmse).toBeGreaterThan(0);
  }
  expect(by.optimum.evaluations).toBe(30);
  expect(by.ensemble.evaluations).toBe(60);
  for (const space of ["curve", "line", "tunnel", "volume"]) {
    // Two chains with 1000 evaluations each, of which thinning leaves some over.
    expect(by[space].evaluations).toBeGreaterThan(0.95 * 2000);
    expect(by[space].evaluations).toBeLessThanOrEqual(2000);
    expect(by[space].networks).toBeGreaterThanOrEqual(80);
  }
  expect(by.variational.evaluations).toBe(2000);
  // On top of the 30 epochs of the optimum, and the 50 that follow it.
  expect(by.random.evaluations).toBeLessThanOrEqual(2030);
  expect(by.principal.evaluations).toBeLessThanOrEqual(2080);

  // On top of the 60 epochs of the two optima that it starts at.
  expect(by.full.evaluations).toBeLessThanOrEqual(2060);
  expect(by.full.evaluations).toBeGreaterThan(0.95 * 2060);

  const { timings } = folder.record;
  const again = await compareJob(folder, setup, {});
  expect(folder.record.timings).toEqual(timings);
  expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(result)));
});

test("the noise around an optimum is its maximum likelihood on the validation examples", async () => {
  const network = mlp([1, 6, 1], "tanh");
  const dataset = await toyRegression({ seed: 3 });
  using data = openRunData({ ...dataset, validation: dataset.test }, network, 0, Rng.fromSeed(1));
  using span = randomSpan(network);
  using folder = newFolder("noise");
  const spec: CompareSpec = { ...SPEC, methods: ["optimum"] };
  const { rows } = await compareJob(folder, { network, data, span, path: bezier(2), spec, seed: 5 }, {});
  const { lppd, rmse } = rows[0].scores;
  // The largest over σ of −ln(σ √(2π)) − r² / (2σ²), on the examples that it is fitted to.
  expect(lppd).toBeCloseTo(-Math.log(rmse! * Math.sqrt(2 * Math.PI)) - 0.5, 4);
});

test("of several temperatures the one that validates best is shown, and all are paid for", async () => {
  const network = mlp([1, 6, 1], "tanh");
  using data = openRunData(await toyRegression({ seed: 3 }), network, 10, Rng.fromSeed(1));
  using span = randomSpan(network);
  using folder = newFolder("temperatures");
  const methods = ["laplace", "volume", "variational"] as const;
  const spec = { ...SPEC, methods, temperatures: [1, 1e6] };
  const setup = { network, data, span, path: bezier(2), scale: 0.3, spec, seed: 5 };
  const { rows } = await compareJob(folder, setup, {});
  // At a million the likelihood tells nothing; but Laplace stays at its optimum there, by the prior that validates best.
  for (const { temperature, evaluations } of rows.filter(({ method }) => method !== "laplace")) {
    expect(temperature).toBe(1);
    expect(evaluations).toBeGreaterThan(0.95 * 4000);
  }
  // Epochs of the optimum and a curvature for each temperature.
  expect(rows[0].evaluations).toBe(30 + 2);
  const validated = await atBestTemperature([3, 5, 7], async (temperature) => ({
    found: { temperature, networks: 1, scores: { lppd: 0, lppdError: 0 }, evaluations: 10, seconds: 1 },
    validation: { 3: -1, 5: Number.NaN, 7: -0.5 }[temperature],
  }));
  expect(validated).toMatchObject({ temperature: 7, evaluations: 30, seconds: 3 });
});

test("what is not possible is left out, with the reason, and nothing at all is refused", async () => {
  const network = mlp([1, 6, 1], "tanh");
  using data = openRunData(await toyRegression({ seed: 3 }), network, 10, Rng.fromSeed(1));
  using three = randomSpan(network);
  using span = Span.of(three.anchors.slice(0, 2));
  using folder = newFolder("straight");
  const setup = { network, data, span, path: bezier(1), seed: 5 };
  const methods = ["curve", "path"] as const;
  const { rows, left } = await compareJob(folder, { ...setup, scale: 0.3, spec: { ...SPEC, methods } }, {});
  expect(rows.map(({ method }) => method)).toEqual(["path"]);
  expect(left).toEqual([{ method: "curve", reason: "a straight path has no plane" }]);
  // A noise scale is missing now, too.
  await expect(compareJob(folder, { ...setup, spec: { ...SPEC, methods } }, {})).rejects.toThrow(
    "Nothing is left",
  );
});

describe("of a classification", async () => {
  const network = mlp([784, 8, 10]);
  const dataset = subset(await loadDataset("fashion-mnist-small"), { train: 200, test: 100 });

  test("a line has one dimension, which HMC samples; scores are those of classes", async () => {
    using data = openRunData(dataset, network, 0, Rng.fromSeed(1));
    using span = randomSpan(network);
    using folder = newFolder("classes");
    const methods = ["ensemble", "laplace", "line"] as const;
    const spec = { ...SPEC, methods, training: { ...training, keepBest: false, epochs: 3 } };
    const { rows } = await compareJob(folder, { network, data, span, path: bezier(2), spec, seed: 5 }, {});
    expect(rows.map(({ method }) => method)).toEqual([...methods]);
    for (const { scores } of rows) {
      expect(scores.accuracy).toBeGreaterThanOrEqual(0);
      expect(scores.brier).toBeLessThan(2);
      expect(scores.calibrationError).toBeLessThan(1);
    }
    // HMC searches its step size.
    expect(rows[2].evaluations).toBeLessThanOrEqual(1.02 * 2000);
  });

  test("outputs at hand score as the points that they are of", async () => {
    using data = openRunData(dataset, network, 0, Rng.fromSeed(1));
    using span = randomSpan(network);
    const { targets } = dataset.test;
    const coefficients = Float64Array.of(1, 0, 0, 0.2, 0.5, 0.3);
    const points = { anchors: span.anchors, coefficients, scales: new Float64Array(2) };
    const { scores, logLikelihood } = await scorePoints(data.test, targets, points);
    const outputs = await data.test.predictSpan(span.anchors, coefficients);
    const other = scoreOutputs(data.test, targets, outputs, points.scales);
    expect(other.scores).toEqual(scores);
    // The mean of the logarithms of mean probabilities.
    let lppd = 0;
    for (let i = 0; i < 100; i++) {
      const probability = [0, 1].map((p) => {
        const logits = Array.from(outputs.subarray((p * 100 + i) * 10, (p * 100 + i + 1) * 10), Math.exp);
        return logits[targets[i]] / logits.reduce((a, b) => a + b);
      });
      lppd += Math.log((probability[0] + probability[1]) / 2) / 100;
    }
    expect(scores.lppd).toBeCloseTo(lppd, 6);
    expect(logLikelihood.values.length).toBe(200);
  });
});
