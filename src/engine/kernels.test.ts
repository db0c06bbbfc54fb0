import { describe, expect, it } from "vitest";
import {
  accumulate,
  adamOuterStep,
  adamStep,
  allocateBytes,
  allocateIntegers,
  allocateVector,
  axpy,
  combine,
  combineSeveral,
  dot,
  dropoutMask,
  gate,
  gatherBytes,
  gatherRows,
  gram,
  hadamard,
  multiplyElements,
  Rng,
  rectify,
  releaseVector,
  sgdStep,
  threefry2x32,
} from "./index.ts";
import * as reference from "./kernels.reference.ts";

const rng = Rng.fromSeed(1);
/** Lengths around the blocks of 4, 16 and 2048 elements. */
const LENGTHS = [1, 3, 4, 5, 15, 16, 17, 63, 64, 2047, 2048, 2049, 5000];

function vector(name: string, n: number): Float32Array {
  const v = allocateVector(n);
  v.set(rng.split(name).normal(n));
  return v;
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(expected.length);
  for (let k = 0; k < got.length; k++) {
    const error = Math.abs(got[k] - expected[k]);
    if (!(error <= tolerance * Math.max(1, Math.abs(expected[k]))))
      expect(got[k], `element ${k}`).toBe(expected[k]);
  }
}

describe.each(LENGTHS)("on %i elements", (n) => {
  const anchors = ["a", "b", "c"].map((name) => vector(name, n));
  const c = [0.25, -1.5, 2];

  it("combine, accumulate and axpy", () => {
    const out = allocateVector(n);
    combine(out, anchors, c);
    expectClose(out, reference.combine(anchors, c));
    const g = vector("g", n);
    const grown = anchors.map((a) => a.slice());
    const own = anchors.map((_, i) => vector(["a", "b", "c"][i], n));
    accumulate(own, c, g);
    own.forEach((a, i) => {
      expectClose(a, reference.combine([grown[i], g], [1, c[i]]));
    });
    axpy(out, -0.5, g);
    expectClose(out, reference.combine([...anchors, g], [...c, -0.5]));
  });

  it("dot and Gram matrix, in float64, also around an origin", () => {
    expectClose([dot(anchors[0], anchors[1])], [reference.dot(anchors[0], anchors[1])], 1e-12);
    expectClose(gram(anchors), reference.gram(anchors), 1e-12);
    expectClose(gram(anchors, anchors[1]), reference.gram(anchors, anchors[1]), 1e-12);
  });

  it("steps of SGD, Adam and AdamW", () => {
    const theta = ["s", "t", "u"].map((name) => vector(name, n));
    const plain = theta.map((v) => [...v]);
    const state = Array.from({ length: 5 }, () => allocateVector(n));
    const plainState = state.map((v) => [...v]);
    for (let step = 1; step <= 5; step++) {
      const g = vector(`g${step}`, n);
      const half = Array.from(g, (x) => 0.5 * x);
      sgdStep(theta[0], g, state[0], { rate: 0.1, momentum: 0.9, decay: 5e-4, scale: 0.5 });
      reference.sgd(plain[0], half, plainState[0], 0.1, 0.9, 5e-4);
      adamStep(theta[1], g, state[1], state[2], { rate: 1e-3, step, decay: 0.1, scale: 0.5 });
      reference.adam(plain[1], half, plainState[1], plainState[2], step, { decay: 0.1 });
      adamStep(theta[2], g, state[3], state[4], { rate: 1e-3, step, decoupledDecay: 0.01 });
      reference.adam(plain[2], [...g], plainState[3], plainState[4], step, { decoupled: 0.01 });
    }
    theta.forEach((v, i) => {
      expectClose(v, plain[i]);
    });
  });
});

