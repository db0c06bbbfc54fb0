import { expect, test } from "vitest";
import { TrainingPast } from "./training-past.ts";

test("keeps few steps of a long training, evenly, each with its losses", () => {
  const past = new TrainingPast();
  for (let step = 1; step <= 5000; step++) past.add(step, step <= 1000 ? [step, -step] : [10 * step]);
  expect(past.step.length).toBeLessThanOrEqual(600);
  expect(past.step.length).toBeGreaterThan(250);
  const gaps = new Set(past.step.slice(1).map((step, i) => step - past.step[i]));
  expect([...gaps]).toEqual([16]);
  past.step.forEach((step, i) => {
    const expected = step <= 1000 ? [step, -step, Number.NaN] : [Number.NaN, Number.NaN, 10 * step];
    expect(past.columns.map((column) => column[i])).toEqual(expected);
  });
});
