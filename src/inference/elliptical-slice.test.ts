import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { runChains, startChains } from "./driver.ts";
import { ellipticalSlice } from "./elliptical-slice.ts";
import { momentsOf } from "./moments.reference.ts";
import { densityOf } from "./targets.reference.ts";

const run = async (density: ReturnType<typeof densityOf>, priorSd: number | Float64Array, draws: number) => {
  const sampler = ellipticalSlice({ priorSd });
  const starts = [{ position: new Float64Array(2), rng: Rng.fromSeed(3) }];
  return (await runChains(density, sampler, await startChains(density, sampler, starts), { draws }))[0];
};

describe("elliptical slice sampling", () => {
  it("of a constant likelihood takes each first angle, and draws from the prior", async () => {
    const { draws, evaluations } = await run(
      densityOf(2, () => -3),
      Float64Array.of(2, 0.5),
      4000,
    );
    expect(evaluations).toBe(4000);
    [2, 0.5].forEach((priorSd, i) => {
      const { mean, meanError, sd, sdError } = momentsOf([draws.filter((_, k) => k % 2 === i)]);
      expect(Math.abs(mean)).toBeLessThan(4 * meanError);
      expect(Math.abs(sd - priorSd)).toBeLessThan(4 * sdError);
    });
  });

  it("of a Gaussian likelihood has the conjugate posterior, and the log-likelihood as its value", async () => {
    // Prior N(0, 2²), an observation 3 with sd 1 of the first coordinate: N(12/5, 4/5).
    const { draws, values } = await run(
      densityOf(2, (x) => -((x[0] - 3) ** 2) / 2),
      2,
      8000,
    );
    const { mean, meanError, sd, sdError } = momentsOf([draws.filter((_, k) => k % 2 === 0)]);
    expect(Math.abs(mean - 2.4)).toBeLessThan(4 * meanError);
    expect(Math.abs(sd - Math.sqrt(0.8))).toBeLessThan(4 * sdError);
    expect(values[99]).toBe(-((draws[198] - 3) ** 2) / 2);
  });

  it("stays, and ends, where a log-likelihood never is what it was", async () => {
    let calls = 0;
    const sinking = densityOf(2, () => -1000 * calls++);
    const { draws } = await run(sinking, 1, 3);
    expect(draws).toEqual(new Float64Array(6));
  });

  it("needs a prior of the right size", async () => {
    expect(() => ellipticalSlice({ priorSd: 0 })).toThrow("not positive");
    const three = Float64Array.of(1, 1, 1);
    await expect(
      run(
        densityOf(2, () => 0),
        three,
        1,
      ),
    ).rejects.toThrow("3 standard deviations for 2");
  });
});
