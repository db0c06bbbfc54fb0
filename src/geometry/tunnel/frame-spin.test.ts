import { expect, test } from "vitest";
import { bezier } from "../../subspace/index.ts";
import { gramOf } from "../index.ts";
import { helixMap } from "./curves.reference.ts";
import {
  affineSpan,
  frameRows,
  frameSpin,
  frenetRows,
  placedPath,
  publishedFrame,
  rotationMinimisingFrame,
} from "./index.ts";

const TS = Float64Array.from({ length: 2001 }, (_, i) => i / 2000);

test("the Frenet frame of a path of degree 3 turns by its torsion, and a rotation-minimising one not at all", () => {
  const points = [0, 1, 2, 3].map((i) => Float64Array.from({ length: 4 }, (_, d) => (d === i ? 1 : 0)));
  const span = affineSpan(gramOf(points), "euclidean");
  const curve = placedPath(bezier(3), span.places);
  // Torsion det(B', B'', B''') / |B' x B''|², times |B'|: from the coordinates, with polynomials of their own.
  const { points: p } = span.places;
  const at = (i: number, d: number) => p[3 * i + d];
  const integral = TS.subarray(1).reduce((sum, t1, i) => {
    const t = (t1 + TS[i]) / 2;
    const u = 1 - t;
    const vectors = [0, 1, 2].map((order) =>
      [0, 1, 2].map((d) => {
        const [a, b, c, e] = [0, 1, 2, 3].map((j) => at(j, d));
        if (order === 0) return 3 * (u * u * (b - a) + 2 * u * t * (c - b) + t * t * (e - c));
        if (order === 1) return 6 * (u * (c - 2 * b + a) + t * (e - 2 * c + b));
        return 6 * (e - 3 * c + 3 * b - a);
      }),
    );
    const [f, s, g] = vectors;
    const cross = [f[1] * s[2] - f[2] * s[1], f[2] * s[0] - f[0] * s[2], f[0] * s[1] - f[1] * s[0]];
    const torsion = (cross[0] * g[0] + cross[1] * g[1] + cross[2] * g[2]) / Math.hypot(...cross) ** 2;
    return sum + Math.abs(torsion) * Math.hypot(...f) * (t1 - TS[i]);
  }, 0);
  const frenet = frameSpin(frenetRows(curve, TS), 3);
  expect(frenet.total).toBeCloseTo(integral, 3);
  expect(frenet.flips).toEqual([]);
  const minimising = frameRows(rotationMinimisingFrame(curve), TS).rows;
  expect(frameSpin(minimising, 3).total).toBeLessThan(1e-5);
  const published = frameSpin(frameRows(publishedFrame(curve), TS).rows, 3);
  expect(published.total).toBeGreaterThan(1e-4);
  expect(published.total).toBeLessThan(frenet.total);
});

test("the Frenet frame of an S flips once, where it changes its side", () => {
  const anchors = { dimension: 2, points: Float64Array.of(0, 0, 1, 1, 2, -1, 3, 0) };
  const { flips, total } = frameSpin(frenetRows(placedPath(bezier(3), anchors), TS), 2);
  expect(flips).toHaveLength(1);
  expect(TS[flips[0]]).toBeCloseTo(0.5, 2);
  expect(total).toBe(0);
});

test("a circle in the plane does not spin", () => {
  const anchors = { dimension: 2, points: Float64Array.of(0, 0, 1, 0, 0, 1) };
  const rows = frenetRows(placedPath(helixMap(2, true), anchors), TS);
  expect(frameSpin(rows, 2)).toMatchObject({ total: 0, flips: [], undefinedPositions: 0 });
});
