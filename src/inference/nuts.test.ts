import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { runChains, startChains } from "./driver.ts";
import { unitMetric } from "./metric.ts";
import { nuts } from "./nuts.ts";
import { rHat } from "./rhat.ts";
import { densityOf, gaussian } from "./targets.reference.ts";

const normal = densityOf(2, (x, gradient) => {
  gradient[0] = -x[0];
  gradient[1] = -x[1];
  return -(x[0] ** 2 + x[1] ** 2) / 2;
});

describe("the trees of NUTS", () => {
  const infosOf = async (stepSize: number, maxDepth: number) => {
    const sampler = nuts({ warmup: 0, maxDepth, tuning: { stepSize, metric: unitMetric("diagonal", 2) } });
    const starts = [{ position: Float64Array.of(1, 0.5), rng: Rng.fromSeed(1) }];
    const begun = await startChains(normal, sampler, starts);
    return (await runChains(normal, sampler, begun, { draws: 200 }))[0].infos;
  };

  it("end at the maximal depth after 2^depth − 1 steps, where nothing turns before", async () => {
    for (const { depth, evaluations } of await infosOf(1e-4, 5)) {
      expect(depth).toBe(5);
      expect(evaluations).toBe(31);
    }
  });

  it("end about where a period of 2π has turned by half, whatever the step size", async () => {
    for (const stepSize of [0.01, 0.03, 0.1]) {
      const infos = await infosOf(stepSize, 12);
      for (const { depth, evaluations, divergent } of infos) {
        // Doubling stops between a half and a whole turn; a last, refused half may be as long again.
        expect(divergent).toBe(false);
        expect(2 ** depth * stepSize).toBeLessThan(2 * Math.PI + 2 * stepSize);
        expect(evaluations * stepSize).toBeLessThan(4 * Math.PI);
      }
      const mean = infos.reduce((sum, { evaluations }) => sum + evaluations, 0) / infos.length;
      expect(mean * stepSize).toBeGreaterThan(Math.PI / 4);
    }
  });

  it("accept nearly always with small steps, for the energy hardly changes", async () => {
    for (const { acceptance } of await infosOf(0.03, 12)) expect(acceptance).toBeGreaterThan(0.999);
  });

  it("need a depth", () => {
    expect(() => nuts({ maxDepth: 0 })).toThrow("maximal tree depth is 0");
  });
});

describe("simulation-based calibration of NUTS (Talts et al. 2018)", () => {
  const RUNS = 512;
  const RANKS = 32;

  it("on a linear regression: the ranks of the truth among the draws are uniform", async () => {
    // y = x θ + noise, θ ~ N(0, 1): eight examples of an intercept and a slope.
    const inputs = Array.from({ length: 8 }, (_, i) => [1, i / 4 - 1]);
    // One draw in four of those after the warm-up, so that neighbours are nearly independent.
    const sampler = nuts({ warmup: 60 });
    const counts = [new Array<number>(RANKS).fill(0), new Array<number>(RANKS).fill(0)];
    for (let run = 0; run < RUNS; run++) {
      const rng = Rng.fromSeed(20).foldIn(run);
      const truth = rng.split("truth").normal(2);
      const noise = rng.split("noise").normal(8);
      const outputs = inputs.map(([one, x], i) => truth[0] * one + truth[1] * x + noise[i]);
      const posterior = densityOf(2, (theta, gradient) => {
        let value = -(theta[0] ** 2 + theta[1] ** 2) / 2;
        gradient[0] = -theta[0];
        gradient[1] = -theta[1];
        for (let i = 0; i < 8; i++) {
          const residual = outputs[i] - theta[0] - theta[1] * inputs[i][1];
          value -= residual ** 2 / 2;
          gradient[0] += residual;
          gradient[1] += residual * inputs[i][1];
        }
        return value;
      });
      const starts = [{ position: new Float64Array(2), rng: rng.split("chain") }];
      const begun = await startChains(posterior, sampler, starts);
      const [{ draws }] = await runChains(posterior, sampler, begun, { draws: RANKS - 1, thin: 4 });
      for (const i of [0, 1]) {
        counts[i][draws.reduce((rank, x, k) => rank + (k % 2 === i && x < truth[i] ? 1 : 0), 0)]++;
      }
    }
    for (const count of counts) {
      const expected = RUNS / RANKS;
      const chiSquare = count.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      // The 99.9 % quantile of a chi-square of 31 degrees of freedom, and its 0.1 % quantile.
      expect(chiSquare).toBeLessThan(61.1);
      expect(chiSquare).toBeGreaterThan(11.1);
    }
  });
});

it("chains of NUTS agree: R-hat below 1.01 for every coordinate of a correlated Gaussian", async () => {
  const [chains, draws, d] = [4, 1000, gaussian.dimension];
  const starts = Array.from({ length: chains }, (_, i) => ({
    position: Float64Array.from(Rng.fromSeed(3).foldIn(i).uniform(d, -1, 1)),
    rng: Rng.fromSeed(4).foldIn(i),
  }));
  const sampler = nuts({ warmup: 300 });
  const found = await runChains(gaussian, sampler, await startChains(gaussian, sampler, starts), { draws });
  for (let j = 0; j < d; j++) {
    const values = Float64Array.from(
      found.flatMap((chain) => [...chain.draws].filter((_, i) => i % d === j)),
    );
    expect(rHat({ chains, draws, values })).toBeLessThan(1.01);
  }
});
