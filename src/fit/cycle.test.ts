import { expect, test } from "vitest";
import { checkCycle, collectedEpochs, cycleFactor } from "./cycle.ts";

/** The factor at t = (i + 1) / n of a cycle of 1,000 steps. */
const at = (shape: "triangle" | "linear", t: number, lowest: number) =>
  cycleFactor({ shape, lowest }, 1000 * t - 1, 1000);

test("rates are those of the formulas at the beginning, in the middle and at the end", () => {
  const cosine = (i: number) => cycleFactor({ shape: "cosine", lowest: 0.01 }, i, 1000);
  expect(cosine(0)).toBe(1);
  expect(cosine(500)).toBeCloseTo(0.505, 12);
  expect(cosine(1000)).toBeCloseTo(0.01, 12);
  // Huang et al.: α0 / 2 (cos(π i / n) + 1).
  expect(cycleFactor({ shape: "cosine", lowest: 0 }, 250, 1000)).toBeCloseTo((Math.SQRT1_2 + 1) / 2, 12);
  // Garipov et al.: α1 = 1 and α2 = 0.05 at t = 0, ½ and 1.
  expect(at("triangle", 0, 0.05)).toBe(1);
  expect(at("triangle", 0.25, 0.05)).toBeCloseTo(0.525, 12);
  expect(at("triangle", 0.5, 0.05)).toBeCloseTo(0.05, 12);
  expect(at("triangle", 1, 0.05)).toBeCloseTo(1, 12);
  // Izmailov et al.: (1 − t) α1 + t α2.
  expect(at("linear", 0, 0.1)).toBe(1);
  expect(at("linear", 0.5, 0.1)).toBeCloseTo(0.55, 12);
  expect(at("linear", 1, 0.1)).toBeCloseTo(0.1, 12);
});

test("networks are collected where the rate is lowest", () => {
  expect(collectedEpochs({ shape: "cosine", epochs: 4, lowest: 0 }, 13)).toEqual([4, 8, 12]);
  expect(collectedEpochs({ shape: "triangle", epochs: 4, lowest: 0 }, 13)).toEqual([2, 6, 10]);
  expect(collectedEpochs({ shape: "linear", epochs: 4, lowest: 0 }, 3)).toEqual([]);
});

test("a cycle that is none is refused", () => {
  expect(() => checkCycle({ shape: "triangle", epochs: 3, lowest: 0 })).toThrow("an even number");
  expect(() => checkCycle({ shape: "cosine", epochs: 0, lowest: 0 })).toThrow("cycle of 0 epochs");
  expect(() => checkCycle({ shape: "cosine", epochs: 2, lowest: 2 })).toThrow("give 0 to 1");
});
