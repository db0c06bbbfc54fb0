/** `isthmus hessian` on wedges, whose short directions are known, and along a path of networks. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { HessianResult } from "../run/node.ts";
import { writeSubspace } from "./checkpoints.reference.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("hessian");

beforeAll(() => {
  const wedges = "--kind axes --dimension 120 --short 15 --wedges 4 --optima 2".split(" ");
  expect(isthmus("wedge", ...wedges, "--out", "w").code).toBe(0);
}, 60_000);

describe("isthmus hessian", () => {
  it("counts exactly s short directions at each optimum of wedges, of curvature 1", () => {
    const { code, out } = isthmus("hessian", "w", "--json", "--out", "hw");
    expect(code).toBe(0);
    const { points, parameters, examples, report } = JSON.parse(out) as HessianResult & { report: string };
    expect(parameters).toBe(120);
    expect(examples).toBeUndefined();
    expect(points.map(({ label }) => label)).toEqual(["optimum-1", "optimum-2"]);
    for (const { counts, top, positive, negative, traceRatio, trace } of points) {
      expect(counts.map(({ count, exact }) => [count, exact])).toEqual(counts.map(() => [15, true]));
      for (const { value } of top) expect(value).toBeCloseTo(1, 5);
      expect(positive).toBeGreaterThan(0);
      expect(negative).toBe(0);
      // Of a projection onto axes, both are exact from any signs: Tr = s and ‖H‖ = √s.
      expect(trace.mean).toBeCloseTo(15, 5);
      expect(traceRatio).toBeCloseTo(Math.sqrt(15), 5);
    }
    expect(existsSync(join(folder, report))).toBe(true);
  });

  it("goes along a path of networks, with a figure", () => {
    const ends = [1, 2].map((k) => Array.from({ length: 1600 }, (_, i) => 0.3 * Math.sin(k * (i + 1))));
    const line = writeSubspace(folder, "line", { kind: "line" }, ends, [784, 2, 10]);
    const few = "--train-count 40 --test-count 10 --steps 12 --probes 2 --trace-probes 2".split(" ");
    const { code, out, err } = isthmus(
      "hessian",
      line,
      ...few,
      "--along",
      "0,0.5,1",
      "--json",
      "--out",
      "hl",
    );
    expect(err).not.toContain("isthmus:");
    expect(code).toBe(0);
    const { points, examples } = JSON.parse(out) as HessianResult;
    expect(examples).toBe(40);
    expect(points.map(({ t }) => t)).toEqual([0, 0.5, 1]);
    expect(existsSync(join(folder, "hl/figures/short-directions.svg"))).toBe(true);
  });

  it.each([
    [["w", "--thresholds", "0.1,none"], "give positive curvatures, such as 0.01,0.1"],
    [["w", "--along", "0.5"], "--along is for paths"],
    [["w", "--top", "20", "--steps", "10"], "--top 20 needs at least as many --steps"],
  ])("refuses %j", (args, message) => {
    const { code, err } = isthmus("hessian", ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
