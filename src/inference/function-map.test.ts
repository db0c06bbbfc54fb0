import { expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { diversityLimits, jensenShannon } from "./diversity.ts";
import { functionMap } from "./function-map.ts";
import type { Predictions } from "./predictive.ts";

const rng = Rng.fromSeed(3);

/** Ten predictors near one of three, on 20 examples of 4 classes. */
function families(): Predictions[] {
  return [0, 1, 2].flatMap((family) =>
    Array.from({ length: 10 }, (_, i) => {
      const noise = rng.split(`family ${family}`).foldIn(i).uniform(80, 0, 0.02);
      const base = Rng.fromSeed(family).uniform(80, 0, 1);
      return { classes: 4, values: Float64Array.from(base, (p, k) => p + noise[k]) };
    }),
  );
}

test("predictors that predict alike lie together", () => {
  const map = functionMap(families(), rng.split("map"), { steps: 400 });
  const far = (a: number, b: number) => Math.hypot(map[a][0] - map[b][0], map[a][1] - map[b][1]);
  for (let i = 0; i < 30; i++) {
    const nearest = Array.from({ length: 30 }, (_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => far(i, a) - far(i, b))[0];
    expect(Math.floor(nearest / 10)).toBe(Math.floor(i / 10));
  }
});

test("the same stream gives the same map", () => {
  const members = families();
  const once = functionMap(members, rng.split("again"), { steps: 50 });
  expect(functionMap(members, rng.split("again"), { steps: 50 })).toEqual(once);
});

test("too few predictors are refused", () => {
  expect(() => functionMap(families().slice(0, 3), rng)).toThrow("give 4 or more");
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
  const [n, C] = [200_000, 10];
  const reference = 0.8;
  const draw = rng.split("limits");
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
