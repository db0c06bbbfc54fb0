/** `isthmus geometry`, `dimension` and `ensemble` on what `isthmus subspace` has learnt. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { DimensionResult, EnsembleRunResult, GeometryResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("measure");

const SMALL = "--train-count 500 --test-count 200 --network 12 --epochs 2".split(" ");

function json(...args: string[]): unknown {
  const { code, out, err } = isthmus(...args, "--json");
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  return JSON.parse(out);
}

beforeAll(() => {
  for (const kind of ["line", "triangle"]) isthmus("subspace", ...SMALL, "--kind", kind, "--out", kind);
  isthmus("subspace", ...SMALL, "--kind", "neural", "--widths", "6", "--out", "neural");
}, 120_000);

describe("isthmus geometry", () => {
  it("finds a line straight, with all its variance on one component", () => {
    const { shape, ratios, path } = json("geometry", "line", "--out", "g-line") as GeometryResult;
    if (shape.kind !== "path" || !path) throw new Error("a line is a path");
    expect(shape.straightness).toBeCloseTo(1, 9);
    expect(Math.max(...path.curvature)).toBeLessThan(1e-9);
    expect(ratios).toHaveLength(1);
    expect(path.tangentAngle).toBeLessThan(1e-6);
  });

  it("finds the two components of a triangle, and its area by Heron's formula", () => {
    const { shape, ratios } = json("geometry", "triangle", "--out", "g-triangle") as GeometryResult;
    if (shape.kind !== "simplex") throw new Error("a triangle is a simplex");
    const [a, b, c] = [shape.sides[0][1], shape.sides[0][2], shape.sides[1][2]];
    const s = (a + b + c) / 2;
    expect(shape.volume / Math.sqrt(s * (s - a) * (s - b) * (s - c))).toBeCloseTo(1, 5);
    expect(ratios).toHaveLength(2);
    expect(ratios[0] + ratios[1]).toBeCloseTo(1, 9);
  });

  it("measures a neural curve, whose float32 differences agree where points are few", () => {
    const { path, shape } = json(
      "geometry",
      "neural",
      "--float32-demo",
      "--out",
      "g-neural",
    ) as GeometryResult;
    if (shape.kind !== "path" || !path?.float32) throw new Error("a curve is a path");
    expect(shape.length).toBeGreaterThanOrEqual(shape.chord);
    // Finite differences tend to the closed form.
    const middle = path.curvature.length >> 1;
    expect(path.discrete[middle] / path.curvature[middle]).toBeCloseTo(1, 1);
    expect(path.float32[0].ratio).toBeLessThan(path.float32[1].ratio * 1.5);
  });

  it("refuses what has no shape", () => {
    isthmus("train", ...SMALL, "--out", "optimum");
    const { code, err } = isthmus("geometry", "optimum");
    expect(err).toContain("holds one optimum, which has no shape");
    expect(code).toBe(2);
  });
});

describe("isthmus dimension", () => {
  const estimateOf = ({ rows }: DimensionResult, name: string) =>
    rows.find(({ estimator }) => estimator === name)!.estimate!;

  it("is 1 of a line and 2 of a triangle by the ranks of differences", () => {
    for (const [run, d] of [
      ["line", 1],
      ["triangle", 2],
    ] as const) {
      const found = json("dimension", run, "--points", "400", "--out", `d-${run}`) as DimensionResult;
      expect(estimateOf(found, "tangent-rank")).toBe(d);
      expect(Math.abs(estimateOf(found, "maximum-likelihood") - d)).toBeLessThan(0.15 * d);
      expect(found.rows).toHaveLength(11);
    }
  });

  it("is the published 1.17 by maximum likelihood on 200 even points of a line", () => {
    const found = json("dimension", "line", "--as-published", "--out", "d-published") as DimensionResult;
    expect(estimateOf(found, "maximum-likelihood")).toBeCloseTo(1.1684, 4);
  });

  it("is 1 of points on a circle in a file; a lattice stops only the estimators that it defeats", () => {
    const turns = Array.from({ length: 300 }, (_, i) => (i * 0.6180339887) % 1);
    writeFileSync(
      join(folder, "circle.csv"),
      turns.map((u) => `${Math.cos(2 * Math.PI * u)},${Math.sin(2 * Math.PI * u)}`).join("\n"),
    );
    const circle = json(
      "dimension",
      "circle.csv",
      "--estimators",
      "tangent-rank,mind",
      "--out",
      "d-circle",
    ) as DimensionResult;
    expect(estimateOf(circle, "tangent-rank")).toBe(1);
    const lattice = json(
      "dimension",
      "line",
      "--sampling",
      "even",
      "--estimators",
      "two-nn,moments",
      "--out",
      "d-even",
    ) as DimensionResult;
    expect(lattice.rows[0].problem).toMatch(/neighbours|lattice|equally/);
    expect(lattice.rows[1].estimate).toBeGreaterThan(0.5);
  });

  it("names an unknown estimator and an unreadable file", () => {
    expect(isthmus("dimension", "line", "--estimators", "twonn").err).toContain('did you mean "two-nn"?');
    expect(isthmus("dimension", "nowhere.csv").err).toContain("there is no file nowhere.csv");
    expect(isthmus("dimension", "triangle", "--neighbours", "5000", "--points", "50").code).toBe(0);
  });
});

describe("isthmus ensemble", () => {
  it("is no worse in likelihood than its members on average, and shows how they differ", () => {
    const found = json("ensemble", "line", "triangle", "--out", "e") as EnsembleRunResult;
    expect(found.members).toHaveLength(7);
    const nll = found.members.map((m) => m.negativeLogLikelihood.value);
    expect(found.meanProbability.negativeLogLikelihood.value).toBeLessThanOrEqual(
      nll.reduce((a, b) => a + b) / nll.length,
    );
    found.disagreement.forEach((row, i) => {
      expect(row[i]).toBe(0);
    });
    expect(found.middles).toHaveLength(2);
  });

  it("takes positions or a number of members, not both", () => {
    expect(isthmus("ensemble", "line", "--at", "0.5", "--members", "2").err).toContain("give one of them");
  });
});
