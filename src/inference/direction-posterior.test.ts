import { expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, dot, Rng, releaseVector } from "../engine/index.ts";
import { randomSubspace } from "../fit/index.ts";
import { directionAnchors, directionSpan, volumeSpace } from "../geometry/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../landscape/index.ts";
import { mlp } from "../model/index.ts";
import { spanLikelihood } from "./likelihood.ts";
import { posterior } from "./posterior.ts";
import { assessGaussian, fitGaussian } from "./variational.ts";

const rng = Rng.fromSeed(31);

test("variational inference in a random subspace of a linear regression finds its conjugate posterior", async () => {
  const [n, scale, temperature, priorScale] = [30, 0.5, 1.5, 0.8];
  const inputs = rng.split("x").normal(3 * n);
  const noise = rng.split("noise").normal(n);
  const targets = noise.map((e, i) => scale * e + inputs[3 * i] - 0.5 * inputs[3 * i + 1] + 0.3);
  const split = { count: n, inputs, targets };
  const about = { name: "", task: "regression" as const, shape: [3], classes: 0, checksum: "", source: "" };
  const dataset: Dataset = { ...about, byteScale: 1, byteShift: 0, train: split, test: split };
  const network = mlp([3, 1]);
  using examples = new Examples(dataset, split);
  using landscape = new NetworkLandscape(network, examples, squaredError);
  const mean = allocateVector(4);
  mean.set([0.5, 0, 0.2, 0]);
  using subspace = randomSubspace(mean, 2, rng.split("directions"));
  const anchors = directionAnchors(subspace.mean, subspace.directions);
  using likelihood = await spanLikelihood(landscape, anchors, 16);
  const target = posterior({
    space: volumeSpace(directionSpan([1, 1])),
    prior: { scale: priorScale, weight: "volume" },
    likelihood,
    noise: { kind: "fixed", scale },
    temperature,
  });
  const fitted = await fitGaussian(target, new Float64Array(2), rng.split("fit"), { steps: 600 });

  // y − f(mean) = A z + noise: precision AᵀA / (σ² T) + I / s², A the outputs along the directions.
  const along = subspace.directions.map((p) =>
    Float64Array.from(
      { length: n },
      (_, i) => p[3] + [0, 1, 2].reduce((s, k) => s + p[k] * inputs[3 * i + k], 0),
    ),
  );
  const residual = Float64Array.from(
    { length: n },
    (_, i) => targets[i] - 0.5 * inputs[3 * i] - 0.2 * inputs[3 * i + 2],
  );
  const inner = (a: Float64Array, b: Float64Array) => a.reduce((s, x, i) => s + x * b[i], 0);
  const weight = 1 / (scale ** 2 * temperature);
  const P = [0, 1].map((i) =>
    [0, 1].map((j) => weight * inner(along[i], along[j]) + (i === j ? 1 / priorScale ** 2 : 0)),
  );
  const det = P[0][0] * P[1][1] - P[0][1] ** 2;
  const covariance = [P[1][1] / det, -P[0][1] / det, P[0][0] / det];
  const b = along.map((a) => weight * inner(a, residual));
  const [m0, m1] = [covariance[0] * b[0] + covariance[1] * b[1], covariance[1] * b[0] + covariance[2] * b[1]];
  const [l00, , l10, l11] = fitted.factor;
  const found = [l00 ** 2, l00 * l10, l10 ** 2 + l11 ** 2];
  found.forEach((x, i) => {
    expect(Math.abs(x - covariance[i]) / covariance[0]).toBeLessThan(0.01);
  });
  expect(Math.abs(fitted.mean[0] - m0) / Math.sqrt(covariance[0])).toBeLessThan(0.01);
  expect(Math.abs(fitted.mean[1] - m1) / Math.sqrt(covariance[2])).toBeLessThan(0.01);
  const { k } = await assessGaussian(target, fitted, 1000, rng.split("assess"));
  expect(k).toBeLessThan(0.7);
  expect(dot(subspace.directions[0], subspace.directions[0])).toBeCloseTo(1, 5);
  releaseVector(mean, ...anchors);
});
