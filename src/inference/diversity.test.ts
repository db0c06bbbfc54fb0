import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  disagreement,
  disagreementOneRight,
  klDivergence,
  type Predictions,
  pairwise,
  predictedClasses,
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

  it("counts where one of two that differ is right, and not where both are wrong", () => {
    expect(disagreementOneRight(P, Q, [0, 2, 0])).toBeCloseTo(1 / 3, 14);
    expect(disagreementOneRight(P, Q, [1, 2, 2])).toBeCloseTo(2 / 3, 14);
    expect(() => disagreementOneRight(P, Q, [0])).toThrow("1 labels were given for 3");
  });

  it("of a Kullback-Leibler divergence by hand, which has a direction", () => {
    const [p, q] = [predictions(2, [[1, 0]]), predictions(2, [[0.25, 0.75]])];
    expect(klDivergence(p, q)).toBeCloseTo(Math.log(4), 14);
    expect(klDivergence(q, p)).toBe(Number.POSITIVE_INFINITY);
    expect([...pairwise([p, q], klDivergence)]).toEqual([0, klDivergence(p, q), klDivergence(q, p), 0]);
  });

  it("is bounded, 0 for equals, symmetric where it should be, and obeys Pinsker's inequality", () => {
    const logits = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(logits, logits, (a, b) => {
        const [p, q] = [a, b].map((values) => softmax({ classes: 4, values }));
        const tv = totalVariation(p, q);
        expect(tv).toBeGreaterThanOrEqual(0);
        expect(tv).toBeLessThanOrEqual(1 + 1e-12);
        expect(totalVariation(q, p)).toBe(tv);
        expect(disagreement(q, p)).toBe(disagreement(p, q));
        expect([totalVariation(p, p), disagreement(p, p), klDivergence(p, p)]).toEqual([0, 0, 0]);
        // Pinsker, and Jensen for the mean over examples: TV² ≤ KL / 2. KL is a difference of numbers near 1, known to 1e-14.
        expect(tv ** 2).toBeLessThanOrEqual(klDivergence(p, q) / 2 + 1e-14);
      }),
    );
  });
});
