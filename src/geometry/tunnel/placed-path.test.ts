import { describe, expect, test } from "vitest";
import { bezier } from "../../subspace/index.ts";
import { bezierThrough, CURVES, helix } from "./curves.reference.ts";
import { arcLengthBetween, placedPath } from "./index.ts";
import { moveTo, pathPoint, positionOf } from "./placed-path.ts";

describe("a path among placed anchors", () => {
  test.each(Object.entries(CURVES))("%s has the published length", (_, { points, length }) => {
    expect(Math.abs(arcLengthBetween(bezierThrough(points), 0, 1) - length)).toBeLessThan(1e-6);
  });

  test("a goes through the published points, also outside of [0, 1]", () => {
    const curve = bezierThrough(CURVES.a.points);
    const published = [
      [-0.5, -0.75, -13.625],
      [0, -3, -3],
      [0.5, -2.75, 0.375],
      [0.8, -1.4, -1.08],
      [1, 0, -3.5],
      [1.1, 0.85, -5.145],
    ];
    for (const [t, x, y] of published) {
      const position = positionOf(curve, moveTo(curve, t, pathPoint(curve)));
      expect(position[0]).toBeCloseTo(x, 12);
      expect(position[1]).toBeCloseTo(y, 12);
    }
  });

  test("has the speed, the tangent and the turn of a helix", () => {
    const [r, h, angle, t] = [1.3, 2.1, 7, 0.3];
    const curve = helix({ r, h, angle });
    const speed = Math.hypot(r * angle, h);
    const point = moveTo(curve, t, pathPoint(curve));
    expect(point.speed).toBeCloseTo(speed, 12);
    const [sin, cos] = [Math.sin(angle * t), Math.cos(angle * t)];
    [-sin * r * angle, cos * r * angle, h].forEach((x, d) => {
      expect(point.tangent[d]).toBeCloseTo(x / speed, 12);
    });
    [-cos, -sin, 0].forEach((x, d) => {
      expect(point.turn[d]).toBeCloseTo((x * r * angle ** 2) / speed, 11);
    });
    expect(arcLengthBetween(curve, -0.1, 1.1)).toBeCloseTo(1.2 * speed, 12);
  });

  test("is refused where the places are of other anchors", () => {
    expect(() => placedPath(bezier(3), { dimension: 2, points: new Float64Array(6) })).toThrow(
      "The path has 4 anchors and the places are of 3",
    );
  });
});
