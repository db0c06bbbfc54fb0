import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import {
  affine,
  bezier,
  type CoefficientMap,
  coefficientMatrix,
  evenly,
  fromSpec,
  isPath,
  line,
  type MapSpec,
  middleOf,
  polychain,
  sampleCoordinates,
  simplex,
} from "./index.ts";

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);

const plane = affine(
  [0.5, 0.5, 0],
  [
    [-1, 1, 0],
    [-0.25, -0.25, 0.5],
  ],
);
const maps: CoefficientMap[] = [line(), polychain(2), polychain(5), bezier(4), simplex(1), simplex(3), plane];
const points = fc.constantFrom(...maps).chain((map) =>
  fc.record({
    map: fc.constant(map),
    z: fc.array(unit, { minLength: map.dimension, maxLength: map.dimension }),
  }),
);

describe("every map", () => {
  test("has coefficients that sum to 1, and rows of the Jacobian that sum to 0", () => {
    fc.assert(
      fc.property(points, ({ map, z }) => {
        expect(map.at(z).length).toBe(map.anchors);
        expect(sum(map.at(z))).toBeCloseTo(1, 12);
        const jacobian = map.jacobian(z);
        expect(jacobian.length).toBe(map.dimension * map.anchors);
        for (let j = 0; j < map.dimension; j++) {
          expect(sum(jacobian.subarray(j * map.anchors, (j + 1) * map.anchors))).toBeCloseTo(0, 12);
        }
      }),
    );
  });

  test("has the Jacobian that differences tend to", () => {
    fc.assert(
      fc.property(points, ({ map, z }) => {
        // Away from the bends of the chains, at multiples of 1/4, and inside the interval.
        fc.pre(map.kind !== "polychain" || Math.abs(((z[0] * 4) % 1) - 0.5) < 0.49);
        const jacobian = map.jacobian(z);
        for (let j = 0; j < map.dimension; j++) {
          const shifted = (h: number) => map.at(z.map((x, i) => (i === j ? x + h : x)));
          const [after, before] = [shifted(1e-6), shifted(-1e-6)];
          for (let i = 0; i < map.anchors; i++) {
            expect(jacobian[j * map.anchors + i]).toBeCloseTo((after[i] - before[i]) / 2e-6, 7);
          }
        }
      }),
    );
  });

  test("comes back from its spec through JSON", () => {
    fc.assert(
      fc.property(points, ({ map, z }) => {
        const again = fromSpec(JSON.parse(JSON.stringify(map.spec)) as MapSpec);
        expect(again.spec).toEqual(map.spec);
        expect(again.kind).toBe(map.kind);
        expect(again.at(z)).toEqual(map.at(z));
      }),
    );
  });

  test("gives a matrix of coefficients, one row a point", () => {
    const zs = [0.1, 0.2, 0.3, 0.4];
    const matrix = coefficientMatrix(plane, zs);
    expect([...matrix]).toEqual([...plane.at([0.1, 0.2]), ...plane.at([0.3, 0.4])]);
    expect(coefficientMatrix(line(), zs).length).toBe(8);
    expect(() => coefficientMatrix(plane, [1, 2, 3])).toThrow("3 coordinates were given; a map of kind");
  });
});

describe("polygonal chain", () => {
  test("is the formula of Garipov et al. with one bend", () => {
    fc.assert(
      fc.property(unit, (t) => {
        const expected = t <= 0.5 ? [1 - 2 * t, 2 * t, 0] : [0, 2 - 2 * t, 2 * t - 1];
        polychain(3)
          .at(t)
          .forEach((c, i) => {
            expect(c).toBeCloseTo(expected[i], 14);
          });
      }),
    );
  });

  test("has hat functions as coefficients", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), unit, (n, t) => {
        polychain(n)
          .at(t)
          .forEach((c, j) => {
            expect(c).toBeCloseTo(Math.max(0, 1 - Math.abs(t * (n - 1) - j)), 13);
          });
      }),
    );
  });

  test("has constant derivatives on its legs", () => {
    expect([...polychain(3).derivative(0.25)]).toEqual([-2, 2, 0]);
    expect([...polychain(3).derivative(0.5)]).toEqual([0, -2, 2]);
    expect([...polychain(3).derivative(1)]).toEqual([0, -2, 2]);
    expect([...polychain(3).derivative(0.25, 2)]).toEqual([0, 0, 0]);
  });

  test("ends at its ends", () => {
    for (const t of [-1e-9, 1.1, Number.NaN]) {
      expect(() => polychain(3).at(t)).toThrow(`t = ${t}; give a number from 0 to 1`);
      expect(() => polychain(3).derivative(t)).toThrow("give a number from 0 to 1");
    }
    expect(() => polychain(1)).toThrow("The number of points of a polygonal chain is 1");
  });
});

