import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { Rng } from "../engine/index.ts";
import {
  disagreement,
  disagreementOneRight,
  diversityLimits,
  jensenShannon,
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

test("the Jensen-Shannon divergence is 0 of equals and ln 2 of opposites", () => {
  const sure = (k: number): Predictions => ({ classes: 2, values: Float64Array.of(1 - k, k) });
  expect(jensenShannon([sure(0), sure(0)])).toBe(0);
  expect(jensenShannon([sure(0), sure(1)])).toBeCloseTo(Math.LN2, 12);
  const half: Predictions = { classes: 2, values: Float64Array.of(0.5, 0.5) };
  // H(¾, ¼) − ½ (0 + ln 2)
  const expected = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25)) - Math.LN2 / 2;
  expect(jensenShannon([sure(0), half])).toBeCloseTo(expected, 12);
});

test("limits of diversity are what random predictors reach", () => {
  const [n, C] = [50_000, 10];
  const reference = 0.8;
  const draw = Rng.fromSeed(3).split("limits");
  const [u, v, w] = ["u", "v", "w"].map((name) => draw.split(name).uniform(n, 0, 1));
  const wrong = draw
    .split("wrong")
    .integers(2 * n, C - 1)
    .map((k) => k + 1);
  // The label is 0 throughout; a wrong class is any of the others.
  const first = Array.from(u, (x, i) => (x < reference ? 0 : wrong[i]));
  const measure = (second: number[]) => {
    const accuracy = second.filter((k) => k === 0).length / n;
    const differ = second.filter((k, i) => k !== first[i]).length / n;
    return { accuracy, diversity: differ / (1 - accuracy) };
  };
  const independent = measure(Array.from(v, (x, i) => (x < 0.7 ? 0 : wrong[n + i])));
  const limits = diversityLimits(reference, independent.accuracy, C);
  expect(Math.abs(independent.diversity - limits.independent)).toBeLessThan(0.02);
  const flips = draw
    .split("flips")
    .integers(n, C - 1)
    .map((k) => k + 1);
  const flipped = measure(first.map((k, i) => (w[i] < 0.15 ? (k + flips[i]) % C : k)));
  const lower = diversityLimits(reference, flipped.accuracy, C);
  expect(Math.abs(flipped.diversity - lower.flipped)).toBeLessThan(0.02);
  expect(lower.flipped).toBeLessThan(lower.independent);
});

test("both limits meet at chance, where nothing is left to agree about", () => {
  for (const classes of [2, 10]) {
    const { independent, flipped } = diversityLimits(0.8, 1 / classes, classes);
    expect(independent).toBeCloseTo(1, 12);
    expect(flipped).toBeCloseTo(1, 12);
  }
  // A copy of the reference: nothing flipped.
  expect(diversityLimits(0.8, 0.8, 10).flipped).toBe(0);
  expect(() => diversityLimits(0.1, 0.1, 10)).toThrow("better than chance");
});
