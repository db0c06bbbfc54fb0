import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanAutocovariance } from "./autocovariance.ts";
import { betaDistribution, betaQuantile } from "./beta-quantile.ts";
import { fft } from "./fft.ts";
import { divergenceCounts, eBfmi } from "./index.ts";
import { logSumExp } from "./log-sum-exp.ts";
import { normalDistribution } from "./normal-distribution.ts";
import { highestDensityInterval, quantileOfSorted } from "./order-statistics.ts";
import { rankNormalise } from "./rank-normalise.ts";
import { autoregressive } from "./traces.reference.ts";

describe("numbers behind the diagnostics", () => {
  it("the Fourier transform is the sum that defines it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 999 }), (power, seed) => {
        const n = 2 ** power;
        const [x, y] = [autoregressive(1, n, 0, seed).values, autoregressive(1, n, 0, seed + 1000).values];
        const [re, im] = [x.slice(), y.slice()];
        fft(re, im);
        for (let k = 0; k < n; k++) {
          let [a, b] = [0, 0];
          for (let j = 0; j < n; j++) {
            const angle = (-2 * Math.PI * j * k) / n;
            a += x[j] * Math.cos(angle) - y[j] * Math.sin(angle);
            b += x[j] * Math.sin(angle) + y[j] * Math.cos(angle);
          }
          expect(re[k]).toBeCloseTo(a, 10);
          expect(im[k]).toBeCloseTo(b, 10);
        }
      }),
      { numRuns: 20 },
    );
    expect(() => fft(new Float64Array(6), new Float64Array(6))).toThrow("a power of two");
  });

  it("autocovariances: a ramp (test of NumPyro), and plain sums over an odd number of chains", () => {
    const ramp = { chains: 1, draws: 10, values: Float64Array.from({ length: 10 }, (_, i) => i) };
    // NumPyro divides by the number of products at each lag, S − t.
    const unbiased = meanAutocovariance(ramp).map((c, lag) => (c * 10) / (10 - lag));
    [8.25, 6.42, 4.25, 1.75, -1.08, -4.25, -7.75, -11.58, -15.75, -20.25].forEach((value, lag) => {
      expect(Math.abs(unbiased[lag] - value)).toBeLessThan(0.01);
    });
    const trace = autoregressive(3, 37, 0.7, 1);
    const found = meanAutocovariance(trace);
    for (let lag = 0; lag < 37; lag++) {
      let sum = 0;
      for (let chain = 0; chain < 3; chain++) {
        const x = trace.values.subarray(chain * 37, (chain + 1) * 37);
        const mean = x.reduce((a, b) => a + b) / 37;
        for (let i = 0; i + lag < 37; i++) sum += ((x[i] - mean) * (x[i + lag] - mean)) / 37 / 3;
      }
      expect(found[lag]).toBeCloseTo(sum, 12);
    }
  });

  it("quantiles of the beta distribution (SciPy, closed forms)", () => {
    expect(betaDistribution(0.3, 2.5, 7)).toBeCloseTo(0.6412224629717214, 12);
    expect(betaQuantile(0.1586553, 35.7, 318.2)).toBeCloseTo(0.08492171252891209, 11);
    expect(betaQuantile(0.1586553, 30001, 70001)).toBeCloseTo(0.29855487333993325, 11);
    // Beta(1, b) has the distribution function 1 − (1 − x)ᵇ, and Beta(a, 1) xᵃ.
    expect(betaQuantile(0.8413447, 1, 20)).toBeCloseTo(1 - (1 - 0.8413447) ** (1 / 20), 12);
    expect(betaQuantile(0.2, 13, 1)).toBeCloseTo(0.2 ** (1 / 13), 12);
  });

  it("the normal distribution function (SciPy)", () => {
    expect(normalDistribution(-3.3)).toBeCloseTo(4.83424142e-4, 12);
    expect(normalDistribution(-0.2)).toBeCloseTo(0.420740291, 9);
    expect(normalDistribution(1.7)).toBeCloseTo(0.955434537, 9);
    expect(normalDistribution(0)).toBe(0.5);
    expect(normalDistribution(7.9)).toBeCloseTo(1, 14);
    expect(normalDistribution(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalDistribution(-40)).toBe(0);
    expect(normalDistribution(Number.NaN)).toBeNaN();
  });

  it("normal scores of ranks: symmetric, and equal for equal values", () => {
    const scores = rankNormalise(Float64Array.of(3, 1, 2, 2, 10));
    // Φ⁻¹((r − 3/8)/(n + 1/4)): SciPy, norm.ppf([(1 - .375) / 5.25, (2.5 - .375) / 5.25]).
    expect(scores[1]).toBeCloseTo(-1.17976112, 7);
    expect(scores[2]).toBeCloseTo(-0.24104039, 7);
    expect(scores[3]).toBe(scores[2]);
    expect(scores[4]).toBeCloseTo(-scores[1], 12);
  });

  it("quantiles between order statistics, and shortest intervals", () => {
    const x = Float64Array.of(0, 1, 2, 4);
    expect([0, 0.5, 1].map((p) => quantileOfSorted(x, p))).toEqual([0, 1.5, 4]);
    expect(quantileOfSorted(x, 0.9)).toBeCloseTo(3.4, 14);
    expect(quantileOfSorted(Float64Array.of(7), 0.3)).toBe(7);
    expect(() => quantileOfSorted(x, 30)).toThrow("The 30-quantile was asked for");
    expect(() => quantileOfSorted(x, Number.NaN)).toThrow("NaN-quantile");
    expect(highestDensityInterval(Float64Array.of(0, 5, 6, 7, 20), 0.5)).toEqual([5, 7]);
  });

  it("sums of exponentials without overflow", () => {
    expect(logSumExp(Float64Array.of(1000, 1000))).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp(Float64Array.of(-Infinity, -Infinity))).toBe(-Infinity);
    expect(logSumExp(Float64Array.of(Number.NaN, -Infinity))).toBeNaN();
    expect(logSumExp(Float64Array.of(Infinity, 0))).toBe(Infinity);
  });

  it("E-BFMI: 0.6 of energies 1, 2, 3, 4 (test of ArviZ), chain by chain", () => {
    const found = eBfmi({ chains: 2, draws: 4, values: Float64Array.of(1, 2, 3, 4, 1, -1, 1, -1) });
    expect(found[0]).toBeCloseTo(0.6, 14);
    // Changes of 2 each, variance 4/3.
    expect(found[1]).toBeCloseTo(3, 14);
    expect(eBfmi({ chains: 1, draws: 3, values: Float64Array.of(1, Number.NaN, 2) })[0]).toBeNaN();
  });

  it("divergences are counted in each chain", () => {
    expect([...divergenceCounts([0, 1, 0, 1, 1, 0], 2)]).toEqual([1, 2]);
    expect(() => divergenceCounts([0, 1, 0], 2)).toThrow("3 marks of divergence");
  });
});