describe("wrong input is named", () => {
  test("simplex", () => {
    expect(() => simplex(-1)).toThrow("The dimension of a simplex is -1; give a whole number from 0.");
    expect(() => simplex(2).at([0.5])).toThrow("1 coordinates were given; this simplex has 2.");
  });
  test("affine subspace", () => {
    expect(() => affine([1, 0], [])).toThrow("without axes");
    expect(() => affine([1, 0], [[1]])).toThrow("An axis has 1 coefficients and the origin 2");
  });
  test("spec", () => {
    expect(() => fromSpec({ kind: "spiral" } as unknown as MapSpec)).toThrow(
      'The subspace is of kind "spiral"; the kinds are line, polychain, bezier, simplex, complex, affine, chord and neural.',
    );
  });
});

test("paths are told from other maps", () => {
  expect(maps.filter(isPath).map((map) => map.kind)).toEqual(["line", "polychain", "polychain", "bezier"]);
});

describe("random coordinates", () => {
  const rng = Rng.fromSeed(7);
  const n = 20_000;

  test("on a path are uniform on [0, 1)", () => {
    const ts = sampleCoordinates(bezier(3), rng.split("path"), n);
    expect(ts.length).toBe(n);
    // Five standard errors of the mean, √(1/12/n).
    expect(Math.abs(sum(ts) / n - 0.5)).toBeLessThan(0.0102);
    expect(ts.every((t) => t >= 0 && t < 1)).toBe(true);
  });

  test("on a simplex are uniform: every corner cut off at z = a has the share (1 − a)ᵏ", () => {
    for (const k of [1, 2, 4]) {
      const map = simplex(k);
      const c = coefficientMatrix(map, sampleCoordinates(map, rng.split(`simplex ${k}`), n));
      expect(c.every((x) => x > -1e-15)).toBe(true);
      for (const a of [0.1, 0.3, 0.6]) {
        const share = (1 - a) ** k;
        const standardError = Math.sqrt((share * (1 - share)) / n);
        for (let vertex = 0; vertex <= k; vertex++) {
          const found = c.filter((x, i) => i % (k + 1) === vertex && x > a).length / n;
          expect(Math.abs(found - share)).toBeLessThan(5 * standardError);
        }
      }
    }
  });

  test("do not exist on a plane", () => {
    expect(() => sampleCoordinates(plane, rng, 3)).toThrow("unbounded and has no uniform distribution");
    expect(() => evenly(plane, 3)).toThrow("unbounded and has no ends");
  });
});

describe("even coordinates", () => {
  test("on a path", () => {
    expect([...evenly(polychain(3), 5)]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(() => evenly(line(), 1)).toThrow("The number of evenly spaced points is 1");
  });

  test("on a triangle", () => {
    expect([...evenly(simplex(2), 3)]).toEqual([0, 0, 0, 0.5, 0, 1, 0.5, 0, 0.5, 0.5, 1, 0]);
    expect(evenly(simplex(3), 6).length / 3).toBe(56); // C(8, 3)
  });
});

test("the middle is t = ½ of a path, and where all vertices of a simplex weigh the same", () => {
  expect([...middleOf(bezier(3))]).toEqual([0.5]);
  for (const k of [0, 1, 3]) {
    const map = simplex(k);
    for (const c of map.at(middleOf(map))) expect(c).toBeCloseTo(1 / (k + 1), 15);
  }
  expect(() => middleOf(plane)).toThrow("unbounded and has no middle");
});
