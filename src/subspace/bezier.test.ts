import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bezier, line } from "./bezier.ts";

const sum = (xs: Float64Array) => xs.reduce((a, b) => a + b, 0);
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const near = fc.double({ min: -0.5, max: 1.5, noNaN: true });
const degrees = fc.integer({ min: 1, max: 12 });

/** The point at t by de Casteljau's construction, which uses no polynomial. */
function deCasteljau(controls: number[], t: number): number {
  let row = controls;
  while (row.length > 1) row = row.slice(1).map((b, i) => (1 - t) * row[i] + t * b);
  return row[0];
}

describe("values", () => {
  test("golden points of a quadratic curve, also outside of [0, 1]", () => {
    const controls = [
      [-3, -3],
      [-4, 4],
      [0, -3.5],
    ];
    const golden: [number, number, number][] = [
      [-0.5, -0.75, -13.625],
      [0, -3, -3],
      [0.5, -2.75, 0.375],
      [0.8, -1.4, -1.08],
      [1, 0, -3.5],
      [1.1, 0.85, -5.145],
    ];
    for (const [t, x, y] of golden) {
      const c = bezier(2).at(t);
      const coordinate = (axis: number) => controls.reduce((s, point, i) => s + c[i] * point[axis], 0);
      expect(coordinate(0)).toBeCloseTo(x, 13);
      expect(coordinate(1)).toBeCloseTo(y, 13);
    }
  });

  test("agree with de Casteljau", () => {
    const controls = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 15 });
    fc.assert(
      fc.property(controls, unit, (controls, t) => {
        const c = bezier(controls.length - 1).at(t);
        expect(controls.reduce((s, x, i) => s + c[i] * x, 0)).toBeCloseTo(deCasteljau(controls, t), 11);
      }),
    );
  });

  test("are exact at the ends, where 0 to the power 0 is 1", () => {
    for (const degree of [1, 2, 20, 100]) {
      const c = bezier(degree);
      expect([...c.at(0)]).toEqual([1, ...new Array(degree).fill(0)]);
      expect([...c.at(1)]).toEqual([...new Array(degree).fill(0), 1]);
    }
  });

  test("at degree 100 are the probabilities of a binomial distribution: sum 1, mean 100 t", () => {
    fc.assert(
      fc.property(unit, (t) => {
        const c = bezier(100).at([t]);
        expect(sum(c)).toBeCloseTo(1, 12);
        expect(sum(c.map((p, k) => p * k))).toBeCloseTo(100 * t, 10);
        expect(c.every((p) => p >= 0)).toBe(true);
      }),
    );
    // scipy.stats.binom.pmf(50, 100, 0.5)
    expect(bezier(100).at(0.5)[50]).toBeCloseTo(0.07958923738717877, 14);
  });

  test("of a line", () => {
    const path = line();
    expect([...path.at(0.25)]).toEqual([0.75, 0.25]);
    expect([...path.at(-1)]).toEqual([2, -1]);
    expect([...path.derivative(0.3)]).toEqual([-1, 1]);
    expect([...path.derivative(0.3, 2)]).toEqual([0, 0]);
    expect(path.kind).toBe("line");
  });
});

describe("derivatives", () => {
  test("are the limit of differences of the order below", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        near,
        fc.integer({ min: 1, max: 4 }),
        (degree, t, order) => {
          const path = bezier(degree);
          const h = 1e-5;
          const after = path.derivative(t + h, order - 1);
          const before = path.derivative(t - h, order - 1);
          path.derivative(t, order).forEach((d, i) => {
            expect(Math.abs(d - (after[i] - before[i]) / (2 * h))).toBeLessThan(1e-4);
          });
        },
      ),
    );
  });

  test("of order 0 are the values, and above the degree 0", () => {
    fc.assert(
      fc.property(degrees, near, (degree, t) => {
        const path = bezier(degree);
        expect(path.derivative(t, 0)).toEqual(path.at(t));
        expect(path.jacobian([t])).toEqual(path.derivative(t, 1));
        expect(path.derivative(t, degree + 1).every((d) => d === 0)).toBe(true);
      }),
    );
  });

  test("sum to 0, and the values to 1", () => {
    fc.assert(
      fc.property(degrees, near, fc.integer({ min: 1, max: 5 }), (degree, t, order) => {
        const path = bezier(degree);
        expect(sum(path.at(t))).toBeCloseTo(1, 10);
        const d = path.derivative(t, order);
        const scale = 1 + sum(d.map(Math.abs));
        expect(Math.abs(sum(d)) / scale).toBeLessThan(1e-13);
      }),
    );
  });

  test("of the highest order are K! times the alternating binomials", () => {
    expect([...bezier(3).derivative(0.7, 3)]).toEqual([-6, 18, -18, 6]);
  });

  test("are written into a given array", () => {
    const out = new Float64Array(3).fill(9);
    expect(bezier(2).derivative(0, 1, out)).toBe(out);
    expect([...out]).toEqual([-2, 2, 0]);
  });
});

test("wrong degrees and orders are named", () => {
  expect(() => bezier(0)).toThrow("The degree of a Bézier curve is 0; give a whole number from 1.");
  expect(() => bezier(1.5)).toThrow("1.5");
  expect(() => bezier(2000)).toThrow("at most 1000");
  expect(() => bezier(2).derivative(0, -1)).toThrow("The order of the derivative is -1");
});
