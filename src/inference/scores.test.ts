import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import {
  calibrationOf,
  disagreement,
  meanPrediction,
  type Predictions,
  pairwise,
  predictedClasses,
  scoresOf,
  softmax,
  totalVariation,
} from "./index.ts";

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

describe("softmax", () => {
  it("is the exponentials over their sum, however large the logits", () => {
    const { values } = softmax({ classes: 2, values: [0, Math.log(3), 1000, 1000 + Math.log(4)] });
    [0.25, 0.75, 0.2, 0.8].forEach((p, i) => {
      expect(values[i]).toBeCloseTo(p, 12);
    });
  });
});

describe("scores", () => {
  it("of a small table by hand", () => {
    const { accuracy, negativeLogLikelihood, brier } = scoresOf(P, LABELS);
    expect(accuracy.value).toBeCloseTo(2 / 3, 14);
    expect(accuracy.standardError).toBeCloseTo(Math.sqrt(1 / 3 / 3), 14);
    expect(negativeLogLikelihood.value).toBeCloseTo(-(Math.log(0.7) + Math.log(0.1) + Math.log(0.4)) / 3, 14);
    expect(brier.value).toBeCloseTo((0.09 + 0.04 + 0.01 + 0.01 + 0.81 + 0.64 + 0.09 + 0.36 + 0.09) / 3, 14);
  });

  it("want one label an example", () => {
    expect(() => scoresOf(P, [0, 1])).toThrow("2 labels were given for 3 predictions");
  });

  it("an ensemble's loss is at most the mean of its members' (Jensen)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 5 }), (seed, m) => {
        const rng = Rng.fromSeed(seed);
        const members = Array.from({ length: m }, (_, i) =>
          softmax({ classes: 4, values: rng.split(`${i}`).normal(40) }),
        );
        const labels = rng.split("labels").integers(10, 4);
        const each = members.map((p) => scoresOf(p, labels).negativeLogLikelihood.value);
        const together = scoresOf(meanPrediction(members), labels).negativeLogLikelihood.value;
        expect(together).toBeLessThanOrEqual(each.reduce((a, b) => a + b) / m + 1e-12);
      }),
    );
  });
});

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
});

describe("diversity", () => {
  const Q = predictions(3, [
    [0.2, 0.7, 0.1],
    [0.1, 0.1, 0.8],
    [0.3, 0.3, 0.4],
  ]);

  it("of a small table by hand", () => {
    expect([...predictedClasses(P)]).toEqual([0, 2, 1]);
    expect(disagreement(P, Q)).toBeCloseTo(2 / 3, 14);
    expect(totalVariation(P, Q)).toBeCloseTo((0.5 + 0 + 0.1) / 3, 14);
    expect([...pairwise([P, Q, P], disagreement)].map((x) => Math.round(3 * x))).toEqual([
      0, 2, 0, 2, 0, 2, 0, 2, 0,
    ]);
  });

  it("names members of different sizes", () => {
    expect(() => totalVariation(P, predictions(3, [[1, 0, 0]]))).toThrow("3 x 3 and of 1 x 3");
  });
});
