import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import type { LogDensity } from "./density.ts";
import { type Chain, runChains, startChains } from "./driver.ts";
import { ellipticalSlice } from "./elliptical-slice.ts";
import { hmc } from "./hmc.ts";
import { mclmc } from "./mclmc.ts";
import { nuts } from "./nuts.ts";
import { randomWalk } from "./random-walk.ts";
import type { Sampler } from "./sampler.ts";
import { banana, densityOf } from "./targets.reference.ts";

const SAMPLERS: { name: string; sampler: Sampler }[] = [
  { name: "NUTS", sampler: nuts({ warmup: 60 }) as unknown as Sampler },
  { name: "NUTS, dense", sampler: nuts({ warmup: 60, metric: "dense" }) as unknown as Sampler },
  { name: "HMC", sampler: hmc({ steps: 5, jitter: 0.2, warmup: 60 }) as unknown as Sampler },
  { name: "MCLMC", sampler: mclmc({ budget: 200 }) as unknown as Sampler },
  {
    name: "MCLMC, preconditioned",
    sampler: mclmc({ budget: 200, preconditioning: true }) as unknown as Sampler,
  },
  { name: "elliptical slice sampling", sampler: ellipticalSlice({ priorSd: 1 }) },
  { name: "a random walk", sampler: randomWalk({ sd: 0.7 }) as unknown as Sampler },
];

const startsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    position: Float64Array.from(Rng.fromSeed(i).normal(2)),
    rng: Rng.fromSeed(9).foldIn(i),
  }));

/** As through a file: the numbers of JSON, and Float64Arrays by a mark. */
const throughJson = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_, v) => (v instanceof Float64Array ? { float64: [...v] } : v)),
    (_, v) => (v?.float64 ? Float64Array.from(v.float64) : v),
  );

describe.each(SAMPLERS)("chains of $name", ({ sampler }) => {
  const options = { draws: 40, thin: 2 };
  const run = async (count = 3) =>
    runChains(banana, sampler, await startChains(banana, sampler, startsOf(count)), options);

  it("have the same bytes with the same seed, and differ from each other", async () => {
    const chains = await run();
    expect(await run()).toEqual(chains);
    expect(chains[0].draws).not.toEqual(chains[1].draws);
    expect(chains[0].draws).toHaveLength(80);
    expect(chains[0].step).toBe(sampler.warmup + 80);
  });

  it("have the same bytes alone and together", async () => {
    const together = await run();
    for (const [i, start] of startsOf(3).entries()) {
      const begun = await startChains(banana, sampler, [start]);
      expect(await runChains(banana, sampler, begun, options)).toEqual([together[i]]);
    }
  });

  it("have the same bytes when stopped anywhere, written as JSON and gone on with", async () => {
    const whole = await run();
    for (const evaluations of [7, 150, 400]) {
      const stop = new AbortController();
      let count = 0;
      const interrupted: LogDensity = {
        dimension: 2,
        evaluate(...buffers) {
          if (++count === evaluations) stop.abort();
          return banana.evaluate(...buffers);
        },
      };
      const saved: Chain[] = [];
      const begun = await startChains(banana, sampler, startsOf(3));
      const stopped = runChains(interrupted, sampler, begun, {
        ...options,
        signal: stop.signal,
        onSave: (number, chain) => {
          saved[number] = throughJson(chain);
        },
      });
      // A run may be over before so many evaluations.
      await stopped.catch((error) => expect(error.name).toBe("AbortError"));
      const from = stop.signal.aborted && saved.length === 3 ? saved : await stopped;
      expect(await runChains(banana, sampler, from, options)).toEqual(whole);
    }
  });

  it("go on from what is saved on the way", async () => {
    const whole = await run();
    const saved: Chain[] = [];
    const begun = await startChains(banana, sampler, startsOf(3));
    await runChains(banana, sampler, begun, {
      ...options,
      saveEvery: 33,
      onSave: (number, chain) => {
        if (chain.step === 66) saved[number] = throughJson(chain);
      },
    });
    expect(saved.map(({ step }) => step)).toEqual([66, 66, 66]);
    expect(await runChains(banana, sampler, saved, options)).toEqual(whole);
  });

  it("count what is not finite as divergences, and never stay there", async () => {
    // Half of a Gaussian; beyond the wall it is NaN, and far out infinite.
    const walled = densityOf(2, (x, gradient) => {
      gradient[0] = -x[0];
      gradient[1] = -x[1];
      if (x[0] > 1) return Number.NaN;
      if (x[0] < -1.5) return x[1] > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      return -(x[0] ** 2 + x[1] ** 2) / 2;
    });
    const starts = startsOf(2).map((start) => ({ ...start, position: Float64Array.of(0.3, 0.1) }));
    const chains = await runChains(walled, sampler, await startChains(walled, sampler, starts), {
      draws: 300,
    });
    for (const { draws, values, infos, divergences } of chains) {
      expect(divergences.sampling).toBeGreaterThan(0);
      expect(infos.filter(({ divergent }) => divergent)).toHaveLength(divergences.sampling);
      for (let k = 0; k < 300; k++) {
        expect(draws[2 * k]).toBeLessThanOrEqual(1);
        expect(draws[2 * k]).toBeGreaterThanOrEqual(-1.5);
        expect(Number.isFinite(values[k])).toBe(true);
      }
      expect(new Set(draws).size).toBeGreaterThan(20);
    }
    expect(throughJson(chains)).toEqual(chains);
  });
});

