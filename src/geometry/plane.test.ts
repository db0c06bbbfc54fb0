import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bezier } from "../subspace/index.ts";
import { centredGram, distance, gramOf, inner, norm, planeAlong, planeThrough } from "./index.ts";

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const vector = fc.array(coordinate, { minLength: 6, maxLength: 6 });
/** Four points in R⁶ of which the first three are not nearly on a line. */
const fourPoints = fc.tuple(vector, vector, vector, vector).filter(([a, b, c]) => {
  const [u, v] = [c.map((x, d) => x - a[d]), b.map((x, d) => x - a[d])];
  const [uu, vv] = [Math.hypot(...u), Math.hypot(...v)];
  const cosine = u.reduce((sum, x, d) => sum + x * v[d], 0) / (uu * vv);
  return uu > 0.1 && vv > 0.1 && Math.abs(cosine) < 0.99;
});
const [e0, e1, e2, e3] = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0)));

describe("plane through three points", () => {
  test("has orthonormal axes", () => {
    fc.assert(
      fc.property(fourPoints, (points) => {
        const gram = centredGram(gramOf(points));
        const { map } = planeThrough(gram, e0, e1, e2);
        const axes = map.jacobian([0, 0]);
        const [u, v] = [axes.subarray(0, 4), axes.subarray(4)];
        expect(inner(gram, u, v)).toBeCloseTo(0, 11);
        expect(norm(gram, u)).toBeCloseTo(1, 11);
        expect(norm(gram, v)).toBeCloseTo(1, 11);
      }),
    );
  });

  test("has the points at (0, 0), (x, dy) and (dx, 0)", () => {
    fc.assert(
      fc.property(fourPoints, (points) => {
        const gram = centredGram(gramOf(points));
        const plane = planeThrough(gram, e0, e1, e2);
        expect(plane.dx).toBeCloseTo(Math.hypot(...points[2].map((x, d) => x - points[0][d])), 9);
        const corners = [e0, e1, e2].map(plane.coordinates);
        expect(corners[0].x).toBeCloseTo(0, 9);
        expect(corners[0].y).toBeCloseTo(0, 9);
        expect(corners[1].y).toBeCloseTo(plane.dy, 9);
        expect(corners[2].x).toBeCloseTo(plane.dx, 9);
        expect(corners[2].y).toBeCloseTo(0, 9);
        for (const corner of corners) expect(corner.offPlane).toBeLessThan(1e-6);
        // The coefficients of those coordinates are the points again.
        const back = plane.map.at([corners[1].x, corners[1].y]);
        expect(distance(gram, back, e1)).toBeLessThan(1e-6);
      }),
    );
  });

  test("any point is the sum of its projection and its distance from the plane", () => {
    fc.assert(
      fc.property(fourPoints, (points) => {
        const gram = centredGram(gramOf(points));
        const { coordinates, map } = planeThrough(gram, e0, e1, e2);
        const { x, y, offPlane } = coordinates(e3);
        expect(Math.hypot(x, y, offPlane)).toBeCloseTo(distance(gram, e3, e0), 5);
        expect(distance(gram, map.at([x, y]), e3)).toBeCloseTo(offPlane, 5);
        // No point of the plane is closer than the projection.
        expect(distance(gram, map.at([x + 0.3, y - 0.2]), e3)).toBeGreaterThanOrEqual(offPlane);
      }),
    );
  });

  test("of known points", () => {
    const gram = gramOf([
      [1, 1, 0],
      [2, 3, 0],
      [5, 1, 0],
      [2, 2, 7],
    ]);
    const plane = planeThrough(gram, e0, e1, e2);
    expect([plane.dx, plane.dy]).toEqual([4, 2]);
    const { x, y, offPlane } = plane.coordinates(e3);
    expect(x).toBeCloseTo(1, 14);
    expect(y).toBeCloseTo(1, 14);
    expect(offPlane).toBeCloseTo(7, 14);
  });

  test("points that span no plane are an error", () => {
    const gram = gramOf([
      [0, 0],
      [1, 0.5],
      [2, 1],
      [7, 7],
    ]);
    for (const [a, b, c] of [
      [e0, e1, e2],
      [e0, e0, e3],
      [e0, e3, e0],
      [e0, e3, e3],
    ]) {
      expect(() => planeThrough(gram, a, b, c)).toThrow("lie on one line, or two of them coincide");
    }
  });
});

describe("plane along two directions", () => {
  const direction = fc.array(coordinate, { minLength: 4, maxLength: 4 });

  test("has the plane of the three points that make the directions", () => {
    fc.assert(
      fc.property(fourPoints, (points) => {
        const gram = centredGram(gramOf(points));
        const through = planeThrough(gram, e0, e1, e2);
        const along = planeAlong(gram, e0, [-1, 0, 1, 0], [-1, 1, 0, 0]);
        expect(along.dx).toBeCloseTo(through.dx, 9);
        expect(along.dy).toBeCloseTo(through.dy, 9);
        const [a, b] = [along.coordinates(e3), through.coordinates(e3)];
        expect(Math.hypot(a.x - b.x, a.y - b.y, a.offPlane - b.offPlane)).toBeLessThan(1e-6);
      }),
    );
  });

  test("has orthonormal axes and holds both directions, also where these are anchors and the Gram matrix is plain", () => {
    fc.assert(
      fc.property(fourPoints, direction, direction, (points, first, second) => {
        const gram = gramOf(points);
        const cosine = inner(gram, first, second) / (norm(gram, first) * norm(gram, second));
        fc.pre(norm(gram, first) > 0.1 && norm(gram, second) > 0.1 && Math.abs(cosine) < 0.99);
        const plane = planeAlong(gram, e0, first, second);
        const axes = plane.map.jacobian([0, 0]);
        const [u, v] = [axes.subarray(0, 4), axes.subarray(4)];
        expect(inner(gram, u, v)).toBeCloseTo(0, 9);
        expect(norm(gram, u)).toBeCloseTo(1, 9);
        expect(norm(gram, v)).toBeCloseTo(1, 9);
        const end = plane.coordinates(e0.map((x, i) => x + first[i]));
        expect(end.x / norm(gram, first)).toBeCloseTo(1, 9);
        expect(Math.hypot(end.y, end.offPlane)).toBeLessThan(1e-5 * end.x);
        const other = plane.coordinates(e0.map((x, i) => x + second[i]));
        expect(other.y / plane.dy).toBeCloseTo(1, 9);
        expect(other.offPlane).toBeLessThan(1e-5 * norm(gram, second));
      }),
    );
  });

  test("through the ends and the middle of a quadratic curve holds the whole curve", () => {
    const gram = centredGram(
      gramOf([
        [1, 2, 3, 4],
        [9, 9, -2, 0],
        [4, 0, 0, 1],
      ]),
    );
    const path = bezier(2);
    const plane = planeThrough(gram, path.at(0), path.at(0.5), path.at(1));
    for (const t of [0.1, 0.37, 0.9]) expect(plane.coordinates(path.at(t)).offPlane).toBeLessThan(1e-6);
  });

  test("parallel directions and zero are an error", () => {
    const gram = gramOf([
      [1, 0],
      [0, 1],
    ]);
    for (const [first, second] of [
      [
        [1, 2],
        [2, 4],
      ],
      [
        [0, 0],
        [1, 0],
      ],
      [
        [1, 0],
        [0, 0],
      ],
    ]) {
      expect(() => planeAlong(gram, [1, 0], first, second)).toThrow("parallel, or one of them is zero");
    }
  });
});
