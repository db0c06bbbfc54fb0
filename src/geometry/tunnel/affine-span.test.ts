import fc from "fast-check";
import { Matrix, SVD } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { affineSpan, centredGram, distance, gramOf, spanCoordinates } from "../index.ts";

/** m anchors of D numbers each. */
function anchorsOf(m: number, D: number, seed = 1): number[][] {
  const numbers = Rng.fromSeed(seed).normal(m * D);
  return Array.from({ length: m }, (_, i) => Array.from(numbers.subarray(i * D, (i + 1) * D)));
}

const rowOf = (matrix: Float64Array, i: number, K: number) => matrix.subarray(i * K, (i + 1) * K);
const apart = (p: Float64Array, q: Float64Array) => Math.hypot(...p.map((x, d) => x - q[d]));

describe("the affine span of anchors", () => {
  test("in the published metric has the left singular vectors of the centred anchors as places", () => {
    const anchors = anchorsOf(5, 30);
    const centred = new Matrix(anchors).center("column");
    const svd = new SVD(centred, { autoTranspose: true });
    const span = affineSpan(gramOf(anchors));
    expect(span.places.dimension).toBe(4);
    for (let j = 0; j < 4; j++) {
      expect(span.singularValues[j]).toBeCloseTo(svd.diagonal[j], 12);
      const u = svd.leftSingularVectors.getColumn(j);
      const sign = Math.sign(u[4] - u[0]);
      for (let i = 0; i < 5; i++) expect(span.places.points[i * 4 + j]).toBeCloseTo(sign * u[i], 11);
    }
  });

  test("in the published metric is the regular simplex of side √2, whatever the anchors", () => {
    const { places } = affineSpan(gramOf(anchorsOf(7, 100)));
    for (let i = 0; i < 7; i++) {
      for (let j = 0; j < i; j++) {
        expect(apart(rowOf(places.points, i, 6), rowOf(places.points, j, 6))).toBeCloseTo(Math.SQRT2, 12);
      }
    }
  });

  test("in the Euclidean metric keeps the distances of weight space", () => {
    const gram = gramOf(anchorsOf(6, 40));
    const { places } = affineSpan(gram, "euclidean");
    const c = new Float64Array(6).fill(0.5);
    c[5] = -1.5;
    const middle = new Float64Array(5);
    spanCoordinates(affineSpan(gram, "euclidean"), c, middle);
    for (let i = 0; i < 6; i++) {
      const unit = new Float64Array(6);
      unit[i] = 1;
      expect(apart(rowOf(places.points, i, 5), middle)).toBeCloseTo(distance(gram, unit, c), 11);
    }
  });

  test("has maps up and down that are inverse to each other", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.constantFrom("published" as const, "euclidean" as const),
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 7, maxLength: 7 }),
        (m, metric, numbers) => {
          const span = affineSpan(gramOf(anchorsOf(m, 20, m)), metric);
          const phi = Float64Array.from(numbers.slice(0, m - 1));
          const c = span.map.at(phi);
          expect(c.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
          spanCoordinates(span, c).forEach((x, d) => {
            expect(x).toBeCloseTo(phi[d], 12);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test("does not depend on where the anchors lie, nor on which of them is subtracted", () => {
    const gram = gramOf(anchorsOf(5, 30));
    const first = affineSpan(gram).places.points;
    for (const origin of [0, 3]) {
      affineSpan(centredGram(gram, origin)).places.points.forEach((x, at) => {
        expect(x).toBeCloseTo(first[at], 11);
      });
    }
  });

  test("has coordinates that rise from the first anchor to the last", () => {
    const K = 6;
    const { points } = affineSpan(gramOf(anchorsOf(K + 1, 50))).places;
    for (let j = 0; j < K; j++) expect(points[K * K + j]).toBeGreaterThan(points[j]);
  });
});

describe("anchors that do not span m − 1 dimensions", () => {
  const [a, b, c] = anchorsOf(3, 10);
  const between = (x: number) => a.map((y, d) => (1 - x) * y + x * b[d]);

  test("have fewer coordinates: repeated, on a line", () => {
    expect(affineSpan(gramOf([a, b, c, b])).places.dimension).toBe(2);
    const line = affineSpan(gramOf([a, between(0.3), b]), "euclidean");
    expect(line.places.dimension).toBe(1);
    expect(line.places.points[1] - line.places.points[0]).toBeCloseTo(
      0.3 * (line.places.points[2] - line.places.points[0]),
      12,
    );
  });

  test("still lift to the point that the coordinates stand for", () => {
    const anchors = [a, b, c, b];
    const span = affineSpan(gramOf(anchors));
    const coefficients = Float64Array.of(0.2, 0.5, 0.6, -0.3);
    const point = (weights: ArrayLike<number>) =>
      a.map((_, d) => anchors.reduce((sum, anchor, i) => sum + weights[i] * anchor[d], 0));
    const lifted = point(span.map.at(spanCoordinates(span, coefficients)));
    point(coefficients).forEach((x, d) => {
      expect(lifted[d]).toBeCloseTo(x, 12);
    });
  });

  test("are refused where they are one point, or not finite", () => {
    expect(() => affineSpan(gramOf([a, a, a]))).toThrow(/All 3 anchors are one point/);
    expect(() => affineSpan(gramOf([[0], [0]]))).toThrow(/one point/);
    expect(() => affineSpan(gramOf([[0], [Number.NaN]]))).toThrow(/not finite/);
  });
});
