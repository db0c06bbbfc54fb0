import { expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { comparePaired, compareSeeds, meanInterval } from "./index.ts";

test("mean, standard error and interval of Student's sleep data", () => {
  // Student 1908, the ten differences of the two drugs: t.test(extra ~ group, paired) of R gives mean 1.58, 95 %
  // interval 0.7001142 to 2.4598858, t = 4.0621.
  const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  const { count, mean, standardError, interval } = meanInterval(differences);
  expect(count).toBe(10);
  expect(mean).toBeCloseTo(1.58, 14);
  expect(interval[0]).toBeCloseTo(0.7001142, 7);
  expect(interval[1]).toBeCloseTo(2.4598858, 7);
  expect(mean / standardError).toBeCloseTo(4.0621, 4);
});

test("a 95 % interval holds the mean in 95 % of cases", () => {
  let held = 0;
  for (let i = 0; i < 2000; i++) {
    const { interval } = meanInterval(Rng.fromSeed(i).normal(4));
    if (interval[0] < 0 && interval[1] > 0) held++;
  }
  expect(Math.abs(held / 2000 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 2000));
});

test("one number has no interval", () => {
  const { mean, standardError, interval } = meanInterval([3]);
  expect([mean, standardError, ...interval]).toEqual([3, Number.NaN, Number.NaN, Number.NaN]);
  expect(() => meanInterval([])).toThrow("mean of no numbers");
  expect(() => meanInterval([1, 2], 95)).toThrow("The confidence is 95");
});

const ts = [0, 0.25, 0.5, 0.75, 1];

test("two profiles: mean and largest difference, and the smallest value of each", () => {
  const curve = [1, 2, 3, 2, 1];
  const chord = [1, 2.5, 5, 2.5, 0.5];
  const { difference, largest, minima } = comparePaired(ts, curve, chord);
  expect(difference.mean).toBeCloseTo(-0.5, 14);
  expect(largest).toEqual({ difference: -2, at: 0.5 });
  expect(minima).toEqual({ first: { value: 1, at: 0 }, second: { value: 0.5, at: 1 } });
});

test("over seeds the unit is a seed", () => {
  const seeds = [0.1, 0.3, 0.2].map((shift) =>
    comparePaired(
      ts,
      ts.map((t) => t + shift),
      ts,
    ),
  );
  const { count, mean, standardError, interval } = compareSeeds(seeds);
  expect(count).toBe(3);
  expect(mean).toBeCloseTo(0.2, 14);
  expect(standardError).toBeCloseTo(0.1 / Math.sqrt(3), 14);
  // The 97.5 % quantile of t with 2 degrees of freedom is 4.302653.
  expect(interval[1] - mean).toBeCloseTo((4.302653 * 0.1) / Math.sqrt(3), 6);
});

test("a value that is not a number is not hidden", () => {
  const { difference, largest, minima } = comparePaired(ts, [1, Number.NaN, 1, 1, 1], [1, 1, 9, 1, 1]);
  expect(difference.mean).toBeNaN();
  expect(largest).toEqual({ difference: Number.NaN, at: 0.25 });
  expect(minima.first.value).toBeNaN();
  expect(() => comparePaired(ts, [1], [1])).toThrow("1 and 1 values at 5 positions");
});
