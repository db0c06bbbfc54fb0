import { expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
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
