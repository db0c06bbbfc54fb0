import { describe, expect, it } from "vitest";
import { Rng } from "../../engine/index.ts";
import { crossing, crossingDeviation, medianScore, nextDimension } from "./crossing.ts";

const row = (dimension: number, ...scores: number[]) => ({ dimension, scores });

describe("crossing of a target", () => {
  const rows = [row(10, 0.2, 0.1, 0.9), row(100, 0.4, 0.4, 0.5), row(1000, 0.6, 0.8, 0.7)];

  it("is where the median, interpolated over ln d, reaches it", () => {
    expect(rows.map(medianScore)).toEqual([0.2, 0.4, 0.7]);
    expect(medianScore(row(1, 1, 4, 2, 3))).toBe(2.5);
    expect(crossing(rows, 0.4)).toBeCloseTo(100, 9);
    expect(crossing(rows, 0.3)).toBeCloseTo(Math.sqrt(1000), 9);
    expect(crossing(rows, 0.1)).toBe(10);
    expect(crossing(rows, 0.71)).toBeUndefined();
  });

  it("has no spread where all runs agree, and none to be known of single runs", () => {
    const rng = Rng.fromSeed(1);
    expect(crossingDeviation([row(10, 0, 0, 0), row(20, 1, 1, 1)], 0.5, rng)).toBeCloseTo(0, 9);
    expect(crossingDeviation([row(10, 0), row(20, 1)], 0.5, rng)).toBeUndefined();
    // No sample of these runs gets there.
    expect(crossingDeviation(rows, 0.95, rng)).toBeUndefined();
  });

  it("spreads by bootstrap as two outcomes do that a coin decides", () => {
    // Of two runs at d = 10, one of which reaches the target: samples are both low (1/4), mixed or both high.
    const found = crossingDeviation([row(10, 0, 2), row(1000, 2, 2)], 1.5, Rng.fromSeed(2))!;
    // Medians 0, 1 and 2 with probabilities 1/4, 1/2, 1/4: crossings 10·100^0.75, 10·100^0.5 and 10.
    const values = [10 * 100 ** 0.75, 100, 10];
    const mean = (values[0] + 2 * values[1] + values[2]) / 4;
    const variance = ((values[0] - mean) ** 2 + 2 * (values[1] - mean) ** 2 + (values[2] - mean) ** 2) / 4;
    expect(Math.abs(found / Math.sqrt(variance) - 1)).toBeLessThan(0.35);
  });

  it("is bisected at geometric means until nothing lies between", () => {
    expect(nextDimension(rows, 0.5)).toBe(316);
    expect(nextDimension([row(10, 0), row(12, 1)], 0.5)).toBe(11);
    expect(nextDimension([row(10, 0), row(11, 1)], 0.5)).toBeUndefined();
    expect(nextDimension(rows, 0.1)).toBeUndefined();
    expect(nextDimension(rows, 0.95)).toBeUndefined();
  });
});
