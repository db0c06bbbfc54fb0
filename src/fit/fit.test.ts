import { describe, expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, combine, dot, gram, Rng } from "../engine/index.ts";
import { Batch, crossEntropy, Examples, NetworkLandscape } from "../landscape/index.ts";
import { initialise, mlp, type Network } from "../model/index.ts";
import { bezier, coefficientMatrix, line, simplex } from "../subspace/index.ts";
import {
  cosinePenalty,
  DivergenceError,
  type FitSpec,
  type FitState,
  fit,
  inOnePart,
  pointDecayWeights,
  rateFactor,
  StepGradient,
} from "./index.ts";

const rng = Rng.fromSeed(11);
const SPEC: FitSpec = {
  kind: "adamw",
  momentum: 0.9,
  weightDecay: 0.01,
  epochs: 3,
  batch: 32,
  rate: 1e-3,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: false,
  patience: 0,
};

/** Two classes of points that a line separates. */
function blobs(count: number): Dataset {
  const noise = rng.split("blobs").normal(2 * count);
  const targets = rng.split("labels").integers(count, 2);
  const inputs = noise.map((v, i) => v + (targets[i >> 1] === 1 ? 2 : -2));
  const split = { count, inputs, targets };
  const about = { name: "blobs", task: "classification" as const, shape: [2], classes: 2 };
  return { ...about, byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" };
}

function drawn(network: Network, name: string): Float32Array {
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, "pytorch", rng.split(name));
  return theta;
}

const dataset = blobs(200);
const train = new Examples(dataset, dataset.train);
const network = mlp([2, 8, 2], "tanh");
const problem = (
  anchors: Float32Array[],
  map = simplex(anchors.length - 1),
  fixed = anchors.map(() => false),
) => ({
  network,
  loss: crossEntropy,
  map,
  anchors,
  fixed,
  train,
});

/** A state with vectors of its own. */
const copyOf = (state: FitState): FitState => ({
  ...state,
  history: [...state.history],
  anchors: state.anchors.map((v) => v.slice()),
  bestAnchors: state.bestAnchors.map((v) => v.slice()),
  moments: state.moments.map((vectors) => vectors.map((v) => v.slice())),
});

