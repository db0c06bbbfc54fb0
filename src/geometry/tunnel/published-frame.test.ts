import { describe, expect, test } from "vitest";
import { bezier } from "../../subspace/index.ts";
import { gramOf } from "../index.ts";
import { bezierThrough, CURVES, defect } from "./curves.reference.ts";
import {
  affineSpan,
  frameRows,
  initialFrame,
  placedPath,
  publishedFrame,
  rotationMinimisingFrame,
} from "./index.ts";
import { moveTo, pathPoint } from "./placed-path.ts";

/** Any anchors: in the published metric their Bézier curve is the same. */
function curveOfDegree(K: number) {
  const anchors = Array.from({ length: K + 1 }, (_, i) =>
    Array.from({ length: K + 5 }, (_, j) => Math.sin(7 * i * i + 3 * j + i * j)),
  );
  return placedPath(bezier(K), affineSpan(gramOf(anchors)).places);
}

/** Gram–Schmidt of the vectors in order, as the authors do it. */
function gramSchmidt(vectors: number[][]): number[][] {
  const rows: number[][] = [];
  for (const vector of vectors) {
    let rest = [...vector];
    for (const row of rows) {
      const along = rest.reduce((sum, x, d) => sum + x * row[d], 0);
      rest = rest.map((x, d) => x - along * row[d]);
    }
    const length = Math.hypot(...rest);
    rows.push(rest.map((x) => x / length));
  }
  return rows;
}

describe("the published frame", () => {
  test.each(Object.entries(CURVES))(
    "of curve %s has the published numbers of cuts",
    (_, { points, wide, narrow }) => {
      const curve = bezierThrough(points);
      expect(publishedFrame(curve).cuts.length).toBe(wide);
      expect(publishedFrame(curve, { epsilon: 5 }).cuts.length).toBe(narrow);
    },
  );

  test("has the cuts of the authors' notebook", () => {
    // There the limit is cos 45° + 0.05, on 200 positions.
    const epsilon = 45 - (Math.acos(Math.SQRT1_2 + 0.05) * 180) / Math.PI;
    const cuts = (points: number[][]) =>
      [...publishedFrame(bezierThrough(points), { grid: 200, epsilon }).cuts].map((t) =>
        Number(t.toFixed(4)),
      );
    expect(cuts(CURVES.a.points)).toEqual([0, 0.3869, 0.4623, 0.5477]);
    expect(cuts(CURVES.c.points)).toEqual([0, 0.2261, 0.7839, 0.9196]);
  });

  test.each([
    [10, 26],
    [20, 40],
  ])(
    "of a Bézier curve of degree %i in the published metric has %i cuts, as of trained and untrained ones",
    (K, n) => {
      expect(publishedFrame(curveOfDegree(K), { grid: 20_000 }).cuts.length).toBe(n);
    },
  );

  test("is the Gram–Schmidt of the tangent and the stored normals", () => {
    const K = 6;
    const curve = curveOfDegree(K);
    const frame = publishedFrame(curve, { grid: 2000 });
    const tangentAt = (t: number) => [...moveTo(curve, t, pathPoint(curve)).tangent];
    const { points } = curve.anchors;
    let stored = gramSchmidt([
      tangentAt(0),
      ...Array.from({ length: K - 1 }, (_, i) => [...points.subarray((i + 1) * K, (i + 2) * K)]),
    ]);
    initialFrame(curve).forEach((x, at) => {
      expect(x).toBeCloseTo(stored[Math.floor(at / K)][at % K], 12);
    });
    const middle = (j: number) => (frame.cuts[j] + (frame.cuts[j + 1] ?? 1.1)) / 2;
    frame.cuts.forEach((cut, j) => {
      stored = gramSchmidt([tangentAt(cut), ...stored.slice(1)]);
      for (const t of [middle(j), cut, ...(j === 0 ? [-0.1] : [])]) {
        const expected = gramSchmidt([tangentAt(t), ...stored.slice(1)]).flat();
        frameRows(frame, [t]).rows.forEach((x, at) => {
          expect(x).toBeCloseTo(expected[at], 11);
        });
      }
    });
  });

  test("is orthonormal, with the derivatives and products of its rows", () => {
    const K = 8;
    const curve = curveOfDegree(K);
    const frame = publishedFrame(curve, { grid: 2000 });
    const h = 1e-5;
    const g = Float64Array.from({ length: K }, (_, d) => Math.cos(2 * d));
    const out = new Float64Array(K - 1);
    for (const t of [-0.07, 0.1234, 0.5, 0.777, 1.05]) {
      const { rows, derivatives } = frameRows(frame, [t]);
      expect(defect(rows, K)).toBeLessThan(1e-13);
      const [after, before] = [frameRows(frame, [t + h]).rows, frameRows(frame, [t - h]).rows];
      derivatives.forEach((x, at) => {
        expect(Math.abs(x - (after[at] - before[at]) / (2 * h))).toBeLessThan(1e-6);
      });
      frame.components(moveTo(curve, t, pathPoint(curve)), g, out);
      for (let i = 1; i < K; i++) {
        expect(out[i - 1]).toBeCloseTo(
          g.reduce((sum, x, d) => sum + x * rows[i * K + d], 0),
          12,
        );
      }
    }
  });

  test("comes to the rotation-minimising frame with denser cuts", () => {
    const curve = bezierThrough(CURVES.f.points);
    const exact = frameRows(rotationMinimisingFrame(curve), [1]).rows;
    const [wide, medium, dense] = [5, 40, 44.5].map((epsilon) => {
      const { rows } = frameRows(publishedFrame(curve, { epsilon, grid: 20_000 }), [1]);
      return Math.max(...rows.map((x, at) => Math.abs(x - exact[at])));
    });
    expect(medium).toBeLessThan(wide / 5);
    expect(dense).toBeLessThan(medium / 5);
  });
});
