import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coefficientMatrix } from "../subspace/index.ts";
import { centredGram, distance, gramOf, inner, norm, planeGrid, planeThrough } from "./index.ts";

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

describe("grid", () => {
  test("as published goes from −0.2 to 1.2 of the lengths in 21 steps of 0.07", () => {
    const { xs, ys } = planeGrid({ dx: 10, dy: 5, nodesAtPoints: false });
    expect(xs.length).toBe(21);
    expect(xs[0]).toBeCloseTo(-2, 14);
    expect(xs[1] - xs[0]).toBeCloseTo(0.7, 14);
    expect(xs[20]).toBeCloseTo(12, 14);
    expect(ys[20]).toBeCloseTo(6, 14);
  });

  test("by default has nodes at 0 and 1, even spacing and nearly the margin", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 120 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (points, margin) => {
          const { xs, ys } = planeGrid({ dx: 3, dy: 2, points, margin });
          expect(xs.length).toBe(points);
          for (const [nodes, length] of [
            [xs, 3],
            [ys, 2],
          ] as const) {
            expect(nodes).toContain(0);
            expect(nodes).toContain(length);
            const step = nodes[1] - nodes[0];
            nodes.forEach((x, i) => {
              if (i > 0) expect(x - nodes[i - 1]).toBeCloseTo(step, 12);
            });
            expect(nodes[0] + nodes[points - 1]).toBeCloseTo(length, 12);
          }
          // One node more or less on each side changes the margin by at most this.
          const step = (xs[1] - xs[0]) / 3;
          if (points > 3 + 4 * margin)
            expect(Math.abs(-xs[0] / 3 - margin)).toBeLessThan(2 * step * (1 + margin));
        },
      ),
    );
    expect(planeGrid({ dx: 14, dy: 14 }).xs[0]).toBe(-3);
    expect(planeGrid({ dx: 1, dy: 1, points: 51 }).xs[0]).toBeCloseTo(-7 / 36, 14);
    expect(planeGrid({ dx: 1, dy: 1, points: 15 }).xs[0]).toBeCloseTo(-0.2, 14);
  });

  test("lists its nodes with x fastest", () => {
    const { xs, ys, nodes } = planeGrid({ dx: 1, dy: 2, margin: 0, points: 2 });
    expect([...xs, ...ys]).toEqual([0, 1, 0, 2]);
    expect([...nodes]).toEqual([0, 0, 1, 0, 0, 2, 1, 2]);
    const { map } = planeThrough(
      gramOf([
        [0, 0],
        [0, 2],
        [1, 0],
      ]),
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    );
    expect([...coefficientMatrix(map, nodes)]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0, -1, 1, 1]);
  });

  test("wrong sizes are named", () => {
    expect(() => planeGrid({ dx: 1, dy: 1, points: 1 })).toThrow("A grid of 1 points");
    expect(() => planeGrid({ dx: 1, dy: 1, margin: -1 })).toThrow("The margin of the grid is -1");
  });
});
