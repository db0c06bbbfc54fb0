import { describe, expect, it } from "vitest";
import {
  accumulate,
  adamStep,
  allocateBytes,
  allocateIntegers,
  allocateVector,
  axpy,
  combine,
  dot,
  dropoutMask,
  gatherBytes,
  gatherRows,
  gram,
  Rng,
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

describe("optimisers by hand", () => {
  it("AdamW: from 1 with gradient 1, rate 1e-3 and decay 0.01, the first step leads to 0.99899", () => {
    const [theta, g, m, v] = [1, 1, 0, 0].map((x) => allocateVector(1).fill(x));
    adamStep(theta, g, m, v, { rate: 1e-3, step: 1, decoupledDecay: 0.01 });
    expect(theta[0]).toBeCloseTo(0.99899, 6);
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
});

describe("the vector memory", () => {
  it("refuses foreign and mismatched vectors by name", () => {
    expect(() => axpy(new Float32Array(4), 1, allocateVector(4))).toThrow("make them with allocateVector");
    expect(() => axpy(allocateVector(4), 1, allocateVector(5))).toThrow("vectors of 5 and of 4 elements");
  });

  it("gives released memory out again, zeroed, and joins neighbours", () => {
    const three = [1000, 1000, 1000].map((n) => allocateVector(n).fill(7));
    releaseVector(three[0], three[2], three[1]);
    const big = allocateVector(3000);
    expect(big.byteOffset).toBe(three[0].byteOffset);
    expect(new Set(big)).toEqual(new Set([0]));
    releaseVector(big);
  });

  it("says what was asked for when it is full", () => {
    expect(() => allocateVector(2 ** 30)).toThrow(
      /Out of vector memory: 4294967296 bytes asked for, \d+ MiB reserved/,
    );
  });
});
