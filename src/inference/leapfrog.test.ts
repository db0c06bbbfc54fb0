import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { leapfrog, type PhasePoint, withMomentum } from "./leapfrog.ts";
import { drawMomentum, type Metric, metricOf, unitMetric } from "./metric.ts";
import { finish } from "./run-evaluating.reference.ts";
import { evaluateStart } from "./sampler.ts";
import { eightSchools, gaussian } from "./targets.reference.ts";

/** A covariance of ten dimensions that is not diagonal: A Aᵀ + 1. */
const COVARIANCE = (() => {
  const a = Rng.fromSeed(8).normal(100);
  return Float64Array.from({ length: 100 }, (_, k) => {
    const [i, j] = [Math.floor(k / 10), k % 10];
    let sum = i === j ? 1 : 0;
    for (let m = 0; m < 10; m++) sum += (a[i * 10 + m] * a[j * 10 + m]) / 10;
    return sum;
  });
})();
const METRICS: Metric[] = [
  metricOf(
    "diagonal",
    Float64Array.from({ length: 10 }, (_, i) => 0.5 + i / 4),
  ),
  metricOf("dense", COVARIANCE),
];

const startOf = (metric: Metric): PhasePoint => {
  const place = finish(eightSchools, evaluateStart(Float64Array.from(Rng.fromSeed(4).normal(10))));
  return withMomentum(place, metric, Rng.fromSeed(5));
};

function travel(from: PhasePoint, metric: Metric, stepSize: number, steps: number): PhasePoint {
  let point = from;
  for (let k = 0; k < steps; k++) point = finish(eightSchools, leapfrog(point, metric, stepSize));
  return point;
}

describe("the leapfrog integrator", () => {
  it.each(METRICS)("is reversible: $kind", (metric) => {
    const start = startOf(metric);
    const back = travel(travel(start, metric, 0.1, 20), metric, -0.1, 20);
    for (let i = 0; i < 10; i++) {
      expect(back.position[i]).toBeCloseTo(start.position[i], 11);
      expect(back.momentum[i]).toBeCloseTo(start.momentum[i], 11);
    }
  });

  it.each(METRICS)("has an energy error of second order: $kind", (metric) => {
    const start = startOf(metric);
    const errors = [20, 40, 80].map(
      (steps) => travel(start, metric, 0.4 / steps, steps).energy - start.energy,
    );
    expect(errors[0] / errors[1]).toBeCloseTo(4, 1);
    expect(errors[1] / errors[2]).toBeCloseTo(4, 1);
  });

  it("preserves volume: the determinant of its Jacobian is 1", () => {
    // On a harmonic oscillator the step is linear, so that differences are derivatives.
    const oscillator = {
      dimension: 1,
      evaluate(x: Float64Array, value: Float64Array, gradient: Float64Array) {
        value[0] = -(x[0] ** 2) / 2;
        gradient[0] = -x[0];
      },
    };
    const metric = unitMetric("diagonal", 1);
    const image = (q: number, p: number) => {
      const place = finish(oscillator, evaluateStart(Float64Array.of(q)));
      const from = { ...withMomentum(place, metric, Rng.fromSeed(0)), momentum: Float64Array.of(p) };
      const to = finish(oscillator, leapfrog(from, metric, 0.7));
      return [to.position[0], to.momentum[0]];
    };
    const [a, b] = [image(1, 0), image(0, 1)];
    expect(a[0] * b[1] - a[1] * b[0]).toBeCloseTo(1, 14);
    // A step of size h turns by arccos(1 − h²/2).
    expect(a[0] + b[1]).toBeCloseTo(2 * (1 - 0.7 ** 2 / 2), 14);
  });
});

describe("a metric", () => {
  it.each(METRICS)(
    "has momenta whose covariance is its inverse, so that their mean energy is d/2: $kind",
    (metric) => {
      const place = finish(gaussian, evaluateStart(new Float64Array(10)));
      const n = 4000;
      const product = new Float64Array(100);
      let energy = 0;
      for (let k = 0; k < n; k++) {
        const { momentum, velocity, energy: total } = withMomentum(place, metric, Rng.fromSeed(k));
        energy += (total + place.value) / n;
        // E[v pᵀ] = Σ Σ⁻¹ = 1
        for (let i = 0; i < 10; i++)
          for (let j = 0; j < 10; j++) product[i * 10 + j] += (velocity[i] * momentum[j]) / n;
      }
      expect(Math.abs(energy - 5)).toBeLessThan(4 * Math.sqrt(5 / n));
      for (let k = 0; k < 100; k++) expect(Math.abs(product[k] - (k % 11 === 0 ? 1 : 0))).toBeLessThan(0.15);
    },
  );

  it("refuses what is not a covariance", () => {
    expect(() => metricOf("diagonal", Float64Array.of(1, 0))).toThrow("not positive");
    expect(() => metricOf("dense", Float64Array.of(1, 2, 2, 1))).toThrow("not positive definite");
    expect(drawMomentum(unitMetric("dense", 3), 3, Rng.fromSeed(1))).toEqual(
      drawMomentum(unitMetric("diagonal", 3), 3, Rng.fromSeed(1)),
    );
  });
});
