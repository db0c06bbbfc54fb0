import { describe, expect, it } from "vitest";
import { meanPrediction, type Predictions, predictedClasses, softmax } from "./index.ts";

const predictions = (classes: number, rows: number[][]): Predictions => ({
  classes,
  values: Float64Array.from(rows.flat()),
});

describe("softmax", () => {
  it("is the exponentials over their sum, however large the logits", () => {
    const { values } = softmax({ classes: 2, values: [0, Math.log(3), 1000, 1000 + Math.log(4)] });
    [0.25, 0.75, 0.2, 0.8].forEach((p, i) => {
      expect(values[i]).toBeCloseTo(p, 12);
    });
  });
});

describe("the mean of members", () => {
  const [P, Q] = [predictions(2, [[0.9, 0.1]]), predictions(2, [[0.5, 0.5]])];

  it("of probabilities is arithmetic, and of logits the normalised geometric mean of the probabilities", () => {
    const arithmetic = meanPrediction([P, Q]).values;
    expect(arithmetic[0]).toBeCloseTo(0.7, 14);
    const logits = [P, Q].map(({ classes, values }) => ({ classes, values: values.map(Math.log) }));
    const geometric = softmax(meanPrediction(logits)).values;
    const [a, b] = [Math.sqrt(0.9 * 0.5), Math.sqrt(0.1 * 0.5)];
    expect(geometric[0]).toBeCloseTo(a / (a + b), 14);
  });

  it("does not depend on a constant that a member adds to its logits", () => {
    const logits = [P, Q].map(({ classes, values }) => ({ classes, values: values.map(Math.log) }));
    const shifted = [logits[0], { ...logits[1], values: logits[1].values.map((z) => z + 7) }];
    expect(softmax(meanPrediction(shifted)).values[0]).toBeCloseTo(
      softmax(meanPrediction(logits)).values[0],
      14,
    );
  });

  it("needs members, of equal sizes", () => {
    expect(() => meanPrediction([])).toThrow("without members");
    expect(() =>
      meanPrediction([
        P,
        predictions(2, [
          [1, 0],
          [1, 0],
        ]),
      ]),
    ).toThrow("1 x 2 and of 2 x 2");
  });
});

describe("the predicted class", () => {
  it("is the highest, the first of several, and none where a value is not a number", () => {
    const rows = [
      [0.2, 0.5, 0.3],
      [0.4, 0.2, 0.4],
      [Number.NaN, 0, 1],
      [0, 1, Number.NaN],
    ];
    expect([...predictedClasses(predictions(3, rows))]).toEqual([1, 0, -1, -1]);
  });
});
