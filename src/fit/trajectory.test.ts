import { describe, expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, combine, dot, Rng, releaseVector } from "../engine/index.ts";
import { Examples, squaredError } from "../landscape/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { simplex } from "../subspace/index.ts";
import { type FitSpec, fit } from "./fit.ts";
import { curveSubspace, principalSubspace, randomSubspace, Trajectory } from "./trajectory.ts";

const rng = Rng.fromSeed(6);

function vector(values: ArrayLike<number>): Float32Array {
  const v = allocateVector(values.length);
  v.set(values);
  return v;
}

const norm = (v: Float32Array) => Math.sqrt(dot(v, v));

describe("a trajectory", () => {
  test("has the mean of all points and the last deviations from the means up to them", () => {
    using trajectory = new Trajectory(2, { from: 1, most: 2 });
    for (const point of [
      [0, 0],
      [2, 4],
      [4, -4],
    ]) {
      trajectory.collect(vector(point));
    }
    expect(trajectory.count).toBe(3);
    expect([...trajectory.mean]).toEqual([2, 0]);
    // (2, 4) − (1, 2), and (4, −4) − (2, 0).
    expect(trajectory.deviations.map((d) => [...d])).toEqual([
      [1, 2],
      [2, -4],
    ]);
  });

  test("is collected by the hook of a training from an epoch on", async () => {
    const network = mlp([1, 1]);
    const inputs = rng.split("x").normal(20);
    const split = { count: 20, inputs, targets: inputs.map((x) => 2 * x) };
    const about = { name: "", task: "regression" as const, shape: [1], classes: 0, checksum: "", source: "" };
    const dataset: Dataset = { ...about, byteScale: 1, byteShift: 0, train: split, test: split };
    using train = new Examples(dataset, split);
    const theta = allocateVector(2);
    initialise(network, theta, "pytorch", rng.split("theta"));
    const spec: FitSpec = {
      kind: "sgd",
      momentum: 0,
      weightDecay: 0,
      epochs: 6,
      batch: 10,
      rate: 0.05,
      schedule: "constant",
      samples: 1,
      reduction: "mean",
      beta: 0,
      pointDecay: 0,
      keepBest: false,
      patience: 0,
    };
    using trajectory = new Trajectory(2, { from: 3 });
    const seen: number[][] = [];
    await fit(
      { network, loss: squaredError, map: simplex(0), anchors: [theta], fixed: [false], train },
      spec,
      rng.split("fit"),
      {
        onEpoch: (metrics, state) => {
          if (metrics.epoch >= 3) seen.push([...state.anchors[0]]);
          return trajectory.onEpoch(metrics, state);
        },
      },
    );
    expect(trajectory.count).toBe(4);
    trajectory.mean.forEach((x, j) => {
      expect(x).toBeCloseTo(seen.reduce((sum, point) => sum + point[j], 0) / 4, 6);
    });
    releaseVector(theta);
  });
});

describe("principal components of a trajectory", () => {
  test("are s v of deviations that are made from them", () => {
    // X / √(n − 1) = U diag(3, 1) Vᵀ with orthonormal U [4, 2], V [5, 2].
    const U = [
      [0.5, 0.5],
      [0.5, -0.5],
      [0.5, 0.5],
      [0.5, -0.5],
    ];
    const V = [
      [0.6, 0.8, 0, 0, 0],
      [0, 0, 0.8, 0, 0.6],
    ];
    const rows = U.map(([a, b]) => vector(V[0].map((x, j) => Math.sqrt(3) * (3 * a * x + b * V[1][j]))));
    const fake = { mean: vector([1, 2, 3, 4, 5]), deviations: rows } as unknown as Trajectory;
    using subspace = principalSubspace(fake, 2);
    expect([...subspace.mean]).toEqual([1, 2, 3, 4, 5]);
    [3, 1].forEach((s, k) => {
      const sign = Math.sign(dot(subspace.directions[k], vector(V[k])));
      subspace.directions[k].forEach((x, j) => {
        expect(sign * x).toBeCloseTo(s * V[k][j], 5);
      });
    });
    // Only two are left of three, as the deviations have rank 2.
    using all = principalSubspace(fake, 3);
    expect(all.directions.length).toBe(2);
    expect(() => principalSubspace(fake, 5)).toThrow("from 1 to 4");
  });

  test("need epochs that differ", () => {
    using trajectory = new Trajectory(3, { from: 1 });
    for (let i = 0; i < 3; i++) trajectory.collect(vector([1, 1, 1]));
    expect(() => principalSubspace(trajectory, 1)).toThrow("one point");
  });
});

test("random directions have length 1 and are nearly orthogonal", () => {
  const mean = vector(rng.normal(4000));
  using subspace = randomSubspace(mean, 3, rng.split("random"));
  const { directions } = subspace;
  for (const direction of directions) expect(norm(direction)).toBeCloseTo(1, 5);
  expect(Math.abs(dot(directions[0], directions[1]))).toBeLessThan(4 / Math.sqrt(4000));
  expect([...subspace.mean.subarray(0, 5)]).toEqual([...mean.subarray(0, 5)]);
  releaseVector(mean);
});

test("the plane of a curve has the published lengths and coordinates", () => {
  // Of wjmaddox/drbayes, synthetic regression: |u|, |v|, and the place of the middle along u.
  const [u, v] = [17.301218, 7.6684072];
  const along = Math.sqrt(3) * 0.87604 - 1;
  const w0 = vector([1, -2, 0.5, 3]);
  const w2 = vector([1, -2 + 0.6 * u, 0.5 + 0.8 * u, 3]);
  const middle = vector([1 + v, -2 + 0.6 * along * u, 0.5 + 0.8 * along * u, 3]);
  using plane = curveSubspace(w0, middle, w2);
  const [p, q] = plane.directions;
  expect(norm(p)).toBeCloseTo(9.988863, 4);
  expect(norm(q)).toBeCloseTo(5.112271, 4);
  expect(dot(p, q)).toBeCloseTo(0, 3);
  const coordinates = [w0, middle, w2].map((w) => {
    const difference = allocateVector(4);
    combine(difference, [w, plane.mean], [1, -1]);
    return [dot(difference, p) / norm(p) ** 2, dot(difference, q) / norm(q) ** 2];
  });
  const published = [
    [-0.87604, -0.5],
    [0.02003, 1],
    [0.856011, -0.5],
  ];
  coordinates.flat().forEach((z, i) => {
    expect(z).toBeCloseTo(published.flat()[i], 4);
  });
  const straight = vector([1, -2 + 0.3 * u, 0.5 + 0.4 * u, 3]);
  expect(() => curveSubspace(w0, straight, w2)).toThrow("straight");
});
