/** `isthmus plane` and `isthmus perturb` on small runs of every kind of subspace. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpz } from "../format/index.ts";
import type { PerturbResult, PlaneResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("plane");

const SMALL = "--train-count 600 --test-count 200 --network 12 --epochs 2".split(" ");

function done(...args: string[]): void {
  const { code, err } = isthmus(...args);
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
}

const results = (run: string, name: string) =>
  JSON.parse(readFileSync(join(folder, run, "results", `${name}.json`), "utf8"));
const arraysOf = (run: string) => readNpz(readFileSync(join(folder, run, "results", "plane.npz")));

function plane(out: string, ...args: string[]): PlaneResult {
  done("plane", ...args, "--out", out);
  return results(out, "plane");
}

beforeAll(() => {
  done(
    "connect",
    ...SMALL,
    "--curve-epochs",
    "1",
    "--plane-points",
    "5",
    "--profile-points",
    "5",
    "--out",
    "curve",
  );
  done("subspace", ...SMALL, "--kind", "neural", "--widths", "4-6", "--as-published", "--out", "neural");
  done("subspace", ...SMALL, "--kind", "simplex:3", "--out", "simplex");
}, 120_000);

describe("isthmus plane", () => {
  const optimum = join("curve", "checkpoints", "optimum-1.safetensors");

  it("evaluates few nodes adaptively, and those are what the full plane has", () => {
    const adaptive = plane("adaptive", "curve", "--points", "25", "--standard-errors");
    const full = plane("full", "curve", "--points", "25", "--no-adaptive", "--standard-errors");
    expect(adaptive.evaluated.fraction).toBeLessThan(0.7);
    expect(full.evaluated.fraction).toBe(1);
    const [ours, truth] = [arraysOf("adaptive"), arraysOf("full")];
    const count = 25 * 25;
    for (const [split, quantity, vmax] of [
      ["train", "loss", full.vmax.loss],
      ["test", "error", full.vmax.error],
    ] as const) {
      const evaluated = ours[`${split}_evaluated`].data as Uint8Array;
      const share = evaluated.reduce((sum, one) => sum + one, 0) / count;
      expect(share).toBeCloseTo(adaptive.evaluated.splits[split], 10);
      const key = `${split}_${quantity}`;
      const values = (arrays: typeof ours, name = key) => arrays[name].data as Float64Array;
      const clipped = (z: number) => Math.min(z, vmax ?? Number.POSITIVE_INFINITY);
      const all = [...values(truth)].map(clipped);
      const range = Math.max(...all) - Math.min(...all);
      for (let node = 0; node < count; node++) {
        if (evaluated[node]) {
          expect(values(ours)[node]).toBeCloseTo(values(truth)[node], 4);
          const name = `${key}_standard_error`;
          expect(values(ours, name)[node]).toBeCloseTo(values(truth, name)[node], 4);
        } else {
          // A rate of 200 examples has noise that no interpolation knows of.
          const most = quantity === "loss" ? 0.02 : 0.1;
          expect(Math.abs(clipped(values(ours)[node]) - all[node]) / range).toBeLessThan(most);
        }
      }
    }
    // The standard error of a rate p of 200 examples, with n − 1.
    const p = (truth.test_error.data as Float64Array)[0];
    expect((truth.test_error_standard_error.data as Float64Array)[0]).toBeCloseTo(
      Math.sqrt((p * (1 - p)) / 199),
      5,
    );
  });

  it.each([
    ["a neural curve and an optimum", ["neural", optimum, "--through", "optimum"], 1],
    ["vertices of a simplex", ["simplex", "--vertices", "1,2,3"], 0],
    ["components of a simplex", ["simplex", "--through", "pca"], 1],
    ["random directions from an optimum", [optimum, "--extent", "0.5"], 0],
  ])("%s", (name, args, leaves) => {
    const out = name.replaceAll(" ", "-");
    const { points, xs, paths, samples } = plane(out, ...args, "--points", "5");
    expect(xs).toHaveLength(5);
    for (const { splits } of points) expect(splits.test.error).toBeGreaterThanOrEqual(0);
    const off = Math.max(0, ...[...points, ...paths, ...samples].map(({ offPlane }) => offPlane));
    if (leaves) expect(off).toBeGreaterThan(1e-4);
    expect(existsSync(join(folder, out, "report.html"))).toBe(true);
    // The evaluated plane has at a marked point in it what an exact evaluation has there.
    const { ys } = results(out, "plane") as PlaneResult;
    const [inside] = points;
    const [i, j] = [xs, ys].map((nodes, axis) =>
      nodes.findIndex((v) => Math.abs(v - [inside.x, inside.y][axis]) < 1e-6 * xs[4]),
    );
    if (i < 0 || j < 0 || inside.offPlane > 1e-6) return;
    const { train_loss } = arraysOf(out);
    expect((train_loss.data as Float64Array)[5 * j + i]).toBeCloseTo(inside.splits.train.loss, 4);
  });

  it.each([
    [
      "two equal points",
      [optimum, optimum, join("curve", "checkpoints", "optimum-2.safetensors")],
      1,
      "coincide",
    ],
    [
      "a second operand that is no optimum",
      ["neural", "curve", "--through", "optimum"],
      2,
      "must be an optimum",
    ],
    ["vertices that are not there", ["simplex", "--vertices", "0,1,4"], 2, "from 0 to 3"],
    ["vertices of a curve", ["curve", "--through", "vertices"], 2, "holds no simplex"],
    ["a curve and an optimum without saying so", ["neural", optimum], 2, "add --through optimum"],
  ])("refuses %s", (name, args, code, message) => {
    const result = isthmus("plane", ...args, "--out", `refused ${name}`);
    expect(result.err).toContain(message);
    expect(result.code).toBe(code);
    if (code === 2) expect(existsSync(join(folder, `refused ${name}`))).toBe(false);
  });
});

describe("isthmus perturb", () => {
  it("leaves accuracy alone without noise, destroys it with much, and finds distances", () => {
    done("perturb", "simplex", "--noise", "0,0.0001,3", "--directions", "3", "--out", "sweep");
    const { points, splits, rises, noiseNorm } = results("sweep", "perturb") as PerturbResult;
    expect(points.map(({ label }) => label)).toEqual([
      "vertex 0",
      "vertex 1",
      "vertex 2",
      "vertex 3",
      "middle",
    ]);
    const { error } = splits.test;
    for (const [p, [none, little, much]] of error.mean.entries()) {
      expect(error.standardError[p][0]).toBeCloseTo(0, 12);
      expect(Math.abs(little - none)).toBeLessThan(0.01);
      expect(much).toBeGreaterThan(0.6);
    }
    // 784 · 12 + 12 + 12 · 10 + 10 numbers, of variance 1.
    expect(noiseNorm / Math.sqrt(9550)).toBeCloseTo(1, 1);
    for (const part of ["full", "inside", "orthogonal"] as const) {
      expect(rises[part]!.distances).toHaveLength(5);
      expect(rises[part]!.distances[0]).toHaveLength(3);
    }
    expect(existsSync(join(folder, "sweep", "figures", "noise-accuracy.svg"))).toBe(true);
  });

  it("draws the published planes", () => {
    const optimum = join("curve", "checkpoints", "optimum-1.safetensors");
    done(
      "perturb",
      "curve",
      optimum.replace("-1", "-2"),
      "--as-published",
      "--points",
      "3",
      "--noise",
      "0.01,1",
      "--relative",
      "--out",
      "published",
    );
    const { planes } = results("published", "perturb") as PerturbResult;
    expect(planes.map(({ points }) => points.map(({ label }) => label))).toEqual(
      [0, 1].map(() => ["end 0", "end 1", "independent optimum"]),
    );
    expect(existsSync(join(folder, "published", "figures", "plane-1-train-loss.svg"))).toBe(true);
  });

  it.each([
    ["noise below zero", ["simplex", "--noise=-0.1,1"], "standard deviations from 0"],
    ["a neural curve", ["neural"], "no vertices"],
    ["published planes without an optimum", ["curve", "--as-published"], "second operand"],
  ])("refuses %s", (_, args, message) => {
    const { code, err } = isthmus("perturb", ...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
