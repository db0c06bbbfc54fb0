import { describe, expect, test } from "vitest";
import { bezierThrough, CURVES, helix } from "./curves.reference.ts";
import { injectivityRadius } from "./index.ts";
import { meetingReach } from "./injectivity.ts";
import { moveTo, type PathPoint, pathPoint } from "./placed-path.ts";

describe("the injectivity radius", () => {
  test("of an arc of a circle is its radius, also where the ends nearly meet", () => {
    for (const angle of [1, 4, 2 * Math.PI - 0.1]) {
      const { radius, approach } = injectivityRadius(helix({ r: 1.7, h: 0, angle }), { range: [0, 1] });
      expect(radius).toBeCloseTo(1.7, 8);
      expect(approach.radius).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test("of a wide helix is its radius of curvature, (r² a² + h²) / (r a²)", () => {
    const [r, h, angle] = [1, 9, 4 * Math.PI];
    const { radius, curvature } = injectivityRadius(helix({ r, h, angle }));
    expect(curvature.radius).toBeCloseTo((r * r * angle * angle + h * h) / (r * angle * angle), 10);
    expect(radius).toBe(curvature.radius);
  });

  test("of a tight helix is half the distance of its strands", () => {
    const [r, h, turns] = [1, 0.8, 2];
    // |d|² = 2 r² (1 − cos x) + (c x)² is smallest where 2 r² sin x + 2 c² x = 0, near 2π.
    const c = h / (turns * 2 * Math.PI);
    let x = 2 * Math.PI;
    for (let i = 0; i < 50; i++) x -= (r * r * Math.sin(x) + c * c * x) / (r * r * Math.cos(x) + c * c);
    const strands = Math.sqrt(2 * r * r * (1 - Math.cos(x)) + (c * x) ** 2);
    const { radius, approach } = injectivityRadius(helix({ r, h, angle: turns * 2 * Math.PI }));
    expect(approach.radius).toBeCloseTo(strands / 2, 10);
    expect(radius).toBeCloseTo(strands / 2, 10);
    const [s, t] = approach.at;
    expect((t - s) * turns * 2 * Math.PI).toBeCloseTo(x, 5);
  });

  test("of a path that crosses itself is 0, of a line infinite", () => {
    expect(injectivityRadius(bezierThrough(CURVES.e.points)).radius).toBeLessThan(1e-12);
    expect(
      injectivityRadius(
        bezierThrough([
          [0, 0, 0],
          [1, 2, 3],
        ]),
      ).radius,
    ).toBeGreaterThan(1e12);
  });

  test("of curve f is the smallest reach at which any two of its discs meet", () => {
    const curve = bezierThrough(CURVES.f.points);
    const points: PathPoint[] = Array.from({ length: 241 }, (_, i) =>
      moveTo(curve, -0.1 + i / 200, pathPoint(curve)),
    );
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < points.length; i++) {
      for (let j = i + 1; j < points.length; j++)
        smallest = Math.min(smallest, meetingReach(curve, points[i], points[j]));
    }
    const { radius } = injectivityRadius(curve);
    expect(smallest).toBeGreaterThan(radius - 1e-6);
    expect(smallest).toBeLessThan(radius * 1.01);
  });
});

describe("the reach at which two discs meet", () => {
  const meeting = (p: number[][], q: number[][]) => {
    const [first, second] = [bezierThrough(p), bezierThrough(q)];
    const both = bezierThrough([p[0], q[0]]);
    const [a, b] = [moveTo(first, 0, pathPoint(first)), moveTo(second, 0, pathPoint(second))];
    // Their positions are the first and the second anchor of the line between them.
    a.coefficients[0].set([1, 0]);
    b.coefficients[0].set([0, 1]);
    return meetingReach(both, a, b);
  };

  test("is the larger of the two legs at a right angle, and infinite for parallel discs", () => {
    expect(
      meeting(
        [
          [0, 0],
          [1, 0],
        ],
        [
          [3, 2],
          [3, 5],
        ],
      ),
    ).toBeCloseTo(3, 12);
    expect(
      meeting(
        [
          [0, 0],
          [1, 0],
        ],
        [
          [1, 2],
          [2, 2],
        ],
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });

  test("can be half of the distance in three dimensions", () => {
    expect(
      meeting(
        [
          [0, 0, 0],
          [1, 0, 0],
        ],
        [
          [0, 0, 2],
          [0, 1, 2],
        ],
      ),
    ).toBeCloseTo(1, 12);
  });
});
