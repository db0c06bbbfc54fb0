import { describe, expect, it } from "vitest";
import { combine, dot, Rng } from "../../engine/index.ts";
import { gramOf } from "../gram.ts";
import { alongAxes, axisFrame } from "./axis-frame.ts";
import { vectorOf } from "./bowl.reference.ts";
import { octantGrid, sectorGrid } from "./surface-grids.ts";

const D = 50;
const anchors = [1, 2, 3].map((seed) => vectorOf(Rng.fromSeed(seed).normal(D)));
const gram = gramOf(anchors);
const units = [0, 1, 2].map((i) => [0, 1, 2].map((j) => Number(i === j)));
const vectorsOf = (c: Float64Array) =>
  Array.from({ length: c.length / 3 }, (_, p) => {
    const theta = vectorOf(new Float32Array(D));
    combine(theta, anchors, c.subarray(3 * p, 3 * p + 3));
    return theta;
  });

describe("axes in a span", () => {
  const frame = axisFrame(gram, units);

  it("are orthonormal, and the first is along the first vector", () => {
    const axes = vectorsOf(alongAxes(frame, [1, 0, 0, 0, 1, 0, 0, 0, 1]));
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) expect(dot(axes[i], axes[j])).toBeCloseTo(Number(i === j), 5);
    }
    expect(dot(axes[0], anchors[0])).toBeCloseTo(Math.sqrt(gram.values[0]), 4);
  });

  it("give the coordinates of points, and their distance from the span", () => {
    for (const [i, anchor] of anchors.entries()) {
      const { at, off } = frame.coordinates(units[i]);
      expect(Math.hypot(...at)).toBeCloseTo(Math.sqrt(dot(anchor, anchor)), 5);
      expect(off).toBeLessThan(1e-5);
      expect(at.slice(i + 1).every((x) => Math.abs(x) < 1e-9)).toBe(true);
    }
    const two = axisFrame(gram, units.slice(0, 2));
    const { at, off } = two.coordinates(units[2]);
    expect(Math.hypot(...at, off)).toBeCloseTo(Math.sqrt(gram.values[8]), 6);
  });

  it("need vectors that are linearly independent", () => {
    expect(() => axisFrame(gram, [units[0], [2, 0, 0]])).toThrow("Vector 2 of 2 is a combination");
    expect(() => axisFrame(gram, [[0, 0, 0]])).toThrow("is zero");
  });

  it("carry grids: points of an octant have the radius, and its corners are the axes", () => {
    const n = 5;
    const { nodes } = octantGrid(n);
    const points = vectorsOf(alongAxes(frame, nodes, 7));
    for (const theta of points) expect(Math.sqrt(dot(theta, theta))).toBeCloseTo(7, 4);
    const row = (p: number) => [...nodes.subarray(3 * p, 3 * p + 3)];
    const last = n * (n - 1);
    [row(last), row(last + n - 1), row(0)].forEach((corner, k) => {
      corner.forEach((x, j) => {
        expect(x).toBeCloseTo(units[k][j], 12);
      });
    });
  });

  it("carry grids: a sector is even in radius and angle", () => {
    const { radii, angles, nodes } = sectorGrid(1, 5, 0.8, 5);
    expect([...radii]).toEqual([1, 2, 3, 4, 5]);
    expect(angles[2]).toBe(0);
    for (let p = 0; p < 25; p++) {
      const [x, y] = nodes.subarray(2 * p, 2 * p + 2);
      expect(Math.hypot(x, y)).toBeCloseTo(radii[p % 5], 12);
      expect(Math.atan2(y, x)).toBeCloseTo(angles[Math.floor(p / 5)], 12);
    }
    expect(() => octantGrid(1)).toThrow("from 2");
  });
});
