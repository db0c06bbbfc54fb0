import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bezier, evenly, line, type PathMap, polychain } from "../subspace/index.ts";
import {
  averageCurvature,
  centredGram,
  curvature,
  curvatures,
  discreteCurvatures,
  distance,
  gramOf,
  maxDeviationFromChord,
  mengerCurvature,
  pathLength,
  straightness,
  totalTurning,
} from "./index.ts";

/** An arc of a circle as a path: anchors are the centre and two orthogonal points, c = (1 − cos − sin, cos, sin). */
function arc(angle: number): PathMap {
  const derivative = (t: number, order = 1, out: Float64Array = new Float64Array(3)) => {
    const phase = angle * t + (order * Math.PI) / 2;
    out[1] = angle ** order * Math.cos(phase);
    out[2] = angle ** order * Math.sin(phase);
    out[0] = (order === 0 ? 1 : 0) - out[1] - out[2];
    return out;
  };
  const at = (t: number | ArrayLike<number>, out?: Float64Array) =>
    derivative(typeof t === "number" ? t : t[0], 0, out);
  return { ...bezier(2), at, derivative };
}

const radius = 3.7;
/** The centre and two points of the circle, turned out of the coordinate planes and away from the origin. */
const circle = gramOf([
  [5, -2, 1],
  [5 + radius * 0.6, -2 + radius * 0.8, 1],
  [5 - radius * 0.8 * 0.28, -2 + radius * 0.6 * 0.28, 1 + radius * 0.96],
]);

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });

describe("a circle of radius r", () => {
  const path = arc(1.5 * Math.PI);
  const ts = evenly(path, 200);

  test("has curvature 1/r by every formula", () => {
    for (const kappa of curvatures(path, circle, ts)) expect(kappa).toBeCloseTo(1 / radius, 12);
    for (const kappa of discreteCurvatures(path, circle, ts)) {
      expect(Math.abs(kappa * radius - 1)).toBeLessThan(1e-3);
    }
    const between = (i: number, j: number) => distance(circle, path.at(ts[i]), path.at(ts[j]));
    expect(mengerCurvature(between(0, 1), between(1, 2), between(0, 2)) * radius).toBeCloseTo(1, 7);
    expect(mengerCurvature(between(3, 90), between(90, 170), between(3, 170)) * radius).toBeCloseTo(1, 12);
    expect(averageCurvature(path, circle)).toBeCloseTo(1 / radius, 12);
  });

  test("has the length, the turning and the deviation of its angle", () => {
    expect(pathLength(path, circle)).toBeCloseTo(1.5 * Math.PI * radius, 12);
    expect(totalTurning(path, circle)).toBeCloseTo(1.5 * Math.PI * (1 - 1 / 1000), 9);
    const half = arc(Math.PI);
    expect(maxDeviationFromChord(half, circle)).toBeCloseTo(radius, 12);
    expect(straightness(half, circle)).toBeCloseTo(Math.PI / 2, 12);
  });
});

describe("a straight path", () => {
  test("has curvature, turning and deviation 0, and straightness 1", () => {
    const vectors = [
      [1, 2, 3],
      [-4, 0.5, 9],
    ];
    const gram = centredGram(gramOf(vectors));
    expect(Math.max(...curvatures(line(), gram, evenly(line(), 50)))).toBeLessThan(1e-9);
    expect(Math.max(...discreteCurvatures(line(), gram, evenly(line(), 1000)))).toBeLessThan(1e-9);
    expect(totalTurning(line(), gram)).toBeLessThan(1e-9);
    expect(maxDeviationFromChord(line(), gram)).toBeLessThan(1e-13);
    expect(straightness(line(), gram)).toBeCloseTo(1, 14);
  });

  test("has curvature 0 also as a Bézier curve with control points on a line", () => {
    const monotone = fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(monotone, fc.array(coordinate, { minLength: 3, maxLength: 3 }), (steps, direction) => {
        fc.pre(Math.hypot(...direction) > 0.1);
        let position = 0;
        const controls = [0, ...steps].map((step) => {
          position += step;
          return direction.map((x) => position * x);
        });
        const path = bezier(steps.length);
        const kappas = curvatures(path, gramOf(controls), evenly(path, 20));
        expect(Math.max(...kappas)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe("Bézier curves", () => {
  test("a quadratic one has the curvature of its closed form", () => {
    const point = fc.tuple(coordinate, coordinate, coordinate);
    fc.assert(
      fc.property(point, point, point, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, c, t) => {
        const first = a.map((_, d) => 2 * (1 - t) * (b[d] - a[d]) + 2 * t * (c[d] - b[d]));
        const second = a.map((_, d) => 2 * (a[d] - 2 * b[d] + c[d]));
        const [x1, y1, z1] = first;
        const [x2, y2, z2] = second;
        const speed = Math.hypot(...first);
        fc.pre(speed > 0.1);
        const expected = Math.hypot(y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2) / speed ** 3;
        const found = curvature(bezier(2), centredGram(gramOf([a, b, c])), t);
        // Both terms of the formula have this size, however straight the curve is.
        const scale = Math.hypot(...second) / speed ** 2;
        expect(Math.abs(found - expected)).toBeLessThan(1e-6 * Math.max(1, scale));
      }),
    );
  });

  test("the average over t of a parabola in closed form", () => {
    // (t, t²): ∫ 2 (1 + 4t²)^(−3/2) dt = 2/√5, by the trapezoid rule to O(h²).
    const gram = gramOf([
      [0, 0],
      [0.5, 0],
      [1, 1],
    ]);
    expect(averageCurvature(bezier(2), gram)).toBeCloseTo(2 / Math.sqrt(5), 6);
    expect(totalTurning(bezier(2), gram)).toBeCloseTo(Math.atan(2), 2);
  });

  test("finite differences converge to the curvature", () => {
    const controls = [
      [-2.5, 1],
      [-1, -1],
      [1.7, 1.7],
      [1, -0.9],
    ];
    const gram = gramOf(controls);
    const ts = evenly(bezier(3), 4001);
    const exact = curvatures(bezier(3), gram, ts);
    discreteCurvatures(bezier(3), gram, ts).forEach((kappa, i) => {
      expect(Math.abs(kappa - exact[i + 1])).toBeLessThan(1e-2 * (1 + exact[i + 1]));
    });
  });
});

describe("chains", () => {
  test("turn by the sum of their bends, sampled at the bends or not", () => {
    const gram = gramOf([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 2],
    ]);
    for (const samples of [1000, 1001]) {
      expect(totalTurning(polychain(4), gram, samples)).toBeCloseTo((3 * Math.PI) / 4, 10);
    }
    expect(curvature(polychain(4), gram, 0.1)).toBe(0);
  });

  test("deviate by the height of their triangle", () => {
    const gram = gramOf([
      [0, 0],
      [1, 2],
      [5, 0],
    ]);
    expect(maxDeviationFromChord(polychain(3), gram)).toBeCloseTo(2, 13);
  });

  test("that close deviate by the distance from the end", () => {
    expect(
      maxDeviationFromChord(
        polychain(3),
        gramOf([
          [0, 0],
          [3, 4],
          [0, 0],
        ]),
      ),
    ).toBeCloseTo(5, 13);
  });
});

test("Menger curvature of known triangles", () => {
  expect(mengerCurvature(3, 4, 5)).toBeCloseTo(1 / 2.5, 15);
  expect(mengerCurvature(1, 1, 1)).toBeCloseTo(Math.sqrt(3), 15);
  expect(mengerCurvature(1, 2, 3)).toBe(0);
  expect(mengerCurvature(1, 2, 3 + 1e-12)).toBe(0);
});
