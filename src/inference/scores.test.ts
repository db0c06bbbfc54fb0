import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { meanPrediction, type Predictions, scoresOf, softmax } from "./index.ts";

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

  it("want labels that are classes", () => {
    expect(() => scoresOf(P, [0, 3, 1])).toThrow(
      "Label 2 is 3, of 3 classes; give whole numbers from 0 to 2",
    );
    expect(() => scoresOf(P, [0, 1, -1])).toThrow("Label 3 is -1");
  });

  it("never count a prediction that is not a number as right, and have no loss then", () => {
    const lost = softmax({ classes: 3, values: new Float64Array(9).fill(Number.NaN) });
    const { accuracy, negativeLogLikelihood } = scoresOf(lost, [0, 0, 0]);
    expect(accuracy.value).toBe(0);
    expect(negativeLogLikelihood.value).toBeNaN();
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
