import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bezier, evenly, line, type PathMap, polychain } from "../subspace/index.ts";
import { centredGram, curvatures, frenet, gramOf, inner, norm, torsions } from "./index.ts";

/**
 * A helix as a path over four anchors: its centre, a point of its circle in each of two orthogonal directions, and a
 * point above the centre: c = (1 − cos − sin − rise, cos, sin, rise) at phase = ω t.
 */
function helix(omega: number): PathMap {
  const derivative = (t: number, order = 1, out: Float64Array = new Float64Array(4)) => {
    const phase = omega * t + (order * Math.PI) / 2;
    out[1] = omega ** order * Math.cos(phase);
    out[2] = omega ** order * Math.sin(phase);
    out[3] = order === 0 ? omega * t : order === 1 ? omega : 0;
    out[0] = (order === 0 ? 1 : 0) - out[1] - out[2] - out[3];
    return out;
  };
  const at = (t: number | ArrayLike<number>, out?: Float64Array) =>
    derivative(typeof t === "number" ? t : t[0], 0, out);
  return { ...bezier(3), at, derivative };
}

/** Anchors of a helix of radius a and rise c for each radian, turned out of the coordinate planes and shifted. */
function helixGram(a: number, c: number) {
  const axes = [
    [0.48, 0.64, 0.6],
    [-0.8, 0.6, 0],
    [-0.36, -0.48, 0.8],
  ];
  const from = [7, -3, 2];
  const anchor = (axis: number[], length: number) => from.map((x, d) => x + length * axis[d]);
  return gramOf([from, anchor(axes[0], a), anchor(axes[1], a), anchor(axes[2], c)]);
}

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const point = fc.tuple(coordinate, coordinate, coordinate);

describe("a helix of radius a and rise c", () => {
  test("has curvature a/(a² + c²) and torsion c/(a² + c²) everywhere", () => {
    const size = fc.double({ min: 0.1, max: 5, noNaN: true });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0.5, max: 7, noNaN: true }), (a, c, omega) => {
        const gram = helixGram(a, c);
        const { count, curvatures: chi } = frenet(helix(omega), gram, [0, 0.3, 1]);
        expect(count).toBe(2);
        for (const i of [0, 1, 2]) {
          expect(chi[i * count] / (a / (a * a + c * c))).toBeCloseTo(1, 7);
          expect(chi[i * count + 1] / (c / (a * a + c * c))).toBeCloseTo(1, 7);
        }
        expect(torsions(helix(omega), centredGram(gram), [0.5])[0] / (c / (a * a + c * c))).toBeCloseTo(1, 9);
      }),
    );
  });

  test("has an orthonormal frame whose first vector is the tangent", () => {
    const gram = centredGram(helixGram(2, 1));
    const path = helix(3);
    const { frames } = frenet(path, gram, [0.4]);
    const frame = [0, 1, 2].map((j) => frames.subarray(4 * j, 4 * j + 4));
    frame.forEach((e, j) => {
      expect(e.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 12);
      frame.forEach((f, k) => {
        expect(inner(gram, e, f)).toBeCloseTo(j === k ? 1 : 0, 12);
      });
    });
    const speed = 3 * Math.sqrt(5);
    path.derivative(0.4).forEach((x, i) => {
      expect(frame[0][i]).toBeCloseTo(x / speed, 12);
    });
    // The normal points to the axis of the helix.
    expect(inner(gram, frame[1], [1 - 1, Math.cos(1.2), Math.sin(1.2), 0])).toBeCloseTo(-2, 12);
  });
});

test("a moment curve (t, t², …, tⁿ) has χ_j = j + 1 at 0, and that in R³ its known curvature and torsion", () => {
  // r⁽ʲ⁾(0) = j! e_j, so ρ_j = j! and χ_j = (j + 1)!/(j! 1!) = j + 1.
  const n = 5;
  const monomials: PathMap = {
    ...bezier(n),
    derivative(t, order = 1, out = new Float64Array(n + 1)) {
      for (let k = 1; k <= n; k++) {
        let factor = 1;
        for (let f = k; f > k - order; f--) factor *= f;
        out[k] = order > k ? 0 : factor * t ** (k - order);
      }
      return out;
    },
  };
  const unit = Array.from({ length: n + 1 }, (_, i) => Array.from({ length: n }, (_, d) => +(d === i - 1)));
  const { count, curvatures: chi } = frenet(monomials, gramOf(unit), [0]);
  expect(count).toBe(n - 1);
  [2, 3, 4, 5].forEach((expected, j) => {
    expect(chi[j]).toBeCloseTo(expected, 12);
  });
  // The twisted cubic (t, t², t³) has κ = 2 √(9t⁴ + 9t² + 1)/(1 + 4t² + 9t⁴)^(3/2), τ = 3/(9t⁴ + 9t² + 1).
  const cubic = unit.map((row) => row.slice(0, 3));
  for (const t of [0.2, 0.7, 1]) {
    const [kappa, tau] = frenet(monomials, gramOf(cubic), [t]).curvatures;
    const q = 9 * t ** 4 + 9 * t ** 2 + 1;
    expect(kappa).toBeCloseTo((2 * Math.sqrt(q)) / (1 + 4 * t ** 2 + 9 * t ** 4) ** 1.5, 12);
    expect(tau).toBeCloseTo(3 / q, 12);
  }
});