describe("Walsh-Hadamard transform", () => {
  const transformed = (values: ArrayLike<number>) => {
    const x = allocateVector(values.length);
    x.set(values);
    hadamard(x);
    return x;
  };

  it("of the vector that everyone takes", () => {
    expect([...transformed([1, 0, 1, 0, 0, 1, 1, 0])]).toEqual([4, 2, 0, -2, 0, 2, 0, 2]);
    expect([...transformed([3])]).toEqual([3]);
    expect([...transformed([3, 5])]).toEqual([8, -2]);
  });

  it.each([4, 16, 32, 512, 4096, 8192, 32_768])(
    "is its own inverse over n, and a sum of signs, at n = %i",
    (n) => {
      const x = vector("hadamard", n);
      const y = transformed(x);
      // Entry (i, j) of the matrix is -1 where i and j share an odd number of bits.
      const ones = (bits: number) => bits.toString(2).replaceAll("0", "").length;
      for (const i of new Set([0, 1, 2, 5, n >> 1, n - 1].filter((row) => row < n))) {
        const sum = x.reduce((total, value, j) => total + (ones(i & j) % 2 ? -value : value), 0);
        expect(Math.abs(y[i] - sum)).toBeLessThan(1e-5 * Math.sqrt(n));
      }
      expectClose(
        transformed(y).map((value) => value / n),
        x,
      );
    },
  );

  it("is asked of powers of two", () => {
    expect(() => hadamard(allocateVector(12))).toThrow("12 elements was asked for; give a power of two");
  });
});

it("multiplies element by element", () => {
  const [x, y] = [vector("a", 37), vector("b", 37)];
  const product = y.map((value, k) => value * x[k]);
  multiplyElements(y, x);
  expect([...y]).toEqual([...product]);
});

it("sums do not see what an earlier NaN left in the padding", () => {
  const [v, ones] = [allocateVector(5), allocateVector(5).fill(1)];
  combine(v, [ones], [Number.NaN]);
  v.fill(2);
  expect(dot(v, v)).toBe(20);
  expect([...gram([v, ones], ones)]).toEqual([5, 0, 0, 0]);
});

describe("optimisers by hand", () => {
  // theta after each step from 1, rate 1e-3, decoupled decay 0.01, by the formulas of the paper in float64.
  it.each([
    {
      gradients: [1, 1, 1, 1, 1],
      table: [0.99899000001, 0.99798001012, 0.99697003033, 0.99596006064, 0.994950101049],
    },
    {
      gradients: [1, -2, 3, 0.5, -1],
      table: [0.99899000001, 0.999346113635, 0.998992879095, 0.998627181319, 0.998466430867],
    },
  ])("AdamW with gradients $gradients", ({ gradients, table }) => {
    const [theta, g, m, v] = [1, 0, 0, 0].map((x) => allocateVector(1).fill(x));
    gradients.forEach((gradient, i) => {
      g[0] = gradient;
      adamStep(theta, g, m, v, { rate: 1e-3, step: i + 1, decoupledDecay: 0.01 });
      // Half a unit in the last place of float32 per step.
      expect(Math.abs(theta[0] - table[i])).toBeLessThan((i + 1) * 2 ** -24);
    });
  });

  it("Adam's first step is the rate, whatever the gradient and the moments' decay", () => {
    for (const [gradient, beta2] of [
      [1e-3, 0.999],
      [50, 0.99999],
      [-2, 0.9],
    ]) {
      const [theta, g, m, v] = [0, gradient, 0, 0].map((x) => allocateVector(1).fill(x));
      adamStep(theta, g, m, v, { rate: 1, step: 1, beta2, epsilon: 0 });
      expect(Math.abs(theta[0] + Math.sign(gradient))).toBeLessThan(1e-6);
    }
  });

  it("SGD with momentum 0.9 and gradient 1 has moved by rate (1 + 1.9 + 2.71) after three steps", () => {
    const [theta, g, v] = [0, 1, 0].map((x) => allocateVector(1).fill(x));
    for (let i = 0; i < 3; i++) sgdStep(theta, g, v, { rate: 0.1, momentum: 0.9 });
    expect(theta[0]).toBeCloseTo(-0.1 * (1 + 1.9 + 2.71), 6);
  });
});

