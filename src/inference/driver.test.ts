import { describe, expect, it, test } from "vitest";
import { Rng } from "../engine/index.ts";
import type { LogDensity } from "./density.ts";
import { type Chain, runChains, startChains } from "./driver.ts";
import { ellipticalSlice } from "./elliptical-slice.ts";
import { hmc } from "./hmc.ts";
import { mclmc } from "./mclmc.ts";
import { nuts } from "./nuts.ts";
import { randomWalk } from "./random-walk.ts";
import { rHat } from "./rhat.ts";
import type { ChainState, Sampler, StepInfo } from "./sampler.ts";
import { densityOf, gaussian } from "./targets.reference.ts";

const rng = Rng.fromSeed(21);

const startsFor = (count: number, d: number) =>
  Array.from({ length: count }, (_, i) => ({
    position: Float64Array.from(rng.split("start").foldIn(i).uniform(d, -1, 1)),
    rng: rng.split("chain").foldIn(i),
  }));

const SAMPLERS: [string, Sampler<never, StepInfo>][] = [
  ["NUTS", nuts({ warmup: 60 }) as unknown as Sampler<never, StepInfo>],
  ["HMC", hmc({ steps: 5, warmup: 60, jitter: 0.3 }) as unknown as Sampler<never, StepInfo>],
  ["MCLMC", mclmc({ budget: 200 }) as unknown as Sampler<never, StepInfo>],
  ["random walk", randomWalk({ sd: 0.3 }) as unknown as Sampler<never, StepInfo>],
  ["elliptical slice sampling", ellipticalSlice({ priorSd: 2 }) as unknown as Sampler<never, StepInfo>],
];

const plain = (chain: Chain) => ({ ...chain, infos: chain.infos.map((info) => ({ ...info })) });

