import { describe, expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, Rng } from "../engine/index.ts";
import { Batch, crossEntropy, Examples, NetworkLandscape } from "../landscape/index.ts";
import { mlp } from "../model/index.ts";
import { chord, trunkPass } from "../subspace/index.ts";
import {
  fitNeuralCurve,
  initialiseNeuralCurve,
  type NeuralCurve,
  type NeuralCurveFitSpec,
  pathOfNeuralCurve,
} from "./index.ts";
import { NeuralCurveStep } from "./neural-curve-step.ts";

const rng = Rng.fromSeed(21);
const SPEC: NeuralCurveFitSpec = {
  widths: [3, 4],
  activation: "tanh",
  weightDecay: 0,
  epochs: 2,
  batch: 16,
  rate: 0.01,
  schedule: "constant",
  reduction: "mean",
  beta: 0,
  perLayer: true,
  sharedBiases: false,
  rectified: false,
  repel: 0,
  repelLimit: 2.5,
  repelRange: [0.25, 0.75],
  keepBest: false,
  patience: 0,
};

/** Two rings, one around the other. */
function rings(count: number): Dataset {
  const u = rng.split("angle").uniform(count, 0, 2 * Math.PI);
  const targets = rng.split("ring").integers(count, 2);
  const inputs = Float32Array.from({ length: 2 * count }, (_, i) => {
    const radius = targets[i >> 1] === 1 ? 2 : 0.7;
    return radius * (i % 2 === 0 ? Math.cos(u[i >> 1]) : Math.sin(u[i >> 1]));
  });
  const split = { count, inputs, targets };
  const about = { name: "rings", task: "classification" as const, shape: [2], classes: 2 };
  return { ...about, byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" };
}

const data = rings(160);
const train = new Examples(data, data.train);
const network = mlp([2, 3, 2], "tanh");
const BIASES = [6, 7, 8, 15, 16];

/** Mean cross-entropy of the 2-3-2 tanh network in float64. */
function lossAt(theta: ArrayLike<number>, numbers: number[]): number {
  let total = 0;
  for (const n of numbers) {
    const x = [data.train.inputs[2 * n], data.train.inputs[2 * n + 1]];
    const h = [0, 1, 2].map((o) => Math.tanh(theta[2 * o] * x[0] + theta[2 * o + 1] * x[1] + theta[6 + o]));
    const z = [0, 1].map((o) => h.reduce((sum, v, i) => sum + theta[9 + 3 * o + i] * v, theta[15 + o]));
    total += Math.log(Math.exp(z[0]) + Math.exp(z[1])) - z[data.train.targets[n]];
  }
  return total / numbers.length;
}

/** The objective of one step in plain float64, from all that is trained. */
function objective(
  curve: { anchors: number[][]; trunks: number[][] },
  spec: NeuralCurveFitSpec,
  numbers: number[],
) {
  const [t] = rng.split("coordinates").foldIn(0).uniform64(1);
  const [u] = rng.split("repel").foldIn(0).split("place").uniform64(1);
  const groupOf = (d: number) => (spec.perLayer && d >= 9 ? 1 : 0);
  const isShared = (d: number) => spec.sharedBiases && BIASES.includes(d);
  const last = curve.anchors.length - 1;
  const at = (s: number) => {
    const hs = curve.trunks.map((p) => [...trunkPass(spec, p, s).layers.at(-1)!, 1]);
    return curve.anchors[0].map((_, d) => {
      if (isShared(d)) return curve.anchors[last][d];
      const value = curve.anchors.reduce((sum, a, i) => sum + hs[groupOf(d)][i] * a[d], 0);
      return spec.rectified ? Math.max(0, value) : value;
    });
  };
  const [p, q] = [at(0), at(1)];
  const inner = (a: number[], b: number[]) => a.reduce((sum, v, d) => sum + (isShared(d) ? 0 : v * b[d]), 0);
  const cos2 = inner(p, q) ** 2 / (inner(p, p) * inner(q, q));
  const gamma = spec.repelRange[0] + u * (spec.repelRange[1] - spec.repelRange[0]);
  const onChord = lossAt(
    p.map((v, d) => gamma * v + (1 - gamma) * q[d]),
    numbers,
  );
  const factor = spec.reduction === "sum" ? numbers.length : 1;
  const repelled = onChord < spec.repelLimit ? onChord : 0;
  return factor * (lossAt(at(t), numbers) - spec.repel * repelled) + spec.beta * cos2;
}

const copy = ({ anchors, trunks }: NeuralCurve) => ({
  anchors: anchors.map((a) => Array.from(a)),
  trunks: trunks.map((a) => Array.from(a)),
});

describe("a step of a neural curve", () => {
  it.each([
    ["one trunk", { perLayer: false }],
    ["a trunk a layer, penalty, sum", { beta: 0.7, reduction: "sum" }],
    ["shared biases, ReLU trunks", { sharedBiases: true, beta: 0.5, activation: "relu" }],
    ["repelling chord", { repel: 0.75, beta: 0.2, reduction: "sum", sharedBiases: true }],
    ["chord beyond its limit", { repel: 0.75, repelLimit: 0.01 }],
    ["rectified", { rectified: true, sharedBiases: true, beta: 0.5 }],
  ] as [string, Partial<NeuralCurveFitSpec>][])(
    "%s: gradients agree with finite differences of the objective",
    async (_, change) => {
      const spec = { ...SPEC, ...change };
      const curve = initialiseNeuralCurve(network, spec, rng.split("init"));
      const before = copy(curve);
      using step = new NeuralCurveStep(network, crossEntropy, curve, spec, rng);
      using batch = new Batch(train, 16);
      const numbers = Array.from({ length: 16 }, (_, i) => 3 * i);
      batch.load(numbers);
      await step.run(batch, 0, spec.rate);
      // After one step from zero, Adam's first moment is a tenth of the gradient. Pieces lie part by part.
      const first = step.moments.map(([m]) => Array.from(m, (v) => 10 * v));
      const gradients: { list: number[]; k: number; value: number }[] = [];
      let vector = 0;
      const parts = spec.sharedBiases
        ? [
            [0, 6],
            [6, 9],
            [9, 15],
            [15, 17],
          ]
        : spec.perLayer
          ? [
              [0, 9],
              [9, 17],
            ]
          : [[0, 17]];
      for (const [start, end] of parts) {
        const shared = spec.sharedBiases && BIASES.includes(start);
        const own = shared ? [before.anchors.at(-1)!] : before.anchors;
        for (const list of own) {
          for (let k = start; k < end; k++) gradients.push({ list, k, value: first[vector][k - start] });
          vector++;
        }
      }
      for (const list of before.trunks) {
        for (let k = 0; k < list.length; k++) gradients.push({ list, k, value: first[vector][k] });
        vector++;
      }
      expect(vector).toBe(first.length);
      for (const { list, k, value } of gradients) {
        const old = list[k];
        list[k] = old + 1e-5;
        const up = objective(before, spec, numbers);
        list[k] = old - 1e-5;
        const down = objective(before, spec, numbers);
        list[k] = old;
        const difference = (up - down) / 2e-5;
        expect(Math.abs(value - difference)).toBeLessThan(2e-4 * Math.max(1, Math.abs(difference)));
      }
    },
  );
});

describe("a neural curve", () => {
  it("learns to separate the rings all along", async () => {
    const spec = { ...SPEC, epochs: 60, rate: 0.02, beta: 0.1 };
    const wide = mlp([2, 16, 2], "tanh");
    const curve = initialiseNeuralCurve(wide, spec, rng.split("init"));
    await fitNeuralCurve({ network: wide, loss: crossEntropy, train }, curve, spec, rng);
    const { map, span } = pathOfNeuralCurve(wide, spec, curve);
    using landscape = new NetworkLandscape(wide, train, crossEntropy);
    const theta = allocateVector(span.size);
    for (const path of [map, chord(map)]) {
      for (const t of [0, 0.5, 1]) {
        span.point(path.at(t), theta);
        expect((await landscape.evaluate(theta)).error, `${path.kind} at ${t}`).toBeLessThan(
          path === map ? 0.05 : 1,
        );
      }
    }
  });

  it("ends with the same bytes when it is interrupted and resumed", async () => {
    const spec = { ...SPEC, sharedBiases: true, beta: 0.5, repel: 0.5, epochs: 3, keepBest: false };
    const problem = { network, loss: crossEntropy, train };
    const whole = initialiseNeuralCurve(network, spec, rng.split("init"));
    await fitNeuralCurve(problem, whole, spec, rng);
    const part = initialiseNeuralCurve(network, spec, rng.split("init"));
    let saved: Parameters<typeof fitNeuralCurve>[4];
    await fitNeuralCurve(problem, part, { ...spec, epochs: 2 }, rng, {
      onEpoch: (_, state) => {
        const clone = (vectors: readonly Float32Array[]) => vectors.map((v) => v.slice());
        saved = {
          resume: {
            ...state,
            history: [...state.history],
            anchors: clone(state.anchors),
            bestAnchors: clone(state.bestAnchors),
            moments: state.moments.map(clone),
          },
        };
      },
    });
    const resumed = initialiseNeuralCurve(network, spec, rng.split("other init"));
    await fitNeuralCurve(problem, resumed, spec, rng, saved);
    expect(copy(resumed)).toEqual(copy(whole));
  });
});
