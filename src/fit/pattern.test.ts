import { describe, expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { loadDataset } from "../data/node.ts";
import { allocateVector, dot, Rng } from "../engine/index.ts";
import { Batch, crossEntropy, Examples, NetworkLandscape } from "../landscape/index.ts";
import { mlp } from "../model/index.ts";
import { coefficientMatrix } from "../subspace/index.ts";
import {
  cellCoefficients,
  cellCoordinates,
  DivergenceError,
  fitPattern,
  PARAMETRISATIONS,
  PATTERN_DEFAULTS,
  type Parametrisation,
  type PatternParameters,
  type PatternState,
  patternMask,
  patternParameters,
  patternPlane,
  patternScore,
} from "./index.ts";
import { PatternGradient } from "./pattern-gradient.ts";

const rng = Rng.fromSeed(5);
const network = mlp([4, 5, 3], "tanh");
const size = network.layout.size;
/** The corner of a square, so that every mistake of transposing or mirroring shows. */
const mask = patternMask({ rows: 3, columns: 4, values: [1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0] });

function flowers(count: number): Dataset {
  const inputs = rng.split("x").normal(4 * count);
  const split = { count, inputs, targets: rng.split("y").integers(count, 3) };
  const about = { name: "flowers", task: "classification" as const, shape: [4], classes: 3 };
  return { ...about, byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" };
}
const dataset = flowers(6);
const train = new Examples(dataset, dataset.train);

const drawn = (scale = 0.4) => patternParameters(network, "glorot-normal", rng.split("parameters"), scale);
const problem = (parameters: PatternParameters) => ({
  network,
  loss: crossEntropy,
  mask,
  parameters,
  train,
});

type Vectors = Record<"origin" | "right" | "up", Float64Array>;
const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** R and U in plain float64, by Gram-Schmidt in its textbook form. */
function axesOf({ origin, right, up }: Vectors, kind: Parametrisation) {
  const minus = (v: Float64Array) => (kind === "simple" ? v : v.map((x, i) => x - origin[i]));
  const R = minus(right);
  if (kind !== "up-orthogonal") return { R, U: minus(up) };
  const unit = R.map((v) => v / Math.sqrt(inner(R, R)));
  const along = inner(up, unit);
  const rest = up.map((v, i) => v - along * unit[i]);
  const factor = Math.sqrt(inner(R, R) / inner(rest, rest));
  return { R, U: rest.map((v) => v * factor) };
}

/** Mean cross-entropy of the tanh network on all examples, in plain float64. */
function referenceLoss(theta: Float64Array): number {
  const [W1, b1, W2, b2] = network.layout.leaves.map(({ offset, size: n }) =>
    theta.subarray(offset, offset + n),
  );
  const { inputs, targets, count } = dataset.train;
  let total = 0;
  for (let e = 0; e < count; e++) {
    const h = [...b1].map((b, o) => {
      let z = b;
      for (let k = 0; k < 4; k++) z += W1[4 * o + k] * inputs[4 * e + k];
      return Math.tanh(z);
    });
    const logits = [...b2].map((b, o) => h.reduce((z, v, k) => z + W2[5 * o + k] * v, b));
    total += Math.log(logits.reduce((s, z) => s + Math.exp(z), 0)) - logits[targets[e]];
  }
  return total / count;
}

describe("the gradient of a step", () => {
  const good = [1, 4];
  const bad = [5, 6, 3];
  const spec = { ...PATTERN_DEFAULTS, goodCells: 2, badCells: 3, badWeight: 0.7 };

  /** The objective with cells placed by hand: cell (row, column) lies at (column - 1.5, 1 - row). */
  function reference(vectors: Vectors, s: number, kind: Parametrisation, ceiling: number) {
    const { R, U } = axesOf(vectors, kind);
    const lossAt = (cell: number) => {
      const [x, y] = [(cell % 4) - 1.5, 1 - Math.floor(cell / 4)];
      return referenceLoss(vectors.origin.map((o, i) => o + s * (x * R[i] + y * U[i])));
    };
    const [goods, bads] = [good.map(lossAt), bad.map(lossAt)];
    const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
    const skew = inner(R, U) ** 2;
    const longer = (Math.sqrt(inner(R, R)) - Math.sqrt(inner(U, U))) ** 2;
    const penalty = kind === "up-orthogonal" ? 0 : 0.3 * skew + 0.2 * longer;
    const objective = mean(goods) - 0.7 * mean(bads.map((l) => Math.min(l, ceiling))) + penalty;
    return { objective, bads };
  }

  it.each(PARAMETRISATIONS)("of %s axes is that of finite differences", async (kind) => {
    const parameters = drawn();
    const { origin, right, up } = parameters;
    const vectors = {
      origin: Float64Array.from(origin),
      right: Float64Array.from(right),
      up: Float64Array.from(up),
    };
    const s = parameters.scale[0];
    // The ceiling cuts off the worst of the bad cells only.
    const sorted = reference(vectors, s, kind, 99).bads.sort((a, b) => a - b);
    const ceiling = (sorted[1] + sorted[2]) / 2;
    const penalty = { orthogonality: 0.3, equality: 0.2 };
    const own = { ...spec, ceiling, penalty, parametrisation: kind };
    using gradient = new PatternGradient(problem(parameters), own, 6);
    using batch = new Batch(train, 6);
    batch.loadFrom(0);
    const { objective, norm } = await gradient.run(batch, good, bad);
    expect(objective).toBeCloseTo(reference(vectors, s, kind, ceiling).objective, 5);

    const h = 1e-5;
    const difference = (move: (h: number) => [Vectors, number]) => {
      const [plus, minus] = [move(h), move(-h)].map(
        ([v, scale]) => reference(v, scale, kind, ceiling).objective,
      );
      return (plus - minus) / (2 * h);
    };
    let square = 0;
    const compare = (value: number, expected: number) => {
      expect(Math.abs(value - expected)).toBeLessThan(2e-6 * Math.max(1, norm));
      square += expected ** 2;
    };
    for (const name of ["origin", "right", "up"] as const) {
      for (let i = 0; i < size; i++) {
        const expected = difference((d) => {
          const moved = vectors[name].map((v, k) => (k === i ? v + d : v));
          return [{ ...vectors, [name]: moved }, s];
        });
        compare(gradient.result[name][i], expected);
      }
    }
    compare(
      gradient.result.scale[0],
      difference((d) => [vectors, s + d]),
    );
    expect(norm).toBeCloseTo(Math.sqrt(square), 4);
  });
});

describe("the plane", () => {
  it("has orthogonal axes of one length, whatever the vectors", () => {
    const parameters = drawn();
    // An up vector that is almost along R.
    parameters.up.set(
      parameters.right.map((v, i) => 5 * (v - parameters.origin[i]) + 0.1 * parameters.up[i]),
    );
    const { span } = patternPlane(parameters, "up-orthogonal");
    const [, R, U] = span.anchors;
    expect(Math.abs(dot(R, U)) / dot(R, R)).toBeLessThan(1e-5);
    expect(dot(U, U) / dot(R, R)).toBeCloseTo(1, 5);
  });

  it("has its origin in the middle of the mask, the columns to the right and the rows downwards", () => {
    const zs = cellCoordinates({ rows: 2, columns: 3 });
    expect([...zs]).toEqual([-1, 0.5, 0, 0.5, 1, 0.5, -1, -0.5, 0, -0.5, 1, -0.5]);
    // Padding adds cells around and moves none.
    const padded = cellCoordinates({ rows: 2, columns: 3 }, 1);
    expect(padded).toHaveLength(2 * 4 * 5);
    expect([...padded.subarray(2 * 6, 2 * 9)]).toEqual([...zs.subarray(0, 6)]);
    expect([...padded.subarray(0, 2)]).toEqual([-2, 1.5]);
  });

  it("is o + s (x R + y U)", () => {
    const parameters = drawn(0.25);
    const plane = patternPlane(parameters, "difference");
    const { origin, right, up } = parameters;
    const theta = allocateVector(size);
    plane.span.point(coefficientMatrix(plane.map, [2, -3]), theta);
    theta.forEach((v, i) => {
      const expected = origin[i] + 0.25 * (2 * (right[i] - origin[i]) - 3 * (up[i] - origin[i]));
      expect(v).toBeCloseTo(expected, 5);
    });
    expect([...cellCoefficients(plane, mask)].slice(0, 3)).toEqual([1, -1.5 * 0.25, 0.25]);
  });
});

describe("training a pattern", () => {
  const spec = { ...PATTERN_DEFAULTS, batch: 2, goodCells: 2, badCells: 2, steps: 11 };
  const copied = (state: PatternState): PatternState => ({
    step: state.step,
    history: [...state.history],
    parameters: state.parameters.map((v) => v.slice()),
    moments: state.moments.map((ms) => ms.map((v) => v.slice())),
  });

  it("separates the cells of a picture of 6 x 6 on clothes, upright", async () => {
    const data = await loadDataset("fashion-mnist-small");
    const net = mlp([784, 32, 10], "relu");
    const examples = new Examples(data, data.train);
    // An L: no turn or mirror image of it is like it.
    const lines = [".#....", ".#....", ".#....", ".#....", ".####.", "......"];
    const values = [...lines.join("")].map((sign) => (sign === "#" ? 1 : 0));
    const letter = patternMask({ rows: 6, columns: 6, values });
    const parameters = patternParameters(net, "he-normal", rng.split("letter"));
    const state = await fitPattern(
      { network: net, loss: crossEntropy, mask: letter, parameters, train: examples },
      { ...PATTERN_DEFAULTS, steps: 1000, batch: 64, rate: 2e-3 },
      rng,
      { every: 500 },
    );
    expect(state.history.map(({ step }) => step)).toEqual([500, 1000]);
    const plane = patternPlane(parameters, "up-orthogonal");
    using landscape = new NetworkLandscape(net, new Examples(data, data.test), crossEntropy);
    const { error } = await landscape.evaluateSpan(plane.span.anchors, cellCoefficients(plane, letter));
    const score = patternScore(
      letter,
      error.map((e) => 1 - e),
    );
    expect(score.difference).toBeGreaterThan(0.25);
    expect(score.iou).toBeGreaterThan(0.8);
  });

  /** Copies of the states after each four steps, and of the last. */
  async function states(parameters: PatternParameters, stream: Rng, resume?: PatternState) {
    const saved: PatternState[] = [];
    await fitPattern(problem(parameters), spec, stream, {
      every: 4,
      resume,
      onMetrics: (_, state) => void saved.push(copied(state)),
    });
    return saved;
  }

  it("gives the same bytes for the same seed, others for another", async () => {
    const [a, b, c] = [
      await states(drawn(), Rng.fromSeed(1)),
      await states(drawn(), Rng.fromSeed(1)),
      await states(drawn(), Rng.fromSeed(2)),
    ];
    expect(b).toEqual(a);
    expect(c[0].parameters).not.toEqual(a[0].parameters);
  });

  it("resumed after any line of its history ends with the bytes of a run that went through", async () => {
    const whole = await states(drawn(), rng);
    expect(whole.map(({ step }) => step)).toEqual([4, 8, 11]);
    for (const [k, resume] of whole.entries()) {
      const other = patternParameters(network, "he-normal", rng.split("other"), 3);
      expect(await states(other, rng, resume)).toEqual(whole.slice(k + 1));
      expect(Object.values(other)).toEqual(expect.arrayContaining([...whole[2].parameters]));
    }
  });

  it("reports progress and can be stopped", async () => {
    const done: number[] = [];
    await fitPattern(problem(drawn()), spec, rng, { onProgress: (f) => done.push(f) });
    expect(done).toHaveLength(11);
    expect(done.at(-1)).toBe(1);
    const run = fitPattern(problem(drawn()), spec, rng, { signal: AbortSignal.abort() });
    await expect(run).rejects.toThrow(/abort/i);
  });

  it("stops with the step and advice when a loss is not finite", async () => {
    const parameters = drawn();
    parameters.origin.fill(Number.NaN);
    const run = fitPattern(problem(parameters), spec, rng);
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(fitPattern(problem(parameters), spec, rng)).rejects.toThrow(/diverged at step 1/);
  });

  it("does not move what the gradient's clipping leaves nothing of", async () => {
    const parameters = drawn();
    const before = parameters.right.slice();
    await fitPattern(problem(parameters), { ...spec, clip: 0, steps: 3 }, rng);
    expect(parameters.right).toEqual(before);
  });

  it("needs cells of both kinds and a scale", async () => {
    const none = fitPattern(problem(drawn()), { ...spec, badCells: 0 }, rng);
    await expect(none).rejects.toThrow(/badCells of the pattern is 0; give a whole number from 1/);
    expect(() => drawn(0)).toThrow(/scale of the pattern is 0; give a positive number/);
  });

  it("takes all cells where a step asks for more than there are", async () => {
    const state = await fitPattern(problem(drawn()), { ...spec, goodCells: 50, badCells: 50, steps: 2 }, rng);
    expect(state.step).toBe(2);
  });
});
