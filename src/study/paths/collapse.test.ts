import { describe, expect, test } from "vitest";
import { collapse } from "./collapse.ts";

/** A walk of step length η: distance 3 η √n, exactly. */
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
const STEPS = Array.from({ length: 40 }, (_, i) => 100 * 1.1 ** i);
const distances = (rate: number) => STEPS.map((n) => 3 * rate * Math.sqrt(n));
const under = (timeOf: (rate: number, n: number) => number) =>
  collapse(RATES.map((rate) => ({ time: STEPS.map((n) => timeOf(rate, n)), values: distances(rate) })));

describe("a diffusion of step length η", () => {
  test("collapses in the time η² n, with exponent ½, which luck does not do", () => {
    const { explained, slope, scatter, chance } = under((rate, n) => rate ** 2 * n);
    expect(explained).toBeCloseTo(1, 12);
    expect(slope).toBeCloseTo(0.5, 12);
    expect(scatter).toBeCloseTo(1, 5);
    expect(chance).toBe(1 / 720);
  });

  test("does not in the number of steps, which all assignments of times explain alike", () => {
    const { explained, slope, scatter, chance } = under((_, n) => n);
    expect(chance).toBe(1);
    expect(slope).toBeCloseTo(0.5, 12);
    const spread = RATES.map(Math.log);
    const mean = spread.reduce((a, b) => a + b, 0) / spread.length;
    const variance = spread.reduce((sum, x) => sum + (x - mean) ** 2, 0) / spread.length;
    expect(scatter).toBeCloseTo(Math.exp(Math.sqrt(variance)), 9);
    expect(explained).toBeLessThan(0.2);
  });

  test("η n explains less than η² n: the exponent would have to be ½ in n and 1 in η", () => {
    const product = under((rate, n) => rate * n);
    expect(product.explained).toBeLessThan(0.99);
    expect(product.explained).toBeGreaterThan(under((_, n) => n).explained);
  });
});
