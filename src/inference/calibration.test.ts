import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { calibrationOf, type Predictions } from "./index.ts";

const predictions = (classes: number, rows: number[][]): Predictions => ({
  classes,
  values: Float64Array.from(rows.flat()),
});
/** Three examples of three classes. */
const P = predictions(3, [
  [0.7, 0.2, 0.1],
  [0.1, 0.1, 0.8],
  [0.3, 0.4, 0.3],
]);
const LABELS = [0, 1, 1];

describe("calibration", () => {
  it("of a small table by hand", () => {
    const { expectedError, counts, accuracy, confidence } = calibrationOf(P, LABELS, 2);
    // 0.4 is below ½, 0.7 and 0.8 are above, and of those one is right.
    expect(counts).toEqual([1, 2]);
    expect(accuracy).toEqual([1, 0.5]);
    expect(confidence[1]).toBeCloseTo(0.75, 14);
    expect(expectedError).toBeCloseTo((Math.abs(1 - 0.4) + Math.abs(1 - 1.5)) / 3, 14);
  });

  it("of labels drawn from the probabilities themselves tends to 0, of overconfidence to the excess", () => {
    const n = 40_000;
    const u = Rng.fromSeed(2).split("u").uniform64(n);
    const confidence = Rng.fromSeed(2).split("p").uniform64(n);
    const rows = Array.from(confidence, (c) => [0.5 + c / 2, 0.5 - c / 2]);
    const labels = rows.map(([p], i) => (u[i] < p ? 0 : 1));
    expect(calibrationOf(predictions(2, rows), labels).expectedError).toBeLessThan(0.02);
    const certain = rows.map(() => [1, 0]);
    const coin = Array.from(u, (x) => (x < 0.6 ? 0 : 1));
    expect(calibrationOf(predictions(2, certain), coin).expectedError).toBeCloseTo(0.4, 1);
  });

  it("has an edge count below itself, and everything in the first and last bin where it belongs", () => {
    const rows = [
      [0.5, 0.5],
      [0.75, 0.25],
      [0.76, 0.24],
      [1, 0],
    ];
    expect(calibrationOf(predictions(2, rows), [0, 0, 0, 0], 4).counts).toEqual([0, 1, 1, 2]);
  });

  it("is exactly 0 for a predictor that is right as often as it says", () => {
    const rows = Array.from({ length: 20 }, (_, i) => (i < 10 ? [0.7, 0.3] : [0.2, 0.8]));
    const labels = rows.map(([p], i) => (p > 0.5 ? (i % 10 < 7 ? 0 : 1) : i % 10 < 8 ? 1 : 0));
    expect(calibrationOf(predictions(2, rows), labels).expectedError).toBeCloseTo(0, 14);
  });

  it("is unknown where probabilities are, and wants at least one bin", () => {
    const { expectedError, counts } = calibrationOf(
      predictions(2, [
        [0.9, 0.1],
        [Number.NaN, 0],
      ]),
      [0, 0],
      2,
    );
    expect(expectedError).toBeNaN();
    expect(counts).toEqual([0, 1]);
    expect(() => calibrationOf(P, LABELS, 0)).toThrow("0 bins");
  });
});
