/** `isthmus probe` on wedges, and on the states of a small training. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ProbeResult } from "../run/index.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("probe");

function json(...args: string[]): ProbeResult {
  const { code, out, err } = isthmus(...args, "--json");
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  return JSON.parse(out);
}

beforeAll(() => {
  isthmus(..."wedge --kind axes --dimension 300 --short 15 --wedges 5 --optima 3 --out w".split(" "));
}, 120_000);

describe("isthmus probe on wedges", () => {
  it("finds wells as wide as √(2 Lc D/s) along random directions and √(2 Lc) along short ones", () => {
    const { wells } = json("probe", "w/checkpoints/optimum-1.safetensors", "--count", "200", "--out", "one");
    const [random, radial, long, short] = wells.map(({ well }) => well);
    // The spread of a share of 15 of 300 is 2 sqrt(0.95/(15 · 2)) / 2 in the width.
    expect(Math.abs(random.mean! / Math.sqrt(2 * 20) - 1)).toBeLessThan(0.06);
    expect(short.mean).toBeCloseTo(Math.SQRT2, 2);
    expect(radial.mean).toBeNull();
    expect(long.unreached).toBe(200);
    for (const name of ["report.html", "figures/directions.svg", "results/probe.json"]) {
      expect(existsSync(join(folder, "one", name))).toBe(true);
    }
  }, 120_000);

  it("shows what lies between two points and on a sphere through three", () => {
    const { pairs, octant } = json("probe", "w", "--map-points", "7", "--out", "three");
    expect(pairs).toHaveLength(3);
    for (const { angle } of pairs) expect(Math.abs(angle - Math.PI / 2)).toBeLessThan(5 / Math.sqrt(300));
    expect(octant!.points).toHaveLength(3);
    expect(existsSync(join(folder, "three/figures/octant.svg"))).toBe(true);
  }, 120_000);

  it.each([
    ["w/checkpoints/optimum-1.safetensors --radii 1,2", "--radii has no effect on 1 point"],
    ["w/checkpoints/optimum-1.safetensors --sphere --directions long", "orthogonal directions only"],
    ["w --along-training", "train with --save-every"],
  ])("refuses %s", (args, reason) => {
    const { code, err } = isthmus("probe", ...args.split(" "));
    expect(err).toContain(reason);
    expect(code).toBe(2);
  });
});

describe("isthmus probe along a training", () => {
  it("has the radius, the angles and the predictions of each state", () => {
    isthmus(
      ..."train --train-count 300 --test-count 100 --network 8 --dropout 0 --epochs 4 --rate 0.01 --save-every 2 --out t".split(
        " ",
      ),
    );
    const { training } = json(
      "probe",
      "t",
      "--along-training",
      "--count",
      "2",
      "--line-points",
      "5",
      "--out",
      "along",
    );
    expect(training!.map(({ epoch }) => epoch)).toEqual([0, 2, 4]);
    const [first, , last] = training!;
    expect(first.angleFromFirst).toBe(0);
    expect(first.angleToLast).toBeCloseTo(last.angleFromFirst, 6);
    expect(last.disagreementWithLast).toBe(0);
    expect(last.loss.train).toBeLessThan(first.loss.train);
    // The triangle of the origin, the first state and the last.
    const cosines =
      first.radius ** 2 + last.radius ** 2 - 2 * first.radius * last.radius * Math.cos(last.angleFromFirst);
    expect(last.distanceFromFirst).toBeCloseTo(Math.sqrt(cosines), 3);
  }, 120_000);
});
