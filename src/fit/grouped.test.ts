/** Training with groups of parameters and with a volume term. */
import { describe, expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { allocateVector, gram, Rng } from "../engine/index.ts";
import { Batch, crossEntropy, Examples } from "../landscape/index.ts";
import { initialise, mlp } from "../model/index.ts";
import { complex, line, sampleCoordinates, simplex } from "../subspace/index.ts";
import { type FitSpec, fit, volumePenalty } from "./index.ts";
import { SubspaceStep } from "./subspace-step.ts";

const rng = Rng.fromSeed(31);
const SPEC: FitSpec = {
  kind: "sgd",
  momentum: 0,
  weightDecay: 0,
  epochs: 1,
  batch: 8,
  rate: 1,
  schedule: "constant",
  samples: 1,
  reduction: "mean",
  beta: 0,
  pointDecay: 0,
  keepBest: false,
  patience: 0,
};
const network = mlp([2, 3, 2], "tanh");
const count = 40;
const split = {
  count,
  inputs: rng.split("x").normal(2 * count),
  targets: rng.split("y").integers(count, 2),
};
const about = { name: "points", task: "classification" as const, shape: [2], classes: 2 };
const data: Dataset = {
  ...about,
  byteScale: 1,
  byteShift: 0,
  train: split,
  test: split,
  checksum: "",
  source: "",
};
const train = new Examples(data, split);
const start = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const theta = allocateVector(network.layout.size);
    initialise(network, theta, "pytorch", rng.split(`start ${i}`));
    return theta;
  });
const problem = (anchors: Float32Array[]) => ({
  network,
  loss: crossEntropy,
  map: simplex(anchors.length - 1),
  anchors,
  fixed: anchors.map(() => false),
  train,
});
/** What one step moves each anchor by: minus its gradient. */
async function moves(spec: FitSpec) {
  const anchors = start(2);
  const before = anchors.map((a) => a.slice());
  using step = new SubspaceStep({ ...problem(anchors), map: line() }, spec, rng);
  using batch = new Batch(train, 8);
  batch.loadFrom(0);
  await step.run(batch, 0, 1);
  step.finish();
  return anchors.map((a, i) => Array.from(a, (v, d) => v - before[i][d]));
}

describe("layerwise coefficients", () => {
  it("give the anchors of each layer gradients in the ratio of its own coordinate", async () => {
    const [p, q] = await moves({ ...SPEC, layerwise: true });
    const draw = rng.split("coordinates").foldIn(0);
    const ts = [draw, draw.split("layer 1")].map((stream) => sampleCoordinates(line(), stream, 1)[0]);
    expect(Math.abs(ts[0] - ts[1])).toBeGreaterThan(0.01);
    // fc1 is the first nine parameters; α of the move of q against 1 - α of that of p.
    for (let d = 0; d < 17; d++) {
      const t = ts[d < 9 ? 0 : 1];
      expect((1 - t) * q[d]).toBeCloseTo(t * p[d], 6);
    }
  });
});

describe("shared biases", () => {
  it("are equal in all anchors, and get the whole gradient of the point", async () => {
    const anchors = start(2);
    await fit({ ...problem(anchors), map: line() }, { ...SPEC, sharedBiases: true, rate: 0.1 }, rng);
    for (const d of [6, 7, 8, 15, 16]) expect(anchors[1][d]).toBe(anchors[0][d]);
    expect(anchors[1][0]).not.toBe(anchors[0][0]);
    const [shared] = await moves({ ...SPEC, sharedBiases: true });
    // With the biases of the first anchor everywhere, the point is that of an unshared step from such anchors.
    const same = start(2);
    for (const d of [6, 7, 8, 15, 16]) same[1][d] = same[0][d];
    const before = same.map((a) => a.slice());
    using step = new SubspaceStep({ ...problem(same), map: line() }, SPEC, rng);
    using batch = new Batch(train, 8);
    batch.loadFrom(0);
    await step.run(batch, 0, 1);
    for (const d of [6, 7, 8, 15, 16]) {
      const total = same[0][d] - before[0][d] + (same[1][d] - before[1][d]);
      expect(shared[d]).toBeCloseTo(total, 6);
    }
  });
});

describe("volume term", () => {
  const vertices = [
    [0, 0, 0],
    [1, 0, 0],
    [0.2, 0.8, 0.1],
    [0.1, 0.3, 1.1],
  ].map((v) => Float64Array.from(v));
  const gramOf = (vs: Float64Array[]) =>
    Float64Array.from(vs.flatMap((a) => vs.map((b) => a.reduce((sum, v, i) => sum + v * b[i], 0))));

  it("of the unit right triangle is that of V² = 1/4, and of a regular tetrahedron that of 1/72", () => {
    const right = [
      [0, 0],
      [1, 0],
      [0, 1],
    ].map((v) => Float64Array.from(v));
    expect(volumePenalty(gramOf(right), 3, 2).value).toBeCloseTo(-2 * Math.log(0.25 + 1e-4), 12);
    const regular = [
      [0, 0, 0],
      [1, 1, 0],
      [1, 0, 1],
      [0, 1, 1],
    ].map((v) => Float64Array.from(v, (x) => x / Math.SQRT2));
    expect(volumePenalty(gramOf(regular), 4, 1).value).toBeCloseTo(-Math.log(1 / 72 + 1e-4), 12);
  });

  it("has the gradient of finite differences", () => {
    const { weights } = volumePenalty(gramOf(vertices), 4, 0.3);
    for (let i = 0; i < 4; i++) {
      for (let d = 0; d < 3; d++) {
        const value = (h: number) => {
          const moved = vertices.map((v) => v.slice());
          moved[i][d] += h;
          return volumePenalty(gramOf(moved), 4, 0.3).value;
        };
        const gradient = vertices.reduce((sum, v, j) => sum + weights[4 * i + j] * v[d], 0);
        expect(gradient).toBeCloseTo((value(1e-6) - value(-1e-6)) / 2e-6, 7);
      }
    }
  });

  it("names vertices without volume", () => {
    expect(() => volumePenalty(gramOf([vertices[0], vertices[1], vertices[1]]), 3, 1)).toThrow("coincide");
  });

  it("makes a complex larger than the loss alone does", async () => {
    const map = complex(3, [
      [0, 1],
      [0, 2],
    ]);
    const lengths = async (volume: number) => {
      const anchors = start(3);
      const spec = { ...SPEC, volume, epochs: 5, rate: 0.05 };
      await fit({ ...problem(anchors), map, fixed: [true, false, false] }, spec, rng);
      const g = gram(anchors, anchors[0]);
      return [Math.sqrt(g[4]), Math.sqrt(g[8])];
    };
    const [plain, large] = [await lengths(0), await lengths(0.1)];
    expect(large[0]).toBeGreaterThan(plain[0]);
    expect(large[1]).toBeGreaterThan(plain[1]);
  });
});