describe.each(SAMPLERS)("%s", (_, own) => {
  const sampler = own as unknown as Sampler<ChainState, StepInfo>;

  it("gives the same bytes in one go, stopped and gone on with, and whichever chains run beside it", async () => {
    const starts = startsFor(3, gaussian.dimension);
    const begun = await startChains(gaussian, sampler, starts);
    const whole = await runChains(gaussian, sampler, begun, { draws: 40, thin: 2 });

    const saved: Chain[] = [...begun];
    const controller = new AbortController();
    let saves = 0;
    const stopped = runChains(gaussian, sampler, begun, {
      draws: 40,
      thin: 2,
      saveEvery: 7,
      signal: controller.signal,
      onSave: (number, chain) => {
        saved[number] = structuredClone(plain(chain));
        if (++saves === 12) controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow();
    const resumed = await runChains(gaussian, sampler, saved, { draws: 40, thin: 2 });
    const [alone] = await runChains(gaussian, sampler, [begun[1]], { draws: 40, thin: 2 });
    expect(resumed.map(plain)).toEqual(whole.map(plain));
    expect(plain(alone)).toEqual(plain(whole[1]));
  });

  it("counts places without a density as divergences or refuses them, and never stays there", async () => {
    // A normal distribution of which everything right of 1 is missing.
    const half = densityOf(2, (x) => (x[0] > 1 ? Number.NaN : -0.5 * (x[0] ** 2 + x[1] ** 2)));
    const starts = startsFor(2, 2).map((start) => ({ ...start, position: Float64Array.of(0.5, 0) }));
    const chains = await runChains(half, sampler, await startChains(half, sampler, starts), { draws: 200 });
    for (const { draws, values } of chains) {
      expect(values.every(Number.isFinite)).toBe(true);
      expect(draws.every((x, i) => i % 2 === 1 || x <= 1)).toBe(true);
    }
  });
});

test("NUTS meets a hole in the density: divergences are counted", async () => {
  const half = densityOf(2, (x) => (x[0] > 1 ? Number.NaN : -0.5 * (x[0] ** 2 + x[1] ** 2)));
  const sampler = nuts({ warmup: 100 });
  const starts = startsFor(2, 2).map((start) => ({ ...start, position: Float64Array.of(0.5, 0) }));
  const chains = await runChains(half, sampler, await startChains(half, sampler, starts), { draws: 300 });
  expect(chains.reduce((sum, { divergences }) => sum + divergences.sampling, 0)).toBeGreaterThan(10);
});

test("a start without a density, or of another dimension, is refused", async () => {
  const sampler = nuts();
  const half = densityOf(2, (x) => (x[0] > 1 ? Number.NaN : -0.5 * (x[0] ** 2 + x[1] ** 2)));
  const at = (...position: number[]) => [{ position: Float64Array.from(position), rng }];
  await expect(startChains(half, sampler, at(2, 0))).rejects.toThrow("log-density is NaN at the start");
  await expect(startChains(half, sampler, at(0))).rejects.toThrow("starts at 1 coordinates");
});

test("simulation-based calibration of NUTS on a conjugate regression: ranks of the truth are uniform", async () => {
  // w ~ N(0, I₃), y = X w + N(0, 0.5²); Talts et al. 2018. 15 draws, thinned, give ranks 0 … 15.
  const [simulations, draws, n, d, noise] = [160, 15, 6, 3, 0.5];
  const X = Float64Array.from(rng.split("X").normal(n * d));
  const counts = new Int32Array(16);
  const sampler = nuts({ warmup: 120 });
  for (let s = 0; s < simulations; s++) {
    const own = rng.split("simulation").foldIn(s);
    const truth = Float64Array.from(own.split("w").normal(d));
    const eps = own.split("noise").normal(n);
    const y = Float64Array.from({ length: n }, (_, i) =>
      truth.reduce((sum, w, j) => sum + X[i * d + j] * w, noise * eps[i]),
    );
    const density: LogDensity = {
      dimension: d,
      evaluate(positions, values, gradients) {
        for (let p = 0; p < values.length; p++) {
          const w = positions.subarray(p * d, (p + 1) * d);
          values[p] = 0;
          for (let j = 0; j < d; j++) {
            values[p] -= 0.5 * w[j] * w[j];
            gradients[p * d + j] = -w[j];
          }
          for (let i = 0; i < n; i++) {
            let rest = y[i];
            for (let j = 0; j < d; j++) rest -= X[i * d + j] * w[j];
            values[p] -= 0.5 * (rest / noise) ** 2;
            for (let j = 0; j < d; j++) gradients[p * d + j] += (X[i * d + j] * rest) / noise ** 2;
          }
        }
      },
    };
    const starts = [{ position: Float64Array.from(own.split("start").normal(d)), rng: own.split("chain") }];
    const [chain] = await runChains(density, sampler, await startChains(density, sampler, starts), {
      draws,
      thin: 4,
    });
    for (let j = 0; j < d; j++) {
      let rank = 0;
      for (let k = 0; k < draws; k++) if (chain.draws[k * d + j] < truth[j]) rank++;
      counts[rank]++;
    }
  }
  const expected = (simulations * d) / 16;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 15 degrees of freedom: 37.7 is exceeded once in a thousand times.
  expect(chiSquared).toBeLessThan(37.7);
});

test("chains of NUTS agree: R-hat below 1.01 for every coordinate of a correlated Gaussian", async () => {
  const sampler = nuts({ warmup: 300 });
  const begun = await startChains(gaussian, sampler, startsFor(4, gaussian.dimension));
  const chains = await runChains(gaussian, sampler, begun, { draws: 1000 });
  for (let j = 0; j < gaussian.dimension; j++) {
    const values = Float64Array.from(
      chains.flatMap(({ draws }) => Array.from(draws).filter((_, i) => i % gaussian.dimension === j)),
    );
    expect(rHat({ chains: 4, draws: 1000, values })).toBeLessThan(1.01);
  }
});
