import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { type DirectedPlace, isokineticStep, normalise, turn } from "./isokinetic.ts";
import { finish } from "./run-evaluating.reference.ts";
import { evaluateStart } from "./sampler.ts";
import { densityOf, eightSchools } from "./targets.reference.ts";

const D = 10;
const ONES = new Float64Array(D).fill(1);
const SCALE = Float64Array.from({ length: D }, (_, i) => 0.5 + i / 5);

const directionOf = (seed: number): Float64Array => {
  const u = Float64Array.from(Rng.fromSeed(seed).normal(D));
  normalise(u);
  return u;
};
const startOf = (): DirectedPlace => ({
  ...finish(eightSchools, evaluateStart(Float64Array.from(Rng.fromSeed(4).normal(D)))),
  momentum: directionOf(5),
});

function travel(from: DirectedPlace, stepSize: number, steps: number, scale: Float64Array) {
  let place = from;
  let error = 0;
  for (let k = 0; k < steps; k++) {
    const step = finish(eightSchools, isokineticStep(place, stepSize, scale));
    place = step.place;
    error += step.energyError;
  }
  return { place, error };
}

describe("the turn of a direction", () => {
  it.each([ONES, SCALE])(
    "solves u̇ = (1 − u uᵀ) g / (d − 1), and its kinetic energy the integral of u·g",
    (scale) => {
      const raw = Float64Array.from(Rng.fromSeed(6).normal(D));
      const g = raw.map((x, i) => x * scale[i]);
      const u = directionOf(7);
      // Runge and Kutta's classical method, for u and the integral.
      const slope = (v: Float64Array) => {
        const along = v.reduce((sum, x, i) => sum + x * g[i], 0);
        return { v: v.map((x, i) => (g[i] - along * x) / (D - 1)), along };
      };
      let v = u.slice();
      let kinetic = 0;
      const h = 0.002;
      for (let k = 0; k < 1000; k++) {
        const step = (s: { v: Float64Array }, share: number) => v.map((x, i) => x + share * h * s.v[i]);
        const a = slope(v);
        const b = slope(step(a, 0.5));
        const c = slope(step(b, 0.5));
        const e = slope(step(c, 1));
        v = v.map((x, i) => x + (h / 6) * (a.v[i] + 2 * b.v[i] + 2 * c.v[i] + e.v[i]));
        kinetic += (h / 6) * (a.along + 2 * b.along + 2 * c.along + e.along);
      }
      expect(turn(u, raw, scale, 2)).toBeCloseTo(kinetic, 10);
      for (let i = 0; i < D; i++) expect(u[i]).toBeCloseTo(v[i], 10);
    },
  );

  it("leaves a direction without a gradient, and ends along a large one", () => {
    const u = directionOf(1);
    expect(turn(u, new Float64Array(D), ONES, 1)).toBe(0);
    expect(u).toEqual(directionOf(1));
    const gradient = Float64Array.from(ONES, () => 1e6);
    turn(u, gradient, ONES, 1);
    for (const x of u) expect(x).toBeCloseTo(1 / Math.sqrt(D), 12);
  });
});

describe("the isokinetic integrator", () => {
  it.each([ONES, SCALE])("is reversible, and keeps the direction at length 1", (scale) => {
    const start = startOf();
    const there = travel(start, 0.3, 20, scale);
    expect(Math.hypot(...there.place.momentum)).toBeCloseTo(1, 14);
    const turned = { ...there.place, momentum: there.place.momentum.map((x) => -x) };
    const back = travel(turned, 0.3, 20, scale);
    expect(back.error).toBeCloseTo(-there.error, 10);
    for (let i = 0; i < D; i++) expect(back.place.position[i]).toBeCloseTo(start.position[i], 10);
  });

  it.each([ONES, SCALE])("has an energy error of second order", (scale) => {
    const errors = [10, 20, 40].map((steps) => travel(startOf(), 4 / steps, steps, scale).error);
    expect(Math.abs(errors[0] / errors[1] - 4)).toBeLessThan(0.4);
    expect(Math.abs(errors[1] / errors[2] - 4)).toBeLessThan(0.2);
  });

  it("says so where a log-density is NaN, in the middle of the step or at its end", () => {
    for (const edge of [0.25, 0.75]) {
      const wall = densityOf(2, (x, gradient) => {
        gradient.fill(0);
        return x[0] > edge ? Number.NaN : 0;
      });
      const start = finish(wall, evaluateStart(new Float64Array(2)));
      const from = { ...start, momentum: Float64Array.of(1, 0) };
      const { energyError } = finish(wall, isokineticStep(from, 1, new Float64Array(2).fill(1)));
      expect(energyError).toBeNaN();
    }
  });
});