describe("Bézier curves", () => {
  test("χ₁ is the curvature", () => {
    fc.assert(
      fc.property(fc.tuple(point, point, point, point), (controls) => {
        const gram = centredGram(gramOf(controls));
        const ts = [0.1, 0.5, 0.8];
        const [kappa, found] = [curvatures(bezier(3), gram, ts), frenet(bezier(3), gram, ts, 1).curvatures];
        found.forEach((x, i) => {
          const speed = norm(gram, bezier(3).derivative(ts[i]));
          fc.pre(speed > 0.1);
          // What rounding leaves of the part along the path has this scale.
          const scale = norm(gram, bezier(3).derivative(ts[i], 2)) / speed ** 2;
          expect(Math.abs(x - kappa[i])).toBeLessThan(1e-7 * (1 + scale));
        });
      }),
    );
  });

  test("the torsion of a cubic is that of finite differences, |(r' × r'') · r'''| / |r' × r''|²", () => {
    const controls = [
      [0, 0, 0],
      [1, 2, 0.5],
      [3, -1, 2],
      [4, 1, -1],
    ];
    const place = (t: number) =>
      [0, 1, 2].map((d) =>
        bezier(3)
          .at(t)
          .reduce((sum, c, i) => sum + c * controls[i][d], 0),
      );
    const h = 1e-3;
    for (const t of [0.2, 0.5, 0.9]) {
      const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((k) => place(t + k * h));
      const [r1, r2, r3] = [
        c.map((_, i) => (d[i] - b[i]) / (2 * h)),
        c.map((_, i) => (d[i] - 2 * c[i] + b[i]) / h ** 2),
        c.map((_, i) => (e[i] - 2 * d[i] + 2 * b[i] - a[i]) / (2 * h ** 3)),
      ];
      const cross = [0, 1, 2].map(
        (i) => r1[(i + 1) % 3] * r2[(i + 2) % 3] - r1[(i + 2) % 3] * r2[(i + 1) % 3],
      );
      const expected = Math.abs(cross.reduce((sum, x, i) => sum + x * r3[i], 0)) / Math.hypot(...cross) ** 2;
      expect(torsions(bezier(3), gramOf(controls), [t])[0] / expected).toBeCloseTo(1, 4);
    }
  });

  test("a plane curve among anchors of more dimensions has torsion 0 and nothing beyond", () => {
    const gram = centredGram(
      gramOf([
        [0, 0, 0, 1],
        [1, 2, 0, 1],
        [3, 1, 0, 1],
        [4, -1, 0, 1],
        [0, 0, 5, 3],
      ]),
    );
    const cubic: PathMap = {
      ...bezier(4),
      derivative: (t, order = 1) => Float64Array.of(...bezier(3).derivative(t, order), 0),
    };
    const { count, curvatures: chi } = frenet(cubic, gram, [0.3], 3);
    expect(count).toBe(3);
    expect(chi[0]).toBeGreaterThan(0.1);
    expect([...chi.subarray(1)]).toEqual([0, Number.NaN]);
  });
});

test("a line and the legs of a chain have curvature 0, and a path that stands still has none", () => {
  const triangle = gramOf([
    [0, 0],
    [1, 2],
    [5, 0],
  ]);
  expect([...frenet(polychain(3), triangle, [0.2], 2).curvatures]).toEqual([0, Number.NaN]);
  const pair = gramOf([
    [1, 2],
    [3, 5],
  ]);
  expect([...frenet(line(), pair, evenly(line(), 2)).curvatures]).toEqual([0, 0]);
  const still = gramOf([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  const { curvatures: chi, frames } = frenet(bezier(2), centredGram(still), [0.5], 2);
  expect([...chi, ...frames].every(Number.isNaN)).toBe(true);
  expect(() => frenet(line(), pair, [0], 0)).toThrow("0 generalised curvatures");
});
