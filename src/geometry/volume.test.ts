import fc from "fast-check";
import { expect, test } from "vitest";
import { gramOf, simplexVolume } from "./index.ts";

/** Determinant by Gaussian elimination with pivoting. */
function determinant(rows: number[][]): number {
  const a = rows.map((row) => [...row]);
  let det = 1;
  for (let k = 0; k < a.length; k++) {
    let pivot = k;
    for (let i = k + 1; i < a.length; i++) if (Math.abs(a[i][k]) > Math.abs(a[pivot][k])) pivot = i;
    if (a[pivot][k] === 0) return 0;
    if (pivot !== k) det = -det;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    det *= a[k][k];
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k; j < a.length; j++) a[i][j] -= factor * a[k][j];
    }
  }
  return det;
}

/** V² = |det| / ((n!)² 2ⁿ) of the bordered matrix of squared distances (Benton et al. 2021). */
function cayleyMenger(points: number[][]): number {
  const squared = points.map((p) => points.map((q) => p.reduce((sum, x, d) => sum + (x - q[d]) ** 2, 0)));
  const bordered = [[0, ...points.map(() => 1)], ...squared.map((row) => [1, ...row])];
  const n = points.length - 1;
  let factor = 2 ** n;
  for (let i = 2; i <= n; i++) factor *= i * i;
  return Math.abs(determinant(bordered)) / factor;
}

test("the unit right triangle has V² = 1/4", () => {
  expect(
    simplexVolume(
      gramOf([
        [7, 7],
        [8, 7],
        [7, 8],
      ]),
    ) ** 2,
  ).toBeCloseTo(0.25, 13);
});

test("the regular tetrahedron with edge 1 has V² = 1/72", () => {
  const s = Math.SQRT1_2;
  const vertices = [
    [s, 0, 0, 0],
    [0, s, 0, 0],
    [0, 0, s, 0],
    [0, 0, 0, s],
  ];
  expect(simplexVolume(gramOf(vertices)) ** 2).toBeCloseTo(1 / 72, 15);
});

test("the corner of a cube has V = 1/n!, also where n! is huge", () => {
  const corner = (n: number) =>
    gramOf(Array.from({ length: n + 1 }, (_, i) => Array.from({ length: n }, (_, d) => (d === i ? 1 : 0))));
  expect(simplexVolume(corner(10)) * 3628800).toBeCloseTo(1, 12);
  expect(simplexVolume(corner(100))).toBeGreaterThan(0);
  expect(simplexVolume(gramOf([[3, 4]]))).toBe(1);
  expect(
    simplexVolume(
      gramOf([
        [0, 0],
        [3, 4],
      ]),
    ),
  ).toBeCloseTo(5, 14);
});

test("agrees with Cayley and Menger", () => {
  const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
  const vertices = fc.array(fc.array(coordinate, { minLength: 7, maxLength: 7 }), {
    minLength: 2,
    maxLength: 6,
  });
  fc.assert(
    fc.property(vertices, (vertices) => {
      const expected = cayleyMenger(vertices);
      expect(Math.abs(simplexVolume(gramOf(vertices)) ** 2 - expected)).toBeLessThan(
        1e-6 * Math.max(1, expected),
      );
    }),
  );
});

test("flat simplexes have volume 0", () => {
  expect(
    simplexVolume(
      gramOf([
        [0, 0, 1],
        [1, 2, 1],
        [0.3, 0.6, 1],
      ]),
    ),
  ).toBe(0);
  expect(
    simplexVolume(
      gramOf([
        [0, 1],
        [1, 1],
        [0, 2],
        [5, 5],
      ]),
    ),
  ).toBe(0);
});
