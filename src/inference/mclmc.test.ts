import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { runChains, startChains } from "./driver.ts";
import { type MclmcOptions, mclmc } from "./mclmc.ts";
import { planTuning, startSearch, tune } from "./mclmc-tuning.ts";
import { densityOf, gaussian } from "./targets.reference.ts";

describe("the tuning of MCLMC", () => {
  const tuned = async (options: MclmcOptions) => {
    const sampler = mclmc(options);
    const starts = [1, 2, 3, 4].map((seed) => ({ position: new Float64Array(10), rng: Rng.fromSeed(seed) }));
    const begun = await startChains(gaussian, sampler, starts);
    return runChains(gaussian, sampler, begun, { draws: 4000 });
  };

  it("reaches the energy variance that is wanted, to its order of magnitude", async () => {
    for (const energyVariance of [5e-3, 5e-4, 5e-5]) {
      const chains = await tuned({ budget: 5000, energyVariance });
      const errors = chains.flatMap(({ infos }) => infos.map(({ energyError }) => energyError!));
      const variance = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length / 10;
      expect(Math.abs(Math.log10(variance / energyVariance))).toBeLessThan(0.7);
    }
  });

  it("finds the scales of the coordinates for preconditioning", async () => {
    for (const { state } of await tuned({ budget: 20_000, preconditioning: true })) {
      gaussian.quantities.forEach(({ sd }, i) => {
        expect(Math.abs(Math.log(state.tuning.scale[i] / sd))).toBeLessThan(Math.log(1.6));
      });
      expect(state.search).toBeNull();
    }
  });

  it("runs a tenth of its budget in each of its phases", () => {
    expect(mclmc({ budget: 1000 }).warmup).toBe(300);
    expect(mclmc({ budget: 1000, preconditioning: true }).warmup).toBe(333);
    const tuning = { stepSize: 1, decoherence: 2, scale: Float64Array.of(1, 1) };
    expect(mclmc({ tuning }).warmup).toBe(0);
    expect(() => mclmc({ budget: 99 })).toThrow("99 steps");
  });

  it("starts at L = √d and ε = L/4, and takes ε for the energy error of the first step by hand", () => {
    const { tuning, search } = startSearch(16);
    expect([tuning.decoherence, tuning.stepSize]).toEqual([4, 1]);
    const plan = planTuning(1000, false, 5e-4);
    const outcome = { position: new Float64Array(16), energyError: 0.8 };
    // The variance that is wanted is 16 · 5·10⁻⁴ = 0.008, and ξ = 80 at a step size of 1.
    expect(tune(plan, search, tuning, outcome).tuning.stepSize).toBeCloseTo(80 ** (-1 / 6), 9);
  });

  it("caps the step size below one that diverged", () => {
    const { tuning, search } = startSearch(16);
    const plan = planTuning(1000, false, 5e-4);
    const position = new Float64Array(16);
    const first = tune(plan, search, tuning, { position, energyError: Number.NaN });
    expect(first.tuning.stepSize).toBe(0.8);
    const second = tune(plan, first.search!, first.tuning, { position, energyError: 1e-9 });
    expect(second.tuning.stepSize).toBe(0.8);
  });

  it("sets L to the size of the distribution, then to 0.4 autocorrelation lengths", () => {
    const plan = planTuning(100_000, false, 5e-4);
    let { tuning, search } = startSearch(2);
    const z = Rng.fromSeed(6).normal(2 * plan.steps);
    // Independent positions, of sds 3 and 4, with an energy error that keeps the step size.
    const energyError = Math.sqrt(2 * 5e-4);
    const size: number[] = [];
    for (let k = 0; k < plan.steps; k++) {
      const position = Float64Array.of(3 * z[2 * k], 7 + 4 * z[2 * k + 1]);
      const next = tune(plan, search, tuning, { position, energyError });
      tuning = next.tuning;
      if (next.search) search = next.search;
      if (k === plan.withMoments) size.push(tuning.decoherence);
    }
    expect(size[0]).toBeCloseTo(5, 1);
    expect(tuning.stepSize).toBeCloseTo(Math.sqrt(2) / 4, 6);
    expect(tuning.decoherence / (0.4 * tuning.stepSize)).toBeCloseTo(1, 1);
  });
});

describe("MCLMC", () => {
  it("needs two dimensions, and a tuning for as many as there are", async () => {
    const line = densityOf(1, () => 0);
    const start = { position: Float64Array.of(0), rng: Rng.fromSeed(0) };
    await expect(startChains(line, mclmc(), [start])).rejects.toThrow("needs two");
    const tuning = { stepSize: 1, decoherence: 2, scale: Float64Array.of(1, 1) };
    const ten = { position: new Float64Array(10), rng: Rng.fromSeed(0) };
    await expect(startChains(gaussian, mclmc({ tuning }), [ten])).rejects.toThrow(
      "scales 2 coordinates of 10",
    );
  });

  it("has a bias that vanishes with the step size", async () => {
    // The energy of one dimension, whose stationary mean is that of x ∂(−log p)/∂x = 1.
    const virial = async (stepSize: number) => {
      const square = densityOf(2, (x, gradient) => {
        gradient[0] = -x[0];
        gradient[1] = -x[1];
        return -(x[0] ** 2 + x[1] ** 2) / 2;
      });
      const tuning = { stepSize, decoherence: 1.5, scale: Float64Array.of(1, 1) };
      const sampler = mclmc({ tuning });
      const starts = [1, 2].map((seed) => ({ position: Float64Array.of(1, 0), rng: Rng.fromSeed(seed) }));
      const begun = await startChains(square, sampler, starts);
      const chains = await runChains(square, sampler, begun, { draws: 40_000 });
      return chains.reduce((sum, { draws }) => sum + draws.reduce((s, x) => s + x * x, 0) / 160_000, 0);
    };
    const [coarse, fine] = [await virial(1.6), await virial(0.4)];
    expect(Math.abs(fine - 1)).toBeLessThan(0.03);
    expect(Math.abs(coarse - 1)).toBeGreaterThan(2 * Math.abs(fine - 1));
  });
});