describe("a run of chains", () => {
  const sampler = randomWalk({ sd: 1 });

  it("evaluates all chains in one call, in which each keeps its row", async () => {
    const sizes: number[] = [];
    const counted: LogDensity = {
      dimension: 2,
      async evaluate(positions, values, gradients) {
        sizes.push(values.length);
        expect([positions.length, gradients.length]).toEqual([2 * values.length, 2 * values.length]);
        await banana.evaluate(positions, values, gradients);
      },
    };
    const begun = await startChains(counted, sampler, startsOf(3));
    const ahead = await runChains(counted, sampler, begun.slice(0, 1), { draws: 4 });
    await runChains(counted, sampler, [...ahead, ...begun.slice(1)], { draws: 6 });
    expect(sizes).toEqual([3, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3]);
  });

  it("counts every evaluation, and tells its progress up to 1", async () => {
    let positions = 0;
    const counted: LogDensity = {
      dimension: 2,
      evaluate(x, values, gradients) {
        positions += values.length;
        return banana.evaluate(x, values, gradients);
      },
    };
    const trees = nuts({ warmup: 0, tuning: { stepSize: 0.3, metric: metric() } });
    const begun = await startChains(counted, trees, startsOf(1));
    positions = 0;
    const progress: number[] = [];
    const [chain] = await runChains(counted, trees, begun, {
      draws: 20,
      onProgress: (done) => progress.push(done),
    });
    expect(chain.evaluations).toBe(positions);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  it("keeps every draw of a thinned chain that the whole one has", async () => {
    const begun = await startChains(banana, sampler, startsOf(1));
    const [whole] = await runChains(banana, sampler, begun, { draws: 30 });
    const [thin] = await runChains(banana, sampler, begun, { draws: 10, thin: 3 });
    expect([...thin.values]).toEqual([...whole.values].filter((_, k) => k % 3 === 2));
    expect(thin.evaluations).toBe(30);
  });

  it("passes on the error of a density, after the chains are saved", async () => {
    let calls = 0;
    const failing: LogDensity = {
      dimension: 2,
      evaluate(...buffers) {
        if (++calls > 10) throw new Error("lost");
        return banana.evaluate(...buffers);
      },
    };
    const begun = await startChains(failing, sampler, startsOf(2));
    const saved: number[] = [];
    const run = runChains(failing, sampler, begun, {
      draws: 100,
      onSave: (_, { step }) => void saved.push(step),
    });
    await expect(run).rejects.toThrow("lost");
    expect(saved).toEqual([9, 9]);
  });

  it("refuses starts and chains that do not fit", async () => {
    const nowhere = densityOf(2, () => Number.NaN);
    await expect(startChains(nowhere, sampler, startsOf(1))).rejects.toThrow(
      "log-density is NaN at the start",
    );
    const short = [{ position: new Float64Array(1), rng: Rng.fromSeed(0) }];
    await expect(startChains(banana, sampler, short)).rejects.toThrow("starts at 1 coordinates");
    const begun = await startChains(banana, sampler, startsOf(1));
    const chains = await runChains(banana, sampler, begun, { draws: 10, thin: 2 });
    await expect(runChains(banana, sampler, chains, { draws: 20, thin: 4 })).rejects.toThrow(
      "thinning by 4 make 5",
    );
    await expect(runChains(banana, sampler, begun, { draws: 0 })).rejects.toThrow("draws is 0");
  });
});

function metric() {
  return { kind: "diagonal" as const, covariance: Float64Array.of(1, 1) };
}
