import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { mlp, type Network } from "../model/index.ts";
import { bezier, coefficientMatrix } from "../subspace/index.ts";
import { type PathShapes, pathGradientProgram, pathLossProgram } from "./path-programs.ts";

const K = 3;
const map = bezier(K);
const m = K + 1;
const [S, n] = [4, 6];
const rng = Rng.fromSeed(5);
/** The middles of many pieces of [0, 1], for the length. */
const Q = 400;
const nodes = {
  t: Float64Array.from({ length: Q }, (_, i) => (i + 0.5) / Q),
  weights: new Float64Array(Q).fill(1 / Q),
};

const derivatives = (ts: ArrayLike<number>) =>
  Float32Array.from(Array.from(ts, (t) => [...map.derivative(t)]).flat());

interface Setup {
  network: Network;
  shapes: PathShapes;
  args: (Float32Array | Int32Array)[];
  ts: Float64Array;
}

function setup(network: Network, paths: number, weighted: boolean): Setup {
  const shapes = { paths, anchors: m, samples: S, batch: n, nodes: nodes.t.length, weighted };
  const anchors = rng
    .split("anchors")
    .normal(paths * m * network.layout.size)
    .map((x) => 0.5 * x);
  const ts = rng.split("t").uniform64(paths * S);
  const own = derivatives(nodes.t);
  const x = rng.split("x").normal(n * network.inputSize);
  const y =
    network.outputs === 1
      ? rng.split("y").normal(n)
      : Int32Array.from({ length: n }, (_, i) => i % network.outputs);
  const args = [
    anchors,
    Float32Array.from({ length: paths }, (_, r) => -0.3 - 0.2 * r),
    Float32Array.from(coefficientMatrix(map, ts)),
    derivatives(ts),
    Float32Array.from({ length: paths * own.length }, (_, i) => own[i % own.length]),
    Float32Array.from(nodes.weights),
    x,
    y,
  ];
  return { network, shapes, args, ts };
}

/** The network by loops, in float64. */
function outputs(network: Network, theta: ArrayLike<number>, x: ArrayLike<number>): number[] {
  const { widths } = network.spec as { widths: number[] };
  let at = 0;
  let h = Array.from(x);
  for (let l = 1; l < widths.length; l++) {
    const bias = at + widths[l] * widths[l - 1];
    const before = h;
    h = Array.from({ length: widths[l] }, (_, o) =>
      before.reduce((sum, value, i) => sum + theta[at + o * widths[l - 1] + i] * value, theta[bias + o]),
    );
    if (l < widths.length - 1) h = h.map(Math.tanh);
    at = bias + widths[l];
  }
  return h;
}

/** Mean losses at the positions of path r, by loops. */
function lossesOf({ network, args, ts }: Setup, r: number): number[] {
  const [anchors, logScales, , , , , x, y] = args;
  const D = network.layout.size;
  return Array.from({ length: S }, (_, s) => {
    const c = map.at(ts[r * S + s]);
    const theta = Array.from({ length: D }, (_, d) =>
      c.reduce((sum, ck, k) => sum + ck * anchors[(r * m + k) * D + d], 0),
    );
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const out = outputs(network, theta, x.subarray(i * network.inputSize, (i + 1) * network.inputSize));
      if (network.outputs === 1) {
        const sigma = Math.exp(logScales[r]) + 1e-8;
        sum += 0.5 * ((y[i] - out[0]) / sigma) ** 2 + Math.log(sigma) + 0.5 * Math.log(2 * Math.PI);
      } else sum += Math.log(out.reduce((a, z) => a + Math.exp(z), 0)) - out[y[i]];
    }
    return sum / n;
  });
}

/** |B'(t)| / S of path r at its positions, by loops over weight space. */
function weightsOf({ network, args, ts }: Setup, r: number): number[] {
  const D = network.layout.size;
  const speed = (t: number) => {
    const c = map.derivative(t);
    return Math.hypot(
      ...Array.from({ length: D }, (_, d) =>
        c.reduce((sum, ck, k) => sum + ck * args[0][(r * m + k) * D + d], 0),
      ),
    );
  };
  const length = nodes.t.reduce((sum, t) => sum + speed(t) / Q, 0);
  return Array.from(ts.subarray(r * S, (r + 1) * S), (t) => speed(t) / length);
}

const regression = mlp([3, 4, 1], "tanh");
const classification = mlp([3, 4, 3], "tanh");

describe.each([
  ["regression", regression],
  ["classification", classification],
])("programs of paths, %s", (_, network) => {
  test("losses and their weights by arc length are those of loops and of the Gram matrix", async () => {
    const own = setup(network, 2, true);
    using program = await pathLossProgram(network, own.shapes);
    const [losses, weighted] = await program.run(own.args);
    for (let r = 0; r < 2; r++) {
      const weights = weightsOf(own, r);
      lossesOf(own, r).forEach((loss, s) => {
        expect(losses[r * S + s]).toBeCloseTo(loss, 4);
        expect(weighted[r * S + s]).toBeCloseTo(loss * weights[s], 4);
      });
    }
  });

  test.each([true, false])("gradients by finite differences, weighted: %s", async (weighted) => {
    const own = setup(network, 2, weighted);
    using program = await pathGradientProgram(network, own.shapes);
    const [, , points, scales] = await program.run(own.args);
    const objective = () => {
      let sum = 0;
      for (let r = 0; r < 2; r++) {
        const weights = weighted ? weightsOf(own, r) : undefined;
        lossesOf(own, r).forEach((loss, s) => {
          sum += (loss * (weights?.[s] ?? 1)) / S;
        });
      }
      return sum;
    };
    const slope = (array: Float32Array, i: number) => {
      const old = array[i];
      const h = 2 ** -8;
      array[i] = old + h;
      const above = objective();
      array[i] = old - h;
      const below = objective();
      array[i] = old;
      return (above - below) / (2 * h);
    };
    const [anchors, logScales] = own.args as Float32Array[];
    for (let i = 0; i < anchors.length; i += 37) expect(points[i]).toBeCloseTo(slope(anchors, i), 3);
    if (network.outputs === 1) {
      for (let r = 0; r < 2; r++) expect(scales[r]).toBeCloseTo(slope(logScales, r), 3);
    }
  });
});
