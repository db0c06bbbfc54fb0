import { expect, test } from "vitest";
import { toyRegression } from "../data/index.ts";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { Examples } from "../landscape/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { fitPaths, type PathFitOptions, type PathFitSpec, type PathFitState } from "./path.ts";
import { DivergenceError } from "./training.ts";

const network = mlp([1, 8, 8, 1], "tanh");
const dataset = await toyRegression({ depth: 3, width: 16, activation: "elu", seed: 10 });
const spec: PathFitSpec = {
  kind: "adam",
  momentum: 0.9,
  weightDecay: 0,
  degree: 3,
  steps: 60,
  rate: 1e-2,
  samples: 5,
  uniform: "s",
  batch: 0,
  scale: 0.2,
  learnScale: true,
  validateEvery: 7,
  validationSamples: 50,
};

async function run(
  paths: number,
  change: Partial<PathFitSpec>,
  options: PathFitOptions = {},
  validated = dataset.validation!,
) {
  const own = { ...spec, ...change };
  const { size } = network.layout;
  const anchors = allocateVector(paths * (own.degree + 1) * size);
  const logScales = allocateVector(paths);
  logScales.fill(Math.log(own.scale));
  const theta = allocateVector(size);
  const rng = Rng.fromSeed(4);
  for (let i = 0; i * size < anchors.length; i++) {
    initialise(network, theta, "lecun-normal", rng.split(`init ${i}`));
    anchors.set(theta, i * size);
  }
  const start = anchors.slice();
  let last = start;
  using train = new Examples(dataset, dataset.train);
  using validation = new Examples(dataset, validated);
  try {
    const { history, bestAnchors } = await fitPaths(
      { network, train, validation, anchors, logScales, paths },
      own,
      rng.split("path"),
      {
        onLine: (_, state) => {
          last = state.anchors[0].slice();
        },
        ...options,
      },
    );
    return {
      history,
      losses: [...bestAnchors[2]],
      steps: [...bestAnchors[3]],
      start,
      last,
      anchors: anchors.slice(),
    };
  } finally {
    releaseVector(anchors, logScales, theta);
  }
}

const copied = (state: PathFitState): PathFitState => ({
  history: [...state.history],
  bestEpoch: 0,
  anchors: state.anchors.map((v) => v.slice()),
  bestAnchors: state.bestAnchors.map((v) => v.slice()),
  moments: state.moments.map((vectors) => vectors.map((v) => v.slice())),
});

test.each(["s", "t"] as const)(
  "a path uniform in %s learns the toy data, between its bounds",
  async (uniform) => {
    const { history, losses } = await run(2, { uniform, steps: 300 });
    const [first, last] = [history[0], history.at(-1)!];
    expect(last.loss).toBeLessThan(first.loss - 2);
    expect(Math.min(...losses)).toBeLessThan(0);
    for (const { endToEnd, length, upperBound } of history) {
      expect(endToEnd).toBeLessThanOrEqual(length * (1 + 1e-9));
      expect(length).toBeLessThanOrEqual(upperBound * (1 + 1e-9));
    }
    expect(last.step).toBe(300);
    expect(first.relativeCentre).toBeLessThan(0.1 * first.centre);
  },
);

test("a fit that is resumed ends with the same bytes", async () => {
  const whole = await run(1, {});
  let saved: PathFitState | undefined;
  const controller = new AbortController();
  const stopped = run(
    1,
    {},
    {
      signal: controller.signal,
      onLine: ({ step }, state) => {
        if (step < 20 || saved) return;
        saved = copied(state);
        controller.abort();
      },
    },
  );
  await expect(stopped).rejects.toThrow();
  const resumed = await run(1, {}, { resume: saved });
  expect(resumed.anchors).toEqual(whole.anchors);
  expect(resumed.history).toEqual(whole.history);
  expect(resumed.steps).toEqual(whole.steps);
});

test("each path has lines of its own; the first step of SGD is the rate times the gradient whose norm they tell", async () => {
  const rate = 1e-3;
  const { history, start, last } = await run(2, { kind: "sgd", momentum: 0, rate, steps: 1 });
  expect(history.map(({ path, step }) => [path, step])).toEqual([
    [1, 1],
    [2, 1],
  ]);
  const { size } = network.layout;
  const moved = (from: number) =>
    Math.hypot(...start.subarray(from, from + size).map((x, i) => last[from + i] - x));
  history.forEach(({ gradientNorm }, r) => {
    const norms = Array.from({ length: 4 }, (_, k) => moved((4 * r + k) * size));
    const mean = norms.reduce((a, b) => a + b, 0) / 4;
    expect(gradientNorm / (mean / rate)).toBeCloseTo(1, 3);
  });
});

test("the variance of the gradient falls as one over the positions of a step", async () => {
  // Steps too short to move, so that all lines measure at the same control points.
  const still = { kind: "sgd", momentum: 0, rate: 1e-12, uniform: "t", steps: 200 } as const;
  const variances = await Promise.all(
    [2, 18].map(async (samples) => {
      const { history } = await run(1, { ...still, samples, validateEvery: 200 });
      return history.reduce((sum, line) => sum + line.gradientVariance, 0) / history.length;
    }),
  );
  expect(variances[0] / variances[1]).toBeGreaterThan(9 / 1.6);
  expect(variances[0] / variances[1]).toBeLessThan(9 * 1.6);
});

test("the control points of the best validation are kept", async () => {
  // Steps that are far too long: the loss rises and falls.
  const { steps, losses, history } = await run(1, { rate: 0.2, validateEvery: 1, steps: 40 });
  const [best] = losses;
  const seen = history.map(({ validationLoss }) => validationLoss);
  expect(best).toBeLessThanOrEqual(Math.min(...seen) + 1e-6);
  expect(steps[0]).toBeLessThan(40);
});

test("a path whose loss on the validation examples overflows is not kept", async () => {
  const { count, inputs } = dataset.validation!;
  // Their squares are beyond float32.
  const far = { count, inputs, targets: new Float32Array(count).fill(1e30) };
  await expect(run(1, { steps: 8 }, {}, far)).rejects.toThrow(DivergenceError);
});

test("wrong specifications are refused", async () => {
  await expect(run(1, { scale: 0 })).rejects.toThrow("noise scale is 0");
});