describe("dropout masks", () => {
  it("are the words of Threefry below the threshold", () => {
    const mask = allocateVector(100);
    const stream = rng.split("mask");
    dropoutMask(mask, 0.3, stream);
    const keep = Math.fround(1 / 0.7);
    for (let k = 0; k < 100; k++) {
      const block = Math.floor(k / 8);
      const counter = 4 * block + (k % 4);
      const words = threefry2x32(stream.key, [counter, (counter | 0x80000000) >>> 0]);
      expect(mask[k]).toBe(words[k % 8 < 4 ? 0 : 1] < 0.7 * 2 ** 32 ? keep : 0);
    }
  });

  it("keep 1 - rate of the elements, each stream its own", () => {
    const n = 100_000;
    const [a, b] = ["a", "b"].map((name) => {
      const mask = allocateVector(n);
      dropoutMask(mask, 0.3, rng.split(name));
      return mask;
    });
    const kept = (m: Float32Array) => m.reduce((s, v) => s + (v > 0 ? 1 : 0), 0) / n;
    // Four standard errors.
    expect(Math.abs(kept(a) - 0.7)).toBeLessThan(4 * Math.sqrt(0.21 / n));
    const both = a.reduce((s, v, k) => s + (v > 0 && b[k] > 0 ? 1 : 0), 0) / n;
    expect(Math.abs(both - 0.49)).toBeLessThan(4 * Math.sqrt(0.25 / n));
  });

  it("of rate 0 are all ones", () => {
    const mask = allocateVector(64);
    dropoutMask(mask, 0, rng);
    expect(new Set(mask)).toEqual(new Set([1]));
  });
});

describe("gathering rows", () => {
  it.each([1, 3, 4, 7, 16])("of %i values", (width) => {
    const bytes = allocateBytes(10 * width);
    bytes.set(rng.split("bytes").integers(10 * width, 256));
    const index = allocateIntegers(4);
    index.set([7, 0, 9, 7]);
    const out = allocateVector(4 * width);
    gatherBytes(out, bytes, index, width, 1 / 255, -0.5);
    const rows = [...index].flatMap((r) => [...bytes.subarray(r * width, (r + 1) * width)]);
    expectClose(
      out,
      rows.map((b) => b / 255 - 0.5),
    );
    const floats = vector("rows", 10 * width);
    gatherRows(out, floats, index, width);
    expect([...out]).toEqual([...index].flatMap((r) => [...floats.subarray(r * width, (r + 1) * width)]));
  });

  it("that do not exist is refused", () => {
    const [bytes, floats, out] = [allocateBytes(30), allocateVector(30), allocateVector(6)];
    for (const bad of [10, -1]) {
      const index = allocateIntegers(2);
      index.set([9, bad]);
      const message = `There is no row ${bad} (at place 1 of the index) among 10 rows`;
      expect(() => gatherBytes(out, bytes, index, 3, 1, 0)).toThrow(message);
      expect(() => gatherRows(out, floats, index, 3)).toThrow(message);
    }
  });
});

describe("arguments", () => {
  const [x, y, short] = [5, 5, 4].map((n) => allocateVector(n));
  it("outside the vector memory are refused", () => {
    const foreign = new Float32Array(5);
    const message = "make them with allocateVector";
    expect(() => axpy(foreign, 1, x)).toThrow(message);
    expect(() => axpy(x, 1, foreign)).toThrow(message);
    expect(() => combine(x, [y, foreign], [1, 2])).toThrow(message);
    expect(() => accumulate([foreign], [1], x)).toThrow(message);
    expect(() => dot(x, foreign)).toThrow(message);
    expect(() => gram([x, y], foreign)).toThrow(message);
    expect(() => sgdStep(x, foreign, y, { rate: 1 })).toThrow(message);
    expect(() => dropoutMask(foreign, 0.5, rng)).toThrow(message);
    const index = allocateIntegers(5);
    expect(() => gatherBytes(x, new Uint8Array(5), index, 1, 1, 0)).toThrow(message);
    expect(() => gatherRows(x, foreign, index, 1)).toThrow(message);
    expect(() => gatherRows(x, y, new Int32Array(5), 1)).toThrow(message);
  });

  it("of different lengths are refused", () => {
    expect(() => axpy(short, 1, x)).toThrow("vectors of 5 and of 4 elements");
    expect(() => combine(x, [y, short], [1, 2])).toThrow("vectors of 4 and of 5 elements");
    expect(() => adamStep(x, y, x, short, { rate: 1, step: 1 })).toThrow("vectors of 4 and of 5 elements");
    expect(() => gatherRows(x, y, allocateIntegers(2), 3)).toThrow("vectors of 5 and of 6 elements");
    expect(() => combine(x, [y, y], [1])).toThrow("1 coefficients for 2 anchors");
  });

  it("that are written to are whole vectors that nobody released", () => {
    const whole = allocateVector(20);
    expect(() => combine(whole.subarray(0, 5), [x], [1])).toThrow(
      "part of a vector, or to a released one (5 elements)",
    );
    expect(() => axpy(whole.subarray(16, 20), 1, short)).toThrow("part of a vector");
    expect(dot(whole.fill(2).subarray(3, 8), whole.subarray(1, 6))).toBe(20);
    releaseVector(whole);
    expect(() => axpy(whole, 1, whole)).toThrow("a released one (20 elements)");
  });

  it("are the only vectors that change", () => {
    for (const n of LENGTHS) {
      const [before, v, after] = [n, n, n].map((k) => allocateVector(k));
      before.fill(7);
      after.fill(7);
      const others = [0, 1, 2].map((i) => vector(`other ${i}`, n));
      combine(v, others, [1, 2, 3]);
      accumulate([v], [2], others[0]);
      axpy(v, 3, others[1]);
      sgdStep(v, others[0], others[1], { rate: 0.1, momentum: 0.9 });
      adamStep(v, others[0], others[1], others[2].fill(1), { rate: 0.1, step: 1 });
      dropoutMask(v, 0.5, rng);
      gatherRows(v, others[0], allocateIntegers(n), 1);
      gatherBytes(v, allocateBytes(1), allocateIntegers(n), 1, 1, 0);
      expect([before, after].every((o) => o.every((e) => e === 7))).toBe(true);
      releaseVector(before, v, after, ...others);
    }
  });
});

