import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { erfinv, Rng, threefry2x32 } from "./random.ts";

const mean = (xs: ArrayLike<number>) => Array.from(xs).reduce((sum, x) => sum + x, 0) / xs.length;
const variance = (xs: ArrayLike<number>) => {
  const m = mean(xs);
  return mean(Array.from(xs, (x) => (x - m) ** 2));
};
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe("Threefry-2x32-20", () => {
  test("gives the vectors that Random123 publishes", () => {
    const ones = 0xffffffff;
    expect(threefry2x32([0, 0], [0, 0])).toEqual([0x6b200159, 0x99ba4efe]);
    expect(threefry2x32([ones, ones], [ones, ones])).toEqual([0x1cb996fc, 0xbb002be7]);
    expect(threefry2x32([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual([
      0xc4923a9c, 0x483df7a0,
    ]);
  });
});

describe("numbers printed by JAX 0.4", () => {
  test("random words, odd count (tests/random_test.py, testRngRandomBits)", () => {
    expect([...Rng.fromSeed(1701).bits(3)]).toEqual([56197195, 4200222568, 961309823]);
  });
  test("split (documentation of jax.random)", () => {
    expect(
      Rng.fromSeed(42)
        .splitN(2)
        .map((rng) => rng.key),
    ).toEqual([
      [2465931498, 3679230171],
      [255383827, 267815257],
    ]);
    expect(
      Rng.fromSeed(0)
        .splitN(2)
        .map((rng) => rng.key),
    ).toEqual([
      [4146024105, 967050713],
      [2718843009, 1272950319],
    ]);
  });
  test("uniform and normal (documentation of jax.random)", () => {
    expect(Rng.fromSeed(0).uniform(1)[0]).toBe(Math.fround(0.41845703));
    expect(Rng.fromSeed(0).normal(1)[0]).toBeCloseTo(-0.20584226, 6);
    expect(Rng.fromSeed(42).normal(1)[0]).toBeCloseTo(-0.18471177, 6);
    expect(Rng.fromSeed(42).splitN(2)[1].normal(1)[0]).toBeCloseTo(1.3694694, 6);
    const three = Rng.fromSeed(42).normal(3);
    [0.18693547, -1.2806505, -1.5593132].forEach((x, i) => {
      expect(three[i]).toBeCloseTo(x, 6);
    });
  });
});

describe("keys", () => {
  test("a seed above 32 bits fills the high word", () => {
    expect(Rng.fromSeed(3 * 2 ** 32 + 7).key).toEqual([3, 7]);
  });
  test("draws are pure, names and counters give other streams", () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.string(), (seed, a, b) => {
        const rng = Rng.fromSeed(seed);
        expect(rng.split(a).bits(4)).toEqual(rng.split(a).bits(4));
        expect(new Rng(rng.key).bits(4)).toEqual(rng.bits(4));
        if (a !== b) expect(rng.split(a).key).not.toEqual(rng.split(b).key);
        expect(rng.foldIn(0).key).not.toEqual(rng.foldIn(1).key);
      }),
    );
  });
  test("what cannot be a seed, a counter or a count is refused", () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => Rng.fromSeed(seed)).toThrow(/give a whole number/);
    expect(() => Rng.fromSeed(0).foldIn(2 ** 32)).toThrow(/give a whole number/);
    expect(() => Rng.fromSeed(0).normal(-1)).toThrow(/number of draws/);
    expect(() => Rng.fromSeed(0).integers(1, 0)).toThrow(/bound/);
  });
});

describe("distributions", () => {
  const n = 200_000;
  const rng = Rng.fromSeed(5);
  /** Five standard errors of a mean of n draws with this variance. */
  const close = (value: number, truth: number, varianceOfOne: number) =>
    expect(Math.abs(value - truth)).toBeLessThan(5 * Math.sqrt(varianceOfOne / n));

  test("uniform: moments and range", () => {
    const u = rng.uniform(n, -1, 3);
    close(mean(u), 1, 16 / 12);
    close(variance(u), 16 / 12, 16 ** 2 / 180);
    expect(Math.min(...u.subarray(0, 1e5))).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...u.subarray(0, 1e5))).toBeLessThanOrEqual(3);
  });
  test("uniform64: moments, and digits beyond float32", () => {
    const u = rng.uniform64(n);
    close(mean(u), 1 / 2, 1 / 12);
    close(variance(u), 1 / 12, 1 / 180);
    expect(u.some((x) => x !== Math.fround(x))).toBe(true);
  });
  test("normal: four moments", () => {
    const z = rng.normal(n);
    close(mean(z), 0, 1);
    close(variance(z), 1, 2);
    close(mean(z.map((x) => x ** 3)), 0, 15);
    close(mean(z.map((x) => x ** 4)), 3, 96);
  });
  test("truncated normal on ±2: the standard deviation 0.87962566103423978 of Flax's initialiser", () => {
    const z = rng.truncatedNormal(n);
    close(variance(z), 0.87962566103423978 ** 2, 1);
    expect(z.every((x) => Math.abs(x) < 2)).toBe(true);
  });
  test("exponential: mean and variance", () => {
    const e = rng.exponential(n);
    close(mean(e), 1, 1);
    close(variance(e), 1, 8);
  });
  test("integers: every value equally often", () => {
    const counts = new Float64Array(7);
    for (const i of rng.integers(n, 7)) counts[i]++;
    const chi2 = counts.reduce((sum, count) => sum + (count - n / 7) ** 2 / (n / 7), 0);
    expect(chi2).toBeLessThan(22.46); // 0.1 % point of χ² with 6 degrees of freedom
  });
});

test("erfinv against tabulated values", () => {
  const table = [
    [0.1, 0.08885599049425769],
    [0.5, 0.4769362762044699],
    [0.9, 1.1630871536766743],
    [0.999, 2.326753765513525],
  ];
  for (const [x, y] of table) {
    expect(Math.abs(erfinv(x) / y - 1)).toBeLessThan(5e-7);
    expect(erfinv(-x)).toBe(-erfinv(x));
  }
  expect(erfinv(1)).toBe(Number.POSITIVE_INFINITY);
});

describe("permutation", () => {
  test("has every index once", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 3000 }), (seed, n) => {
        const order = Rng.fromSeed(seed).permutation(n);
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });
  test("is the order of the random words of split(key)[1], when one round suffices", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 1600 }), (seed, n) => {
        const rng = Rng.fromSeed(seed);
        const words = rng.splitN(2)[1].bits(n);
        const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => words[a] - words[b]);
        expect(Array.from(rng.permutation(n))).toEqual(order);
      }),
    );
  });
});
