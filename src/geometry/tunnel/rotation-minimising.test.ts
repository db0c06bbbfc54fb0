import { describe, expect, test } from "vitest";
import { bezier, polychain } from "../../subspace/index.ts";
import { gramOf, totalTurning } from "../index.ts";
import { bezierThrough, CURVES, defect, helix } from "./curves.reference.ts";
import {
  affineSpan,
  frameRows,
  frenetRows,
  initialFrame,
  placedPath,
  rotationMinimisingFrame,
} from "./index.ts";
import { moveTo, pathPoint } from "./placed-path.ts";

const spread = (n: number) => Float64Array.from({ length: n }, (_, i) => -0.1 + (1.2 * (i + 0.37)) / n);
const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, d) => sum + x * b[d], 0);
const largest = (numbers: Iterable<number>) =>
  Array.from(numbers).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** A Bézier curve in the published metric, where it is the same whatever the anchors. */
function curveOfDegree(K: number) {
  const axes = Array.from({ length: K + 1 }, (_, i) =>
    Array.from({ length: K + 1 }, (_, j) => (i === j ? 1 : 0)),
  );
  return placedPath(bezier(K), affineSpan(gramOf(axes)).places);
}

describe("the rotation-minimising frame of a helix", () => {
  const [r, h, angle] = [1.3, 2.1, 7];
  const speed = Math.hypot(r * angle, h);
  const curve = helix({ r, h, angle });

  /** The angle of the first normal in the plane of the principal normal and the binormal. */
  function angleAgainstFrenet(rows: Float64Array, t: number): number {
    const [T, N] = [rows.subarray(0, 3), rows.subarray(3, 6)];
    const p = [-Math.cos(angle * t), -Math.sin(angle * t), 0];
    const b = [0, 1, 2].map((d) => T[(d + 1) % 3] * p[(d + 2) % 3] - T[(d + 2) % 3] * p[(d + 1) % 3]);
    return Math.atan2(product(N, b), product(N, p));
  }

  test("turns back against the Frenet frame by the integral of the torsion, to 1e-9", () => {
    const frame = rotationMinimisingFrame(curve);
    const start = angleAgainstFrenet(initialFrame(curve), 0);
    for (const t of spread(200)) {
      const turned = angleAgainstFrenet(frameRows(frame, [t]).rows, t) - start;
      const torsion = (-angle * h * t) / speed;
      expect(Math.abs(Math.sin((turned - torsion) / 2))).toBeLessThan(1e-9);
    }
  });

  test("has nodes that the tangent turns by less than the given angle between", () => {
    const { nodes } = rotationMinimisingFrame(curve, { maxTurn: 0.05 });
    const turning = (1.2 * r * angle ** 2) / speed;
    expect(nodes.length - 1).toBeGreaterThan(turning / 0.05);
    expect(
      totalTurning(
        curve.path,
        gramOf([
          [0, 0, 0],
          [r, 0, 0],
          [0, r, 0],
          [0, 0, h],
        ]),
      ),
    ).toBeCloseTo((turning / 1.2) * (999 / 1000), 5);
    expect(nodes[0]).toBe(-0.1);
    expect(nodes.at(-1)).toBe(1.1);
  });
});

describe("the rotation-minimising frame of a planar curve", () => {
  test("is the tangent turned by a right angle, through inflections, where the Frenet frame flips", () => {
    const curve = bezierThrough(CURVES.c.points);
    const ts = spread(50);
    const { rows } = frameRows(rotationMinimisingFrame(curve), ts);
    const frenet = frenetRows(curve, ts);
    const sides = new Set<number>();
    const frenetSides = new Set<number>();
    for (let at = 0; at < rows.length; at += 4) {
      sides.add(Math.round(1e10 * (rows[at] * rows[at + 3] - rows[at + 1] * rows[at + 2])));
      frenetSides.add(Math.round(frenet[at] * frenet[at + 3] - frenet[at + 1] * frenet[at + 2]));
    }
    expect([...sides].map(Math.abs)).toEqual([1e10]);
    expect([...frenetSides].sort()).toEqual([-1, 1]);
  });

  test("in space keeps its angle with the plane", () => {
    const curve = bezierThrough(CURVES.e.points.map(([x, y]) => [x, (3 * y) / 5, (4 * y) / 5]));
    const { rows } = frameRows(rotationMinimisingFrame(curve), spread(50));
    const heights = Array.from({ length: 50 }, (_, i) =>
      product(rows.subarray(9 * i + 3, 9 * i + 6), [0, -0.8, 0.6]),
    );
    for (const height of heights) expect(height).toBeCloseTo(heights[0], 12);
  });

  test("of a line has no normals in one dimension, and constant ones in three", () => {
    const one = rotationMinimisingFrame(bezierThrough([[0], [2]]));
    expect([...frameRows(one, [0.3]).rows]).toEqual([1]);
    const three = rotationMinimisingFrame(
      bezierThrough([
        [0, 0, 0],
        [1, 1, 0],
      ]),
    );
    const { rows } = frameRows(three, [-0.1, 1.1]);
    expect(largest(rows.subarray(0, 9).map((x, at) => x - rows[9 + at]))).toBeLessThan(1e-15);
    expect(defect(rows, 3)).toBeLessThan(1e-15);
  });
});

