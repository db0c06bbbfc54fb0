/** `isthmus geometry` on subspaces of known shape. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { type NdArray, readNpz } from "../format/index.ts";
import type { GeometryResult } from "../run/index.ts";
import type { MapSpec } from "../subspace/index.ts";
import { writeSubspace } from "./checkpoints.reference.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("geometry");

function measure(file: string, out: string, ...flags: string[]) {
  const { code, out: text, err } = isthmus("geometry", file, ...flags, "--out", out, "--json");
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  const arrays = readNpz(readFileSync(join(folder, out, "results", "geometry.npz")), out);
  const values = ({ data }: NdArray) => Array.from(data as Float64Array);
  return {
    result: JSON.parse(text) as GeometryResult & { answer: string },
    array: (name: string) => values(arrays[name]),
    figure: (name: string) => existsSync(join(folder, out, "figures", `${name}.svg`)),
  };
}

describe("isthmus geometry", () => {
  it("finds a line straight, with all its variance on one component, but float32 points of it bent", () => {
    const ends = [0, 1].map((end) => Array.from({ length: 35 }, (_, i) => Math.sin(3 * i + end)));
    const line = writeSubspace(folder, "line", { kind: "line" }, ends);
    const { result, array } = measure(line, "line", "--float32-demo");
    const { shape, ratios, path } = result;
    if (shape.kind !== "path" || !path) throw new Error("a line is a path");
    expect(shape.straightness).toBeCloseTo(1, 12);
    expect(shape.totalTurning).toBeLessThan(1e-6);
    expect(path.tangentAngle).toBeLessThan(1e-6);
    expect(Math.max(...array("curvature"))).toBeLessThan(1e-9);
    expect(ratios).toHaveLength(1);
    expect(ratios[0]).toBeCloseTo(1, 12);
    expect(path.frenet).toHaveLength(0);
    expect(path.float32!.map(({ samples }) => samples)).toEqual([200, 1000]);
    for (const { float32, float64 } of path.float32!) expect(float32).toBeGreaterThan(1e3 * float64);
  });

  it("finds the closed forms of a parabola", () => {
    // θ(t) = a ((1 − t)², t²) turns by 90°; |θ'| = 2a √((1 − t)² + t²), and κ = 1 / (2a ((1 − t)² + t²)^(3/2)).
    const a = 8;
    const file = writeSubspace(folder, "parabola", { kind: "bezier", degree: 2 }, [
      [a, 0],
      [0, 0],
      [0, a],
    ]);
    const { result, array, figure } = measure(file, "parabola", "--samples", "501", "--float32-demo");
    const { shape, path, ratios, marks } = result;
    if (shape.kind !== "path" || !path) throw new Error("a curve is a path");
    expect(shape.length).toBeCloseTo(2 * a * (1 / 2 + (Math.SQRT2 / 4) * Math.asinh(1)), 9);
    expect(shape.chord).toBeCloseTo(a * Math.SQRT2, 9);
    expect(shape.totalTurning).toBeCloseTo(Math.PI / 2, 2);
    expect(shape.maxDeviationFromChord).toBeCloseTo(a / 2 / Math.SQRT2, 9);
    expect(shape.cosine).toBeCloseTo(0, 9);
    expect(path.tangentAngle).toBeCloseTo(Math.PI / 2, 9);
    expect(path.speed.least).toBeCloseTo(a * Math.SQRT2, 9);
    expect(path.speed.greatest).toBeCloseTo(2 * a, 9);
    expect(path.norm.least).toBeCloseTo(a / 2 / Math.SQRT2, 9);
    const t = array("t");
    expect(t).toHaveLength(501);
    array("curvature").forEach((kappa, i) => {
      expect(kappa).toBeCloseTo(1 / (2 * a * ((1 - t[i]) ** 2 + t[i] ** 2) ** 1.5), 9);
    });
    // Finite differences tend to the closed form, and in the plane there is no torsion.
    expect(array("discrete")[250] / array("curvature")[250]).toBeCloseTo(1, 2);
    expect(path.frenet).toHaveLength(1);
    expect(ratios).toHaveLength(2);
    expect(marks.map(({ label }) => label)).toEqual(["t = 0", "t = 1"]);
    expect(path.float32![0].float32 / path.float32![0].float64).toBeCloseTo(1, 1);
    expect(["curvature", "float32", "norm", "components"].every(figure)).toBe(true);
    expect(figure("components-3d")).toBe(false);
  });

  it("finds sides, angles and area of a triangle, and that collinear vertices have none", () => {
    const simplex = { kind: "simplex", dimension: 2 } as const;
    const triangle = writeSubspace(folder, "triangle", simplex, [[3], [0, 3], [0, 0, 3]]);
    const { shape, ratios, rank, marks } = measure(triangle, "triangle").result;
    if (shape.kind !== "simplex") throw new Error("a triangle is a simplex");
    expect(shape.sides[0][1]).toBeCloseTo(3 * Math.SQRT2, 9);
    expect(shape.cosines[1][2]).toBeCloseTo(0, 9);
    expect(shape.volume).toBeCloseTo((Math.sqrt(3) / 4) * 18, 9);
    expect(rank).toBe(2);
    expect(ratios[0]).toBeCloseTo(1 / 2, 9);
    expect(marks.map(({ label }) => label)).toEqual(["1", "2", "3"]);

    const collinear = writeSubspace(folder, "collinear", simplex, [[3], [2, 1], [1, 2]]);
    const flat = measure(collinear, "collinear").result;
    expect(flat.rank).toBe(1);
    expect(flat.answer).toContain("its 3 vertices lie in 1 dimension");
  });

  it("tells the bends of a chain, and draws a curve in three dimensions with its torsion", () => {
    const corner = writeSubspace(folder, "chain", { kind: "polychain", points: 3 }, [[1], [0], [0, 1]]);
    const { path, shape } = measure(corner, "chain").result;
    expect(path!.bends).toHaveLength(1);
    expect(path!.bends![0].t).toBe(0.5);
    expect(path!.bends![0].angle).toBeCloseTo(Math.PI / 2, 9);
    if (shape.kind === "path") expect(shape.length).toBeCloseTo(2, 9);

    const cubic = { kind: "bezier", degree: 3 } as const;
    const file = writeSubspace(folder, "cubic", cubic, [[1], [0, 1], [0, 0, 1], [0, 0, 0, 1]]);
    const twisted = measure(file, "cubic");
    expect(twisted.result.path!.frenet).toHaveLength(2);
    expect(["generalised-curvatures", "components-3d"].every(twisted.figure)).toBe(true);
  });

  it("measures a curve that leaves its span by points on it", () => {
    // Its trunk and anchors are nowhere negative, so that the last ReLU changes nothing but the way of measuring.
    const anchors = [0, 1, 2].map((seed) => Rng.fromSeed(seed).uniform(43));
    const curve = (rectified: boolean) => {
      const trunk = { widths: [2], trunks: [[1, 2, 0, 0]], constantGroup: false };
      const map: MapSpec = { kind: "neural", activation: "tanh", ...trunk, rectified };
      return writeSubspace(folder, rectified ? "rectified" : "smooth", map, anchors);
    };
    const points = measure(curve(true), "rectified", "--samples", "101");
    const smooth = measure(curve(false), "smooth", "--samples", "101");
    const [a, b] = [points.result.shape, smooth.result.shape];
    if (a.kind !== "path" || b.kind !== "path") throw new Error("a curve is a path");
    expect(points.result.standIns).toBe(101);
    expect(smooth.result.standIns).toBeUndefined();
    expect(a.length / b.length).toBeCloseTo(1, 3);
    expect(a.chord / b.chord).toBeCloseTo(1, 5);
    expect(a.totalTurning / b.totalTurning).toBeCloseTo(1, 1);
    expect(points.array("curvature")[50] / smooth.array("curvature")[50]).toBeCloseTo(1, 2);
    expect(points.array("norm")[100]).toBeCloseTo(smooth.array("norm")[100], 4);
    expect(isthmus("geometry", "rectified.safetensors", "--float32-demo").err).toContain("leave it out");
    expect(isthmus("report", "rectified").code).toBe(0);
  });

  it("refuses what has no shape in one sentence", () => {
    const same = writeSubspace(folder, "same", { kind: "line" }, [[1], [1]]);
    const diverged = writeSubspace(folder, "diverged", { kind: "line" }, [[1], [Number.NaN]]);
    expect(isthmus("geometry", diverged).err).toContain("numbers that are not finite");
    const { code, err } = isthmus("geometry", same);
    expect(err).toContain("isthmus: All points of this subspace are one and the same network");
    expect(code).toBe(1);
    expect(isthmus("geometry", "triangle.safetensors", "--samples", "50").err).toContain(
      "has no effect on a simplex",
    );
    const optimum = writeSubspace(folder, "optimum", { kind: "simplex", dimension: 0 }, [[1]]);
    expect(isthmus("geometry", optimum).err).toContain("holds one optimum, which has no shape");
  });
}, 60_000);