describe("training an optimum", () => {
  it("separates two separable classes", async () => {
    const theta = drawn(network, "theta");
    await fit(problem([theta]), { ...SPEC, epochs: 30, rate: 0.01 }, rng);
    using landscape = new NetworkLandscape(network, train, crossEntropy);
    expect((await landscape.evaluate(theta)).error).toBeLessThan(0.01);
  });

  it("ends with the mean of the last epochs where that is asked for", async () => {
    const seen: Float32Array[] = [];
    const theta = drawn(network, "theta");
    const averaged = { ...SPEC, epochs: 5, averageFrom: 3 };
    await fit(problem([theta]), averaged, rng, {
      onEpoch: (_, state) => {
        seen.push(state.anchors[0].slice());
      },
    });
    theta.forEach((value, d) => {
      expect(value).toBeCloseTo((seen[2][d] + seen[3][d] + seen[4][d]) / 3, 6);
    });
    await expect(fit(problem([theta]), { ...averaged, averageFrom: 6 }, rng)).rejects.toThrow("from 1 to 5");
  });

  it("takes the rate of every step from its cycle", async () => {
    const theta = drawn(network, "theta");
    const expected = theta.slice();
    using landscape = new NetworkLandscape(network, train, crossEntropy);
    const [point, gradient] = [allocateVector(theta.length), allocateVector(theta.length)];
    // Full batches: a step an epoch. Linear cycles of two from 0.5 to 0.1, with t = ½ and 1 (Izmailov et al. 2018).
    for (const rate of [0.3, 0.1, 0.3, 0.1]) {
      point.set(expected);
      await landscape.gradient(point, gradient);
      for (let d = 0; d < expected.length; d++) expected[d] -= rate * gradient[d];
    }
    const cycle = { shape: "linear", epochs: 2, lowest: 0.2 } as const;
    const sgd = { ...SPEC, kind: "sgd" as const, momentum: 0, weightDecay: 0 };
    await fit(problem([theta]), { ...sgd, epochs: 4, batch: 200, rate: 0.5, cycle }, rng);
    theta.forEach((value, d) => {
      expect(value).toBeCloseTo(expected[d], 5);
    });
  });

  it("goes on in the middle of a cycle with the same bytes", async () => {
    const spec = { ...SPEC, epochs: 5, cycle: { shape: "cosine", epochs: 4, lowest: 0.01 } as const };
    const whole = drawn(network, "theta");
    await fit(problem([whole]), spec, rng);
    let saved: FitState | undefined;
    const stop = new AbortController();
    const stopped = fit(problem([drawn(network, "theta")]), spec, rng, {
      signal: stop.signal,
      onEpoch: ({ epoch }, state) => {
        if (epoch < 2) return;
        saved = copyOf(state);
        stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow();
    const resumed = drawn(network, "theta");
    const { history } = await fit(problem([resumed]), spec, rng, { resume: saved });
    expect(history).toHaveLength(5);
    expect(resumed).toEqual(whole);
  });

  it("of one full-batch SGD step moves by -rate times the gradient", async () => {
    const theta = drawn(network, "theta");
    const before = theta.slice();
    using landscape = new NetworkLandscape(network, train, crossEntropy);
    const gradient = allocateVector(theta.length);
    await landscape.gradient(theta, gradient);
    const spec = { ...SPEC, kind: "sgd" as const, weightDecay: 0, epochs: 1, batch: 200, rate: 0.5 };
    await fit(problem([theta]), spec, rng);
    theta.forEach((v, i) => {
      expect(v).toBeCloseTo(before[i] - 0.5 * gradient[i], 5);
    });
  });

  it("with the sum of losses is training with the mean at a rate times the batch size", async () => {
    const mean = drawn(network, "theta");
    const sum = drawn(network, "theta");
    const spec = { ...SPEC, kind: "sgd" as const, weightDecay: 0, momentum: 0, epochs: 2, batch: 50 };
    await fit(problem([mean]), { ...spec, rate: 0.05 }, rng);
    await fit(problem([sum]), { ...spec, rate: 0.001, reduction: "sum" }, rng);
    sum.forEach((v, i) => {
      expect(v).toBeCloseTo(mean[i], 5);
    });
  });

  it("gives the same bytes for the same seed, others for another", async () => {
    const runs = [];
    for (const seed of [1, 1, 2]) {
      const net = mlp([2, 8, 2], "tanh", 0.3);
      const theta = drawn(net, "theta");
      await fit({ ...problem([theta]), network: net }, SPEC, Rng.fromSeed(seed));
      runs.push(theta);
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  it("resumed after an epoch ends with the bytes of a run that went through", async () => {
    const net = mlp([2, 8, 2], "tanh", 0.3);
    const whole = [drawn(net, "a"), drawn(net, "b")];
    const spec = { ...SPEC, beta: 0.1, keepBest: true, samples: 2 };
    const validation = new NetworkLandscape(net, train, crossEntropy);
    const full = { ...problem(whole, line()), network: net, validation };
    await fit(full, spec, rng);
    const second = [drawn(net, "other"), drawn(net, "another")];
    const saved: FitState[] = [];
    await fit({ ...full, anchors: [drawn(net, "a"), drawn(net, "b")] }, { ...spec, epochs: 2 }, rng, {
      onEpoch: (_, state) => {
        saved.push(copyOf(state));
      },
    });
    await fit({ ...full, anchors: second }, spec, rng, { resume: saved[1] });
    expect(second).toEqual(whole);
  });

  it("stops with the step and advice when the loss is not finite", async () => {
    const theta = drawn(network, "theta").fill(Number.NaN);
    const run = fit(problem([theta]), SPEC, rng);
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(run).rejects.toThrow(/diverged at step 1 .*lower the learning rate/);
  });

  it("keeps the best epoch and stops when patience is over", async () => {
    const theta = drawn(network, "theta");
    const validation = new NetworkLandscape(network, train, crossEntropy);
    const spec = {
      ...SPEC,
      kind: "sgd" as const,
      rate: 0,
      momentum: 0,
      epochs: 20,
      keepBest: true,
      patience: 3,
    };
    // With rate 0 no epoch after the first is better.
    const state = await fit({ ...problem([theta]), validation }, spec, rng);
    expect(state.bestEpoch).toBe(1);
    expect(state.history).toHaveLength(4);
  });
});

describe("gradients of the anchors", () => {
  it("are the same projected and point by point", async () => {
    const net = mlp([784, 12, 10], "tanh");
    const inputs = Uint8Array.from(rng.split("x").integers(16 * 784, 256));
    const split = { count: 16, inputs, targets: rng.split("y").integers(16, 10) };
    const about = { name: "random", task: "classification" as const, shape: [784], classes: 10 };
    const data = {
      ...about,
      byteScale: 1 / 255,
      byteShift: 0,
      train: split,
      test: split,
      checksum: "",
      source: "",
    };
    const examples = new Examples(data, split);
    const batch = new Batch(examples, 16);
    batch.loadFrom(0);
    const anchors = ["a", "b", "c"].map((name) => drawn(net, name));
    const fixed = [false, true, false];
    const count = 8;
    const coefficients = coefficientMatrix(bezier(2), rng.uniform64(count));
    const projecting = new StepGradient(net, crossEntropy, inOnePart(net, anchors), fixed, count);
    const projected = await projecting.run(batch, { count, coefficients }, rng);
    expect(projected[0][0]).toHaveLength(1); // one vector for each free anchor: it did project
    const expected = [0, 2].map(() => allocateVector(net.layout.size));
    for (let p = 0; p < count; p++) {
      const one = new StepGradient(net, crossEntropy, inOnePart(net, anchors), fixed, 1);
      const c = coefficients.subarray(3 * p, 3 * p + 3);
      const terms = await one.run(batch, { count: 1, coefficients: c }, rng);
      expect(one.losses[0]).toBeCloseTo(projecting.losses[p], 4);
      terms.forEach(([[{ vector, scale }]], f) => {
        expected[f].forEach((_, i) => {
          expected[f][i] += (scale * vector[i]) / count;
        });
      });
    }
    projected.forEach(([[{ vector }]], f) => {
      const difference = allocateVector(vector.length);
      combine(difference, [vector, expected[f]], [1, -1]);
      expect(Math.sqrt(dot(difference, difference) / dot(vector, vector))).toBeLessThan(1e-5);
    });
  });
});

describe("penalties", () => {
  const vectors = (seed: number) => [0, 1].map((i) => Float64Array.from(Rng.fromSeed(seed + i).normal(5)));
  const plainGram = (vs: Float64Array[]) =>
    Float64Array.from({ length: vs.length ** 2 }, (_, k) => {
      const [a, b] = [vs[Math.floor(k / vs.length)], vs[k % vs.length]];
      return a.reduce((s, v, i) => s + v * b[i], 0);
    });
  const gradientOf = (weights: Float64Array, vs: Float64Array[], i: number, k: number) =>
    vs.reduce((s, v, j) => s + weights[i * vs.length + j] * v[k], 0);

  it("cos² has the gradient of finite differences", () => {
    const vs = vectors(3);
    const { weights } = cosinePenalty(plainGram(vs), 2, 0, 1, 0.7);
    for (let i = 0; i < 2; i++) {
      for (let k = 0; k < 5; k++) {
        const value = (h: number) => {
          const moved = vs.map((v) => v.slice());
          moved[i][k] += h;
          return cosinePenalty(plainGram(moved), 2, 0, 1, 0.7).value;
        };
        expect(gradientOf(weights, vs, i, k)).toBeCloseTo((value(1e-6) - value(-1e-6)) / 2e-6, 7);
      }
    }
  });

  it("the decay of points has the gradient of finite differences", () => {
    const vs = vectors(5);
    const c = coefficientMatrix(line(), [0.2, 0.9, 0.4]);
    const weights = pointDecayWeights(c, 2, 0.3);
    const value = (us: Float64Array[]) =>
      [0, 1, 2].reduce((s, p) => {
        const theta = us[0].map((v, i) => c[2 * p] * v + c[2 * p + 1] * us[1][i]);
        return s + (0.3 / 2 / 3) * theta.reduce((t, v) => t + v * v, 0);
      }, 0);
    const moved = (h: number) => vs.map((v, i) => v.map((x, k) => (i === 1 && k === 2 ? x + h : x)));
    const difference = (value(moved(1e-5)) - value(moved(-1e-5))) / 2e-5;
    expect(gradientOf(weights, vs, 1, 2)).toBeCloseTo(difference, 8);
  });

  it("cos² alone turns two vectors at 60 degrees to 90", () => {
    const a = allocateVector(2);
    const b = allocateVector(2);
    a.set([1, 0]);
    b.set([0.5, Math.sqrt(3) / 2]);
    for (let step = 0; step < 500; step++) {
      const { weights } = cosinePenalty(gram([a, b]), 2, 0, 1, 1);
      const before = [a.slice(), b.slice()];
      [a, b].forEach((v, i) => {
        for (let k = 0; k < 2; k++)
          v[k] -= 0.1 * (weights[2 * i] * before[0][k] + weights[2 * i + 1] * before[1][k]);
      });
    }
    const [aa, ab, , bb] = gram([a, b]);
    expect((Math.acos(ab / Math.sqrt(aa * bb)) * 180) / Math.PI).toBeCloseTo(90, 3);
  });
});

describe("schedules", () => {
  it("linear: 1 to half, 0.01 from nine tenths, linear between", () => {
    const at = (epoch: number) => rateFactor("linear", epoch, 100);
    expect([at(0), at(50), at(90), at(99)]).toEqual([1, 1, expect.closeTo(0.01), 0.01]);
    expect(at(70)).toBeCloseTo((1 + 0.01) / 2);
  });
  it("cosine: 1, a half in the middle", () => {
    expect([rateFactor("cosine", 0, 10), rateFactor("cosine", 5, 10)]).toEqual([1, expect.closeTo(0.5)]);
  });
  it("step and constant", () => {
    expect([0, 5, 8].map((e) => rateFactor("step", e, 10))).toEqual([1, 0.1, 0.01]);
    expect(rateFactor("constant", 9, 10)).toBe(1);
  });
});
