import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { monotoneSampleSize } from "./autocorrelation.ts";

/** A stationary first-order autoregression. */
function autoregression(n: number, rho: number): Float64Array {
  const z = Rng.fromSeed(3).normal(n);
  const x = Float64Array.from(z);
  for (let i = 1; i < n; i++) x[i] = rho * x[i - 1] + Math.sqrt(1 - rho * rho) * z[i];
  return x;
}

describe("the effective sample size", () => {
  it.each([0, 0.5, 0.9])("of an autoregression with %f is n (1 − ρ)/(1 + ρ)", (rho) => {
    const n = 40_000;
    const ratio = monotoneSampleSize(autoregression(n, rho)) / ((n * (1 - rho)) / (1 + rho));
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  });

  it("does not depend on place and scale", () => {
    const x = autoregression(500, 0.7);
    expect(monotoneSampleSize(x.map((y) => 1e3 - 5 * y))).toBeCloseTo(monotoneSampleSize(x), 6);
  });

  it("is more than n for draws that alternate, but not more than n log₁₀ n", () => {
    expect(monotoneSampleSize(autoregression(10_000, -0.5))).toBeGreaterThan(20_000);
    expect(monotoneSampleSize(Float64Array.from({ length: 100 }, (_, i) => (-1) ** i))).toBeCloseTo(200, 9);
  });

  it("is unknown for series that are constant, not finite or short", () => {
    for (const series of [[1, 1, 1, 1, 1], [1, 2, Number.NaN, 4, 5], [1, 2, 3], []]) {
      expect(monotoneSampleSize(series)).toBeNaN();
    }
  });
});
