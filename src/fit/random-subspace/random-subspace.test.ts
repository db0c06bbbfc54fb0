/** Training in random subspaces: closed forms on quadratics, thresholds on wedges and on Li's toy problem. */
import { Matrix, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { allocateVector, dot, Rng, releaseVector } from "../../engine/index.ts";
import {
  crossEntropy,
  Examples,
  GroupSums,
  NetworkLandscape,
  WedgeLandscape,
} from "../../landscape/index.ts";
import { networkOf } from "../../model/index.ts";
import { PROJECTIONS, randomProjection } from "../../subspace/index.ts";
import type { FitState } from "../training.ts";
import { descendInSubspace } from "./descent.ts";
import { fitInSubspace } from "./fit-in-subspace.ts";
import { RandomSubspace } from "./subspace.ts";

const rng = Rng.fromSeed(11);

function normal(name: string, length: number, scale = 1): Float32Array {
  const v = allocateVector(length);
  v.set(
    rng
      .split(name)
      .normal(length)
      .map((x) => scale * x),
  );
  return v;
}

const WEDGE_DESCENT = {
  kind: "adam",
  momentum: 0,
  rate: 0.05,
  schedule: "cosine",
  steps: 3000,
  target: 0,
} as const;

describe("Li's toy problem", () => {
  const spec = {
    kind: "sgd",
    momentum: 0.99,
    rate: 0.2,
    schedule: "constant",
    steps: 10_000,
    target: 1e-4,
  } as const;

  /** Σ (A z + b)², the loss as a function of z, in float64: its least value, by the normal equations. */
  function leastSquares(columns: number[][], b: number[]): number {
    const a = new Matrix(columns).transpose();
    const right = Matrix.columnVector(b.map((x) => -x));
    const z = solve(a.transpose().mmul(a), a.transpose().mmul(right));
    return a
      .mmul(z)
      .sub(right)
      .to1DArray()
      .reduce((sum, x) => sum + x * x, 0);
  }

  it.each(PROJECTIONS)("is solved in 10 %s directions, and in 9 as far as they reach", async (kind) => {
    using landscape = new GroupSums();
    const origin = normal(`toy ${kind}`, 1000);
    const sums = (v: ArrayLike<number>) =>
      Array.from({ length: 10 }, (_, g) =>
        Array.from({ length: 100 }, (_, i) => v[100 * g + i]).reduce((a, b) => a + b, 0),
      );
    for (const d of [9, 10]) {
      using projection = randomProjection(kind, 1000, d, rng.split(`toy ${kind}`).foldIn(d));
      using subspace = new RandomSubspace(origin, projection);
      const z = allocateVector(d);
      const { loss, start } = await descendInSubspace(landscape, subspace, z, spec);
      const errors = sums(origin).map((sum, g) => sum - (g + 1));
      expect(start).toBeCloseTo(
        errors.reduce((total, e) => total + e * e, 0),
        1,
      );
      if (d === 10) expect(Math.exp(-loss)).toBeGreaterThan(0.999);
      else {
        const columns = Array.from({ length: d }, (_, j) => {
          z.fill(0)[j] = 1;
          const column = allocateVector(1000);
          projection.expand(z, column);
          const found = sums(column);
          releaseVector(column);
          return found;
        });
        const least = leastSquares(columns, errors);
        expect(least).toBeGreaterThan(1e-3);
        expect(Math.abs(loss / least - 1)).toBeLessThan(0.01);
      }
      releaseVector(z);
    }
    releaseVector(origin);
  });
});

describe("random planes through wedges", () => {
  const planes = async (D: number, s: number, d: number, count: number) => {
    using wedges = new WedgeLandscape({
      kind: "all-tuples",
      dimension: D,
      short: s,
      seed: 1,
      objective: "distance",
    });
    const ratios: number[] = [];
    for (let k = 0; k < count; k++) {
      const origin = normal(`origin ${k}`, D);
      using projection = randomProjection("dense", D, d, rng.split(`plane ${s}`).foldIn(k));
      using subspace = new RandomSubspace(origin, projection);
      const z = allocateVector(d);
      const { loss, start } = await descendInSubspace(wedges, subspace, z, WEDGE_DESCENT);
      ratios.push(loss / start);
      releaseVector(origin, z);
    }
    return ratios;
  };

  it.each([
    [100, 10],
    [200, 20],
    [300, 30],
  ])("of D = %i and s = %i meet one from 1.1 s dimensions on, and stay away at s/2", async (D, s) => {
    expect(Math.max(...(await planes(D, s, Math.round(1.1 * s), 4)))).toBeLessThan(1e-6);
    const half = await planes(D, s, s / 2, 4);
    expect(Math.min(...half)).toBeGreaterThan(0.1);
    expect(Math.max(...half)).toBeLessThan(1);
    const below = await planes(D, s, Math.round(0.9 * s), 4);
    expect(Math.min(...below)).toBeGreaterThan(1e-4);
  });
});

describe("a random subspace", () => {
  it("on a sphere keeps the norm, and its gradient is that of finite differences", async () => {
    using landscape = new GroupSums(40, 4);
    const origin = normal("sphere", 40);
    using projection = randomProjection("dense", 40, 6, rng.split("sphere"));
    for (const sphere of [false, true]) {
      using subspace = new RandomSubspace(origin, projection, { sphere });
      const [theta, gradient] = [allocateVector(40), allocateVector(40)];
      const z = normal("place", 6, 2);
      const slope = allocateVector(6);
      const factor = subspace.place(z, theta);
      if (sphere) expect(dot(theta, theta) / dot(origin, origin)).toBeCloseTo(1, 5);
      await landscape.gradient(theta, gradient);
      subspace.contract(theta, factor, gradient, slope);
      for (let j = 0; j < 6; j++) {
        const step = 0.02;
        const at = async (sign: number) => {
          const moved = z.slice();
          const own = allocateVector(6);
          own.set(moved);
          own[j] += sign * step;
          subspace.place(own, theta);
          const { loss } = await landscape.evaluateSpan([theta], Float64Array.of(1));
          releaseVector(own);
          return loss[0];
        };
        const difference = ((await at(1)) - (await at(-1))) / (2 * step);
        expect(Math.abs(slope[j] - difference)).toBeLessThan(0.01 * Math.max(1, Math.abs(difference)));
      }
      releaseVector(theta, gradient, z, slope);
    }
    releaseVector(origin);
  });

  it("keeps the point θ₀ + P z that its coordinates name", async () => {
    using landscape = new GroupSums(60, 3);
    const origin = normal("kept", 60);
    using projection = randomProjection("sparse", 60, 5, rng.split("kept"));
    using subspace = new RandomSubspace(origin, projection);
    const [z, theta] = [allocateVector(5), allocateVector(60)];
    // Five directions solve three equations.
    const { start, loss } = await descendInSubspace(landscape, subspace, z, WEDGE_DESCENT);
    expect(loss / start).toBeLessThan(1e-6);
    subspace.place(z, theta);
    const placed = await landscape.evaluateSpan([theta], Float64Array.of(1));
    expect(placed.loss[0] / start).toBeLessThan(1e-6);
    releaseVector(origin, z, theta);
  });

  it("refuses an origin of another length, and a sphere through zero", () => {
    using projection = randomProjection("sparse", 30, 2, rng);
    expect(() => new RandomSubspace(allocateVector(20), projection)).toThrow("projection into 30");
    expect(() => new RandomSubspace(allocateVector(30), projection, { sphere: true })).toThrow("sphere");
  });
});

describe("training of a network in a random subspace", () => {
  /** Two classes that a line tells apart. */
  function problem() {
    const inputs = rng.split("inputs").normal(2 * 60);
    const targets = Int32Array.from({ length: 60 }, (_, i) => Number(inputs[2 * i] > inputs[2 * i + 1]));
    const split = { count: 60, inputs, targets };
    const dataset = {
      name: "line",
      task: "classification" as const,
      shape: [2],
      classes: 2,
      byteScale: 1,
      byteShift: 0,
      train: split,
      test: split,
      checksum: "",
      source: "",
    };
    const network = networkOf({ kind: "mlp", widths: [2, 8, 2], activation: "relu", dropout: 0 });
    return { network, train: new Examples(dataset, split), loss: crossEntropy };
  }

  const spec = {
    kind: "adam",
    momentum: 0,
    weightDecay: 0,
    epochs: 12,
    batch: 20,
    rate: 0.1,
    schedule: "constant",
    keepBest: false,
    patience: 0,
  } as const;

  it("learns, and goes on from a saved state with the same bytes", async () => {
    const { network, train, loss } = problem();
    using validation = new NetworkLandscape(network, train, loss);
    const origin = normal("network", network.layout.size, 0.3);
    using projection = randomProjection("fastfood", network.layout.size, 8, rng.split("network"));
    using subspace = new RandomSubspace(origin, projection);
    const setup = { network, loss, subspace, train, validation };
    let middle: FitState | undefined;
    const whole = await fitInSubspace(setup, spec, rng, {
      onEpoch: ({ epoch }, { history, bestEpoch, anchors, moments }) => {
        if (epoch !== 5) return;
        const copies = (vectors: readonly Float32Array[]) => vectors.map((v) => v.slice());
        middle = {
          history: [...history],
          bestEpoch,
          anchors: copies(anchors),
          bestAnchors: [],
          moments: moments.map(copies),
        };
      },
    });
    expect(whole.anchors[0]).toHaveLength(8);
    expect(whole.history.at(-1)!.validationError).toBeLessThan(0.1);
    const resumed = await fitInSubspace(setup, spec, rng, { resume: middle });
    expect([...resumed.anchors[0]]).toEqual([...whole.anchors[0]]);
    train[Symbol.dispose]();
    releaseVector(origin);
  });
});
