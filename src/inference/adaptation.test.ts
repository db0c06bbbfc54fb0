import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { warmupWindows } from "./adaptation.ts";
import { runChains, startChains } from "./driver.ts";
import { unitMetric } from "./metric.ts";
import { nuts } from "./nuts.ts";
import { finish } from "./run-evaluating.reference.ts";
import { addPosition, noMoments, regularisedCovariance } from "./running-moments.ts";
import { evaluateStart } from "./sampler.ts";
import { averageStepSize, reasonableStepSize, startAveraging } from "./step-size.ts";
import { densityOf, gaussian } from "./targets.reference.ts";

describe("the windows of a warm-up", () => {
  it("are those that Stan documents for 1000 steps", () => {
    expect(warmupWindows(1000)).toEqual({ from: 75, ends: [100, 150, 250, 450, 950] });
  });

  it("are one of three quarters in a short warm-up, and none in a very short one", () => {
    expect(warmupWindows(100)).toEqual({ from: 15, ends: [90] });
    expect(warmupWindows(149)).toEqual({ from: 22, ends: [135] });
    expect(warmupWindows(150)).toEqual({ from: 75, ends: [100] });
    expect(warmupWindows(19).ends).toEqual([]);
  });

  it("fill the time up to the last 50 steps, and but for the last double", () => {
    for (let warmup = 150; warmup < 3000; warmup += 7) {
      const { from, ends } = warmupWindows(warmup);
      expect(ends.at(-1)).toBe(warmup - 50);
      const lengths = ends.map((end, i) => end - (ends[i - 1] ?? from));
      lengths.slice(0, -1).forEach((length, i) => {
        expect(length).toBe(25 * 2 ** i);
      });
    }
  });
});

describe("dual averaging", () => {
  it("of a first update by hand", () => {
    const { stepSize, averaging } = averageStepSize(startAveraging(0.5), 0.3, 0.8);
    // error (0.8 − 0.3)/11, log step size ln 5 − error/0.05, weight of the first in the mean 1
    expect(Math.log(stepSize)).toBeCloseTo(Math.log(5) - 0.5 / 11 / 0.05, 14);
    expect(averaging.logMean).toBeCloseTo(Math.log(stepSize), 14);
  });

  it("finds the step size with the acceptance that is wanted", () => {
    let averaging = startAveraging(7);
    let stepSize = 7;
    for (let k = 0; k < 3000; k++)
      ({ averaging, stepSize } = averageStepSize(averaging, Math.exp(-stepSize), 0.8));
    expect(Math.exp(-Math.exp(averaging.logMean))).toBeCloseTo(0.8, 2);
  });
});

describe("the search for a reasonable step size", () => {
  const scaled = (sd: number) =>
    densityOf(3, (x, gradient) => {
      let value = 0;
      for (let i = 0; i < 3; i++) {
        gradient[i] = -x[i] / sd ** 2;
        value -= (x[i] / sd) ** 2 / 2;
      }
      return value;
    });
  const search = (density: ReturnType<typeof scaled>, first: number) => {
    const place = finish(density, evaluateStart(Float64Array.of(1e-3, -1e-3, 2e-3)));
    const tuning = { stepSize: first, metric: unitMetric("diagonal", 3) };
    return finish(density, reasonableStepSize(place, tuning, Rng.fromSeed(1))).stepSize;
  };

  it("finds the scale of the target, from above and from below", () => {
    for (const sd of [0.01, 1, 100]) {
      for (const first of [1e-4, 1, 1e4]) {
        const ratio = search(scaled(sd), first) / sd;
        expect(ratio).toBeGreaterThan(0.25);
        expect(ratio).toBeLessThan(4);
      }
    }
  });

  it("refuses a flat density, and one that is nowhere else defined", () => {
    const flat = densityOf(3, (_, gradient) => {
      gradient.fill(0);
      return 0;
    });
    expect(() => search(flat, 1)).toThrow("flat");
    const point = densityOf(3, (x, gradient) => {
      gradient.fill(0);
      return x[0] === 1e-3 ? 0 : Number.NaN;
    });
    // Down to a step that no longer moves the position.
    expect(search(point, 1)).toBeLessThan(1e-17);
  });
});

describe("the covariance of a window", () => {
  const rows = [
    [1, 2],
    [2, 5],
    [4, 3],
    [9, -2],
  ].map((row) => Float64Array.from(row));
  // Means 4 and 2; sums of squares 38, 26 and of products −26.
  const shrunk = (sum: number) => ((4 / 9) * sum) / 3;
  const added = 1e-3 * (5 / 9);

  it("is the sample covariance, shrunk as Stan shrinks it", () => {
    const diagonal = regularisedCovariance(rows.reduce(addPosition, noMoments("diagonal", 2)));
    [shrunk(38) + added, shrunk(26) + added].forEach((variance, i) => {
      expect(diagonal[i]).toBeCloseTo(variance, 13);
    });
    const dense = regularisedCovariance(rows.reduce(addPosition, noMoments("dense", 2)));
    [shrunk(38) + added, shrunk(-26), shrunk(-26), shrunk(26) + added].forEach((entry, i) => {
      expect(dense[i]).toBeCloseTo(entry, 13);
    });
  });
});

describe("a warm-up", () => {
  it.each(["diagonal", "dense"] as const)(
    "learns a %s metric near the covariance, and an acceptance near 0.8",
    async (kind) => {
      const sampler = nuts({ warmup: 1000, metric: kind });
      const starts = [{ position: new Float64Array(10), rng: Rng.fromSeed(2) }];
      const begun = await startChains(gaussian, sampler, starts);
      const [{ state, infos }] = await runChains(gaussian, sampler, begun, { draws: 500 });
      expect(state.adaptation).toBeNull();
      for (let i = 0; i < 10; i++) {
        const learnt = state.tuning.metric.covariance[kind === "dense" ? 11 * i : i];
        const ratio = learnt / gaussian.quantities[i].sd ** 2;
        expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(1.5));
      }
      const acceptance = infos.reduce((sum, info) => sum + info.acceptance, 0) / infos.length;
      expect(Math.abs(acceptance - 0.8)).toBeLessThan(0.12);
      // Where the metric is the covariance the target is round, and leapfrog is stable up to 2.
      if (kind === "dense") expect(state.tuning.stepSize).toBeGreaterThan(0.4);
    },
  );

  it("asks for what it needs", () => {
    expect(() => nuts({ warmup: 0 })).toThrow("Without a warm-up");
    expect(() => nuts({ targetAcceptance: 1 })).toThrow("target acceptance is 1");
    const tuning = { stepSize: 0.1, metric: unitMetric("dense", 2) };
    expect(() => nuts({ metric: "diagonal", tuning })).toThrow("dense metric was given");
    expect(() => nuts({ warmup: 0, tuning: { ...tuning, stepSize: Number.NaN } })).toThrow(
      "step size is NaN",
    );
  });
});
