/** `isthmus dimension` on subspaces of known dimension and on points in files. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { writeNpy, writeNpz } from "../format/index.ts";
import type { DimensionResult } from "../run/index.ts";
import { writeSubspace } from "./checkpoints.reference.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("dimension");

function estimates(file: string, out: string, ...flags: string[]) {
  const { code, out: text, err } = isthmus("dimension", file, ...flags, "--out", out, "--json");
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  const result: DimensionResult = JSON.parse(text);
  const row = (name: string) => result.rows.find(({ estimator }) => estimator === name)!;
  return { result, row, of: (name: string) => row(name).estimate! };
}

/** Vertices as the published recipe starts them: independent, of about the same length. */
const vertices = (count: number, length: number) =>
  Array.from({ length: count }, (_, v) =>
    Rng.fromSeed(v)
      .uniform(length)
      .map((x) => x - 0.5),
  );

const line = writeSubspace(folder, "line", { kind: "line" }, vertices(2, 35));
const triangle = writeSubspace(folder, "triangle", { kind: "simplex", dimension: 2 }, vertices(3, 35));
const published = [784, 512, 10];
const D = 407_050;
const circle = Array.from(Rng.fromSeed(3).uniform64(400), (u) => [
  Math.cos(2 * Math.PI * u),
  Math.sin(2 * Math.PI * u),
]);

describe("isthmus dimension", () => {
  it("is 1 of a line and 2 of a triangle by all estimators, but those for reproducing", () => {
    for (const [file, d] of [
      [line, 1],
      [triangle, 2],
    ] as const) {
      const { result, of, row } = estimates(file, `all-${d}`);
      expect(of("tangent-rank")).toBe(d);
      expect(of("local-pca")).toBe(d);
      for (const name of ["maximum-likelihood", "two-nn", "correlation-dimension", "mind", "danco"]) {
        expect(Math.abs(of(name) - d)).toBeLessThan(0.15 * d);
      }
      const [low, high] = row("two-nn").interval!;
      expect(low).toBeLessThan(of("two-nn"));
      expect(high).toBeGreaterThan(of("two-nn"));
      expect(row("maximum-likelihood").spread).toBeGreaterThan(0);
      expect(result.rows).toHaveLength(11);
      expect(existsSync(join(folder, `all-${d}`, "figures", "estimates.svg"))).toBe(true);
    }
  });

  it("is what Chen and Saidi published with their settings", () => {
    const wide = writeSubspace(folder, "wide-line", { kind: "line" }, vertices(2, D), published);
    const one = estimates(wide, "published-1", "--as-published");
    expect(one.result.points).toBe(200);
    expect(one.of("tangent-rank-published")).toBe(1);
    expect(one.of("maximum-likelihood")).toBeCloseTo(1.1684, 4);
    const simplex = { kind: "simplex", dimension: 2 } as const;
    const two = estimates(
      writeSubspace(folder, "wide", simplex, vertices(3, D), published),
      "published-2",
      "--as-published",
    );
    expect(two.result.points).toBe(400);
    expect(two.of("tangent-rank-published")).toBeCloseTo(1.825, 1);
    expect(two.of("maximum-likelihood")).toBeCloseTo(1.8447, 2);
  });

  it("is 1 of points on a circle, in a file of any format, with as many coordinates as one likes", () => {
    writeFileSync(join(folder, "circle.csv"), circle.map((row) => row.join(",")).join("\n"));
    const flat = estimates("circle.csv", "csv", "--estimators", "mle,two-nn,tangent-rank");
    expect(flat.of("tangent-rank")).toBeCloseTo(1, 1);
    expect(Math.abs(flat.of("maximum-likelihood") - 1)).toBeLessThan(0.1);
    expect(Math.abs(flat.of("two-nn") - 1)).toBeLessThan(0.2);
    expect(flat.result.dimension).toBeUndefined();

    // Far from zero, and in more coordinates than there are points.
    const d = 600;
    const data = Float32Array.from({ length: 400 * d }, (_, at) =>
      at % d < 2 ? circle[Math.floor(at / d)][at % d] : 5,
    );
    writeFileSync(join(folder, "circle.npy"), writeNpy({ shape: [400, d], data }));
    const wide = estimates("circle.npy", "npy", "--estimators", "mle,tangent-rank");
    expect(wide.of("maximum-likelihood")).toBeCloseTo(flat.of("maximum-likelihood"), 3);
    expect(wide.of("tangent-rank")).toBeCloseTo(flat.of("tangent-rank"), 9);
  });

  it("goes on where an estimator cannot use the points, and says why", () => {
    const { row, of } = estimates(line, "even", "--sampling", "even", "--estimators", "two-nn,moments");
    expect(row("two-nn").problem).toContain("as in a lattice");
    expect(of("moments")).toBeGreaterThan(0.5);
    const few = estimates(
      triangle,
      "few",
      "--points",
      "30",
      "--neighbours",
      "40",
      "--estimators",
      "mle,twonn",
    );
    expect(few.row("maximum-likelihood").problem).toContain("40");
    expect(few.of("two-nn")).toBeGreaterThan(1);
    const arc = estimates(
      line,
      "arc",
      "--sampling",
      "arc-length",
      "--points",
      "50",
      "--estimators",
      "local-pca",
    );
    expect(arc.result.points).toBe(50);
    expect(arc.of("local-pca")).toBe(1);
  });

  it("says in one sentence what is wrong", () => {
    const error = (...args: string[]) => isthmus("dimension", ...args).err.trim();
    expect(error(line, "--estimators", "two-nm")).toContain('did you mean "two-nn"?');
    expect(error("nowhere.csv")).toContain("there is no file nowhere.csv");
    expect(error(line, "--sampling", "authors-tiling")).toContain("the authors' tiling is for triangles");
    writeFileSync(join(folder, "broken.npy"), "not numpy");
    expect(error("broken.npy")).toMatch(/^isthmus: broken\.npy, byte 0: expected a NumPy file[^\n]*$/);
    const data = Float64Array.of(1, 2, Number.NaN, 4);
    writeFileSync(join(folder, "gap.npz"), writeNpz({ points: { shape: [2, 2], data } }));
    expect(error("gap.npz")).toContain("found NaN in row 2");
    expect(error("circle.csv", "--as-published")).toContain("--as-published is about points of a subspace");
  });
}, 60_000);
