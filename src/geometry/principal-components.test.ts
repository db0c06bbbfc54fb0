import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { bezier, coefficientMatrix, evenly, line, simplex } from "../subspace/index.ts";
import { centredGram, gramOf, inner, planeAlong, principalComponents } from "./index.ts";

const rng = Rng.fromSeed(5);
const D = 30;
const vectors = rng.splitN(4).map((stream) => [...stream.normal(D)]);
const gram = centredGram(gramOf(vectors));

describe("points of a cubic curve", () => {
  const path = bezier(3);
  const n = 50;
  const coefficients = coefficientMatrix(path, evenly(path, n));
  const found = principalComponents(coefficients, gram);
  // The same from the points themselves, by singular values.
  const points = Array.from({ length: n }, (_, i) =>
    Array.from({ length: D }, (_, d) =>
      vectors.reduce((sum, v, j) => sum + coefficients[4 * i + j] * v[d], 0),
    ),
  );
  const means = points[0].map((_, d) => points.reduce((sum, p) => sum + p[d] / n, 0));
  const svd = new SingularValueDecomposition(new Matrix(points.map((p) => p.map((x, d) => x - means[d]))));

  test("have the variances, scores and components of their vectors", () => {
    expect(found.count).toBe(3);
    const total = svd.diagonal.reduce((sum, s) => sum + s * s, 0);
    for (let k = 0; k < 3; k++) {
      const s = svd.diagonal[k];
      expect(found.variances[k]).toBeCloseTo((s * s) / (n - 1), 9);
      expect(found.ratios[k]).toBeCloseTo((s * s) / total, 11);
      const theirs = svd.leftSingularVectors.getColumn(k).map((u) => u * s);
      const sign = Math.sign(theirs[0] * found.scores[k]);
      theirs.forEach((score, i) => {
        expect(found.scores[3 * i + k]).toBeCloseTo(sign * score, 9);
      });
      svd.rightSingularVectors.getColumn(k).forEach((x, d) => {
        const ours = vectors.reduce((sum, v, j) => sum + found.components[k][j] * v[d], 0);
        expect(ours).toBeCloseTo(sign * x, 8);
      });
    }
    expect(found.ratios.reduce((a, b) => a + b)).toBeCloseTo(1, 7);
  });

  test("components are orthonormal directions, and the scores are coordinates along them", () => {
    found.components.forEach((a, j) => {
      expect(a.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 12);
      found.components.forEach((b, k) => {
        expect(inner(gram, a, b)).toBeCloseTo(j === k ? 1 : 0, 10);
      });
    });
    const plane = planeAlong(gram, found.mean, found.components[0], found.components[1]);
    for (const i of [0, 13, 49]) {
      const { x, y, offPlane } = plane.coordinates(coefficients.subarray(4 * i, 4 * i + 4));
      expect(x).toBeCloseTo(found.scores[3 * i], 9);
      expect(y).toBeCloseTo(found.scores[3 * i + 1], 9);
      expect(offPlane).toBeCloseTo(Math.abs(found.scores[3 * i + 2]), 6);
    }
  });

  test("scores rise from the first to the last point", () => {
    for (let k = 0; k < 3; k++) expect(found.scores[3 * (n - 1) + k]).toBeGreaterThan(found.scores[k]);
  });
});

test("a straight line has one component, of variance L² (n + 1)/(12 (n − 1)) for n even points", () => {
  const coefficients = coefficientMatrix(line(), evenly(line(), 9));
  const { count, ratios, variances, scores } = principalComponents(
    coefficients,
    gramOf([
      [1, 1],
      [4, 5],
    ]),
  );
  expect(count).toBe(1);
  expect(ratios[0]).toBeCloseTo(1, 14);
  expect(variances[0]).toBeCloseTo((25 / 64) * (90 / 12), 12);
  scores.forEach((score, i) => {
    expect(Math.abs(score)).toBeCloseTo((5 * Math.abs(i - 4)) / 8, 12);
  });
});

test("where the ends have one score the largest score is positive", () => {
  for (const height of [1, -1]) {
    const { scores } = principalComponents(
      coefficientMatrix(bezier(2), evenly(bezier(2), 5)),
      gramOf([
        [0, 0],
        [2, height],
        [4, 0],
      ]),
    );
    const second = [0, 1, 2, 3, 4].map((i) => scores[2 * i + 1]);
    expect(Math.max(...second)).toBeGreaterThan(-Math.min(...second) - 1e-12);
  }
});

test("a bend with less than 1e-8 of the variance is left out, and one with more is not", () => {
  const count = (height: number) =>
    principalComponents(
      coefficientMatrix(bezier(2), evenly(bezier(2), 101)),
      gramOf([
        [0, 0],
        [1, height],
        [2, 0],
      ]),
    ).count;
  expect(count(1e-3)).toBe(2);
  expect(count(1e-5)).toBe(1);
});

test("the corners of an equilateral triangle have two equal variances", () => {
  const corners = gramOf([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const { count, variances } = principalComponents(
    coefficientMatrix(simplex(2), [0, 0, 1, 0, 0, 1]),
    corners,
  );
  expect(count).toBe(2);
  expect(variances[0]).toBeCloseTo(0.5, 14);
  expect(variances[1]).toBeCloseTo(0.5, 14);
});

test("points in one place have no components, and one point is an error", () => {
  const { count, scores } = principalComponents(
    Float64Array.of(0.5, 0.5, 0.5, 0.5),
    gramOf([
      [1, 0],
      [0, 1],
    ]),
  );
  expect([count, scores.length]).toEqual([0, 0]);
  expect(() => principalComponents(Float64Array.of(1, 0, 0, 0), gram)).toThrow("4 coefficients were given");
});