describe.each([3, 7, 20])("the rotation-minimising frame of a Bézier curve in %i dimensions", (K) => {
  const curve = curveOfDegree(K);
  const frame = rotationMinimisingFrame(curve);
  const ts = spread(40);
  const { rows, derivatives } = frameRows(frame, ts);
  const of = (matrix: Float64Array, at: number, i: number) =>
    matrix.subarray((at * K + i) * K, (at * K + i + 1) * K);

  test("starts as published and is orthonormal to 1e-10 everywhere, across the tangent to rounding", () => {
    const start = initialFrame(curve);
    expect(largest(frameRows(frame, [0]).rows.map((x, at) => x - start[at]))).toBeLessThan(1e-13);
    const { tangent } = moveTo(curve, ts[7], pathPoint(curve));
    for (let i = 1; i < K; i++) expect(Math.abs(product(of(rows, 7, i), tangent))).toBeLessThan(1e-14);
    for (let at = 0; at < ts.length; at++) {
      expect(defect(rows.subarray(at * K * K, (at + 1) * K * K), K)).toBeLessThan(1e-10);
    }
  });

  test("has the derivatives of finite differences", () => {
    const h = 1e-5;
    for (const at of [1, 13, 28]) {
      const [after, before] = [frameRows(frame, [ts[at] + h]).rows, frameRows(frame, [ts[at] - h]).rows];
      for (let e = 0; e < K * K; e++) {
        expect(Math.abs((after[e] - before[e]) / (2 * h) - derivatives[at * K * K + e])).toBeLessThan(1e-6);
      }
    }
  });

  test("turns no normal towards another one", () => {
    const scale = largest(derivatives);
    let spin = 0;
    for (let at = 0; at < ts.length; at++) {
      for (let i = 1; i < K; i++) {
        for (let j = 1; j < K; j++)
          spin = Math.max(spin, Math.abs(product(of(derivatives, at, i), of(rows, at, j))));
      }
    }
    expect(spin / scale).toBeLessThan(2e-5);
  });

  test("is continuous at nodes, with its derivative", () => {
    const h = 1e-10;
    for (const node of frame.nodes.slice(1, -1).filter((_, i) => i % 20 === 0)) {
      const [before, after] = [frameRows(frame, [node - h]), frameRows(frame, [node + h])];
      expect(largest(after.rows.map((x, at) => x - before.rows[at]))).toBeLessThan(1e-8);
      expect(largest(after.derivatives.map((x, at) => x - before.derivatives[at]))).toBeLessThan(1e-6);
    }
  });

  test("does not depend on the nodes", () => {
    const finer = frameRows(rotationMinimisingFrame(curve, { maxTurn: 0.05, tolerance: 1e-9 }), ts).rows;
    expect(largest(rows.map((x, at) => x - finer[at]))).toBeLessThan(1e-6);
  });

  test("has components that are products with its rows", () => {
    const g = Float64Array.from({ length: K }, (_, d) => Math.sin(3 * d + 1));
    const out = new Float64Array(K - 1);
    frame.components(moveTo(curve, ts[5], pathPoint(curve)), g, out);
    for (let i = 1; i < K; i++) expect(out[i - 1]).toBeCloseTo(product(of(rows, 5, i), g), 13);
  });
});

describe("paths without a frame", () => {
  test("stand still, or jump in direction, or have a range without their start", () => {
    expect(() =>
      rotationMinimisingFrame(
        bezierThrough([
          [0, 0],
          [0, 0],
          [1, 1],
        ]),
      ),
    ).toThrow("stands still at t = 0");
    const bent = { dimension: 2, points: Float64Array.of(0, 0, 1, 0, 1, 1) };
    expect(() => rotationMinimisingFrame(placedPath(polychain(3), bent), { range: [0, 1] })).toThrow(
      /tangent of the path jumps near/,
    );
    expect(() => rotationMinimisingFrame(bezierThrough(CURVES.a.points), { range: [0.2, 1] })).toThrow(
      "from t = 0.2 to t = 1",
    );
  });
});
