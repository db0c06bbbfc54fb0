import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { angle, centredGram, cosine, distance, embed, gramOf, inner, norm } from "./index.ts";

const number = fc.double({ min: -10, max: 10, noNaN: true });
/** m vectors of D elements and two coefficient vectors. */
const cases = fc
  .record({ m: fc.integer({ min: 1, max: 6 }), size: fc.integer({ min: 1, max: 9 }) })
  .chain(({ m, size }) =>
    fc.record({
      vectors: fc.array(fc.array(number, { minLength: size, maxLength: size }), {
        minLength: m,
        maxLength: m,
      }),
      a: fc.array(number, { minLength: m, maxLength: m }),
      b: fc.array(number, { minLength: m, maxLength: m }),
    }),
  );
const combine = (vectors: number[][], c: number[]) =>
  vectors[0].map((_, d) => vectors.reduce((sum, vector, i) => sum + c[i] * vector[d], 0));
const dot = (x: number[], y: number[]) => x.reduce((sum, value, d) => sum + value * y[d], 0);

test("inner products, norms and distances are those of the combined vectors", () => {
  fc.assert(
    fc.property(cases, ({ vectors, a, b }) => {
      const gram = gramOf(vectors);
      const [x, y] = [combine(vectors, a), combine(vectors, b)];
      const difference = x.map((value, d) => value - y[d]);
      expect(inner(gram, a, b)).toBeCloseTo(dot(x, y), 7);
      expect(norm(gram, a) ** 2).toBeCloseTo(dot(x, x), 7);
      expect(distance(gram, a, b) ** 2).toBeCloseTo(dot(difference, difference), 7);
    }),
  );
});

test("distances do not change when the Gram matrix is centred", () => {
  fc.assert(
    fc.property(cases, fc.nat(), ({ vectors, a, b }, k) => {
      const gram = gramOf(vectors);
      const affine = (c: number[]) => c.map((x, i) => (i === 0 ? x + 1 - c.reduce((s, y) => s + y, 0) : x));
      const centred = centredGram(gram, k % vectors.length);
      const expected = distance(gram, affine(a), affine(b));
      expect(distance(centred, affine(a), affine(b)) ** 2).toBeCloseTo(expected ** 2, 6);
    }),
  );
});

test("a Gram matrix minus an anchor is that of the differences", () => {
  const centred = centredGram(
    gramOf([
      [1, 2],
      [4, 6],
      [1, -3],
    ]),
    1,
  );
  expect(centred.values).toEqual(
    gramOf([
      [-3, -4],
      [0, 0],
      [-3, -9],
    ]).values,
  );
  expect(() => centredGram(centred, 3)).toThrow("The origin is anchor 3; give a whole number from 0 to 2.");
});

test("a difference of huge, close anchors is exact in a Gram matrix minus one of them", () => {
  const centred = gramOf([
    [0, 0],
    [3e-4, 4e-4],
  ]); // the anchors are near (1e6, 1e6)
  expect(distance(centred, [1, 0], [0.5, 0.5])).toBeCloseTo(2.5e-4, 18);
});

describe("angles", () => {
  const gram = gramOf([
    [1, 0],
    [0, 1],
  ]);
  test("of known vectors", () => {
    expect(cosine(gram, [1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    expect(angle(gram, [1, 0], [1, Math.sqrt(3)])).toBeCloseTo(Math.PI / 3, 15);
    expect(angle(gram, [1, 0], [-2, 0])).toBeCloseTo(Math.PI, 15);
    expect(cosine(gram, [1, 0], [0, 0])).toBeNaN();
  });
  test("that are small keep their digits", () => {
    expect(angle(gram, [1, 0], [1, 1e-10]) / 1e-10).toBeCloseTo(1, 12);
  });
});

describe("embedding", () => {
  test("keeps all inner products", () => {
    fc.assert(
      fc.property(cases, ({ vectors }) => {
        const gram = gramOf(vectors);
        const { dimension, points } = embed(gram);
        expect(dimension).toBeLessThanOrEqual(Math.min(vectors.length, vectors[0].length));
        const rows = vectors.map((_, i) => points.subarray(i * dimension, (i + 1) * dimension));
        const again = rows.flatMap((x) =>
          rows.map((y) => x.reduce((sum, value, d) => sum + value * y[d], 0)),
        );
        again.forEach((value, i) => {
          expect(value).toBeCloseTo(gram.values[i], 8);
        });
      }),
    );
  });

  test("finds the dimension", () => {
    expect(
      embed(
        gramOf([
          [0, 0, 0],
          [1, 2, 3],
          [0.1, 0.2, 0.3],
        ]),
      ).dimension,
    ).toBe(1);
    expect(
      embed(
        gramOf([
          [0, 0, 0],
          [1, 2, 3],
          [0.1, 0.2, 0.4],
        ]),
      ).dimension,
    ).toBe(2);
    expect(embed(gramOf([[0], [0]])).dimension).toBe(0);
  });

  test("names anchors that have diverged", () => {
    expect(() => embed(gramOf([[1], [Number.NaN]]))).toThrow("not finite");
  });
});

test("wrong lengths are named", () => {
  expect(() => gramOf([[1, 2], [1]])).toThrow("Vectors of 2 and of 1 elements were given");
  expect(() => norm(gramOf([[1], [2]]), [1, 2, 3])).toThrow(
    "3 coefficients were given; the Gram matrix is of 2 anchors.",
  );
});