describe.each([5, 2048, 5000])("several vectors of %i elements at once", (n) => {
  const names = ["p", "q", "r", "s"];

  it("combineSeveral", () => {
    const anchors = names.map((name) => vector(name, n));
    const outs = [allocateVector(n), allocateVector(n)];
    const c = [
      [1, -0.5, 2, 0.25],
      [0, 3, -1, 1],
    ];
    combineSeveral(outs, anchors, c);
    outs.forEach((out, k) => {
      expectClose(out, reference.combine(anchors, c[k]));
    });
  });

  it("adamOuterStep is Adam with the gradients formed, and returns the inner products from before", () => {
    const anchors = names.map((name) => vector(name, n));
    const gradients = ["g", "h"].map((name) => vector(name, n));
    const [firsts, seconds] = [1, 2].map(() => names.map(() => allocateVector(n)));
    const c = [
      [1, 0],
      [0.5, -2],
      [0, 0],
      [0.3, 0.1],
    ];
    const expected = anchors.map((a) => ({
      theta: Array.from(a),
      m: new Array(n).fill(0),
      v: new Array(n).fill(0),
    }));
    const options = { rate: 0.01, decoupledDecay: 0.1 };
    for (let step = 1; step <= 3; step++) {
      const before = expected.map(({ theta }) => gradients.map((g) => reference.dot(theta, g)));
      const dots = adamOuterStep(anchors, firsts, seconds, gradients, c, { ...options, step });
      expectClose(dots, before.flat(), 1e-4);
      expected.forEach(({ theta, m, v }, i) => {
        const g = reference.combine(gradients, c[i]);
        reference.adam(theta, g, m, v, step, { rate: 0.01, decoupled: 0.1 });
        expectClose(anchors[i], theta);
      });
    }
  });

  it("rectify and gate", () => {
    const x = vector("x", n);
    const g = vector("g", n);
    const expected = Array.from(x, (v, k) => (v > 0 ? g[k] : 0));
    rectify(x);
    expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
    gate(g, x);
    expect([...g]).toEqual(expected);
  });
});

it("moments of parameters without a gradient end at zero, and not among the slow subnormal numbers", () => {
  const n = 64;
  const [theta, m, v] = [1, 2, 3].map(() => allocateVector(n));
  const g = vector("g", n);
  for (let step = 1; step <= 1200; step++) {
    adamStep(theta, g, m, v, { rate: 1e-3, step });
    if (step === 1) g.fill(0);
    for (const moment of m) expect(moment === 0 || Math.abs(moment) > 2 ** -126).toBe(true);
  }
  for (const moment of m) expect(moment).toBeCloseTo(0, 40);
});
