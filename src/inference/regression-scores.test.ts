import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import {
  accuracyOfAveragedClasses,
  coverageOf,
  type GaussianPredictions,
  gaussianLogLikelihood,
  lppdOf,
  predictiveRanks,
  rmseOf,
  rmseOfNoisyDraws,
  scoresOf,
} from "./index.ts";

const gaussian = (means: number[][], deviations: number[]): GaussianPredictions => ({
  draws: means.length,
  examples: means[0].length,
  means: Float64Array.from(means.flat()),
  deviations: Float64Array.from(deviations),
});
const density = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

describe("scores of regressions", () => {
  const predictions = gaussian(
    [
      [0, 2],
      [1, 4],
    ],
    [1, 2],
  );

  it("by hand: two draws, two examples", () => {
    const likelihood = gaussianLogLikelihood(predictions, [0, 3]);
    const p = [
      [density(0), density(1)],
      [density(-0.5) / 2, density(-0.5) / 2],
    ];
    p.flat().forEach((value, at) => {
      expect(likelihood.values[at]).toBeCloseTo(Math.log(value), 12);
    });
    const each = [0, 1].map((i) => Math.log((p[0][i] + p[1][i]) / 2));
    const lppd = lppdOf(likelihood);
    expect(lppd.value).toBeCloseTo((each[0] + each[1]) / 2, 12);
    expect(lppd.standardError).toBeCloseTo(Math.abs(each[0] - each[1]) / 2, 12);
    // The mean function is 0.5 and 3.
    expect(rmseOf(predictions, [0, 3])).toBeCloseTo(Math.sqrt(0.125), 12);
    expect(rmseOf(predictions, [0.5, 5])).toBeCloseTo(Math.SQRT2, 12);
  });

  it("densities far below the smallest number still count", () => {
    const far = gaussianLogLikelihood(gaussian([[0], [1]], [1, 1]), [100]);
    // ln ½(φ(100) + φ(99)), where φ(100) is e^(−99.5) of φ(99).
    const exact = -0.5 * 99 ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.LN2 + Math.log1p(Math.exp(-99.5));
    expect(lppdOf(far).value).toBeCloseTo(exact, 9);
  });

  it("draws together predict at least as well as they do one by one (Jensen)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const rng = Rng.fromSeed(seed);
        const means = Float64Array.from(rng.split("means").normal(5 * 7));
        const deviations = rng.split("deviations").exponential(5);
        const all = { draws: 5, examples: 7, means, deviations };
        const targets = rng.split("targets").normal(7);
        const each = [0, 1, 2, 3, 4].map((s) =>
          gaussianLogLikelihood(
            {
              draws: 1,
              examples: 7,
              means: means.slice(7 * s, 7 * s + 7),
              deviations: deviations.slice(s, s + 1),
            },
            targets,
          ),
        );
        const mean = each.reduce((sum, one) => sum + lppdOf(one).value / 5, 0);
        expect(lppdOf(gaussianLogLikelihood(all, targets)).value).toBeGreaterThanOrEqual(mean - 1e-9);
      }),
    );
  });

  it("intervals of one normal distribution end at its quantiles", () => {
    // Φ⁻¹(0.75) = 0.674490, Φ⁻¹(0.95) = 1.644854.
    const targets = [0.6744, 0.6746, -0.6744, -0.6746, 1.6448, 1.6449, -1.6448, -1.6449].map(
      (z) => 3 + 2 * z,
    );
    const one = gaussian([targets.map(() => 3)], [2]);
    const [half, most] = coverageOf(one, targets);
    expect([half.level, half.coverage.value, most.level, most.coverage.value]).toEqual([
      0.5,
      2 / 8,
      0.9,
      6 / 8,
    ]);
    expect(half.coverage.standardError).toBeCloseTo(Math.sqrt((0.25 * 0.75) / 7), 12);
  });

  it("intervals of a mixture: the mass between its two modes is nearly none", () => {
    // ½N(−10, 1) + ½N(10, 1): the central half lies from −10 to 10.
    const mixture = gaussian(
      [
        [-10, -10, -10],
        [10, 10, 10],
      ],
      [1, 1],
    );
    const ranks = predictiveRanks(mixture, [-10, 0, 11]);
    expect(ranks[0]).toBeCloseTo(0.25, 12);
    expect(ranks[1]).toBeCloseTo(0.5, 12);
    expect(coverageOf(mixture, [-10.01, 0, 10.01], [0.5])[0].coverage.value).toBeCloseTo(1 / 3, 12);
  });

  it("targets from the predictive distribution are covered as often as promised", () => {
    const rng = Rng.fromSeed(5);
    const [draws, n] = [3, 4000];
    const means = Float64Array.from(rng.split("means").normal(draws * n));
    const deviations = Float64Array.of(0.5, 1, 3);
    const from = rng.split("which").integers(n, draws);
    const targets = Float64Array.from(
      rng.split("noise").normal(n),
      (z, i) => means[from[i] * n + i] + z * deviations[from[i]],
    );
    for (const { level, coverage } of coverageOf({ draws, examples: n, means, deviations }, targets)) {
      expect(Math.abs(coverage.value - level)).toBeLessThan(4 * coverage.standardError);
    }
  });

  it("are NaN where a prediction is", () => {
    const lost = gaussian([[Number.NaN, 0]], [1]);
    expect(lppdOf(gaussianLogLikelihood(lost, [0, 0])).value).toBeNaN();
    expect(rmseOf(lost, [0, 0])).toBeNaN();
    expect(coverageOf(lost, [0, 0])[0].coverage.value).toBeNaN();
  });

  it("want sizes that agree and levels that are probabilities", () => {
    expect(() => rmseOf(predictions, [0])).toThrow("1 targets were given for 2 draws and 2 examples");
    expect(() => coverageOf(predictions, [0, 1], [90])).toThrow("probability 90");
  });

  it("as published: noisy draws add σ/√S to the error of a perfect mean function", () => {
    const [draws, n] = [100, 2000];
    const perfect = {
      draws,
      examples: n,
      means: new Float64Array(draws * n),
      deviations: new Float64Array(draws).fill(2),
    };
    const targets = new Float64Array(n);
    expect(rmseOf(perfect, targets)).toBe(0);
    expect(rmseOfNoisyDraws(perfect, targets, Rng.fromSeed(1))).toBeCloseTo(0.2, 1.7);
  });

  it("as published: averaged class numbers are right where members are sure, and a class in between where they are not", () => {
    const rng = Rng.fromSeed(1);
    const sure = { classes: 3, values: Float64Array.of(0, 0, 1, 1, 0, 0) };
    expect(accuracyOfAveragedClasses([sure, sure], [2, 0], rng).value).toBe(1);
    // Classes 0 and 2 at even odds average to class 1, which has no probability at all.
    const torn = { classes: 3, values: Float64Array.of(0.5, 0, 0.5) };
    const members = Array.from({ length: 400 }, () => torn);
    expect(accuracyOfAveragedClasses(members, [1], rng).value).toBe(1);
    expect(scoresOf(torn, [1]).accuracy.value).toBe(0);
    const lost = { classes: 3, values: new Float64Array(3).fill(Number.NaN) };
    expect(accuracyOfAveragedClasses([lost], [0], rng).value).toBe(0);
  });
});
