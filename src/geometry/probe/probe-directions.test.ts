import { describe, expect, it } from "vitest";
import { dot, Rng, releaseVector } from "../../engine/index.ts";
import { AxisShortSpace, WedgeLandscape } from "../../landscape/index.ts";
import { vectorOf } from "./bowl.reference.ts";
import { DIRECTION_KINDS, probeDirections } from "./probe-directions.ts";

const D = 400;
const rng = Rng.fromSeed(3);
const theta = vectorOf(rng.split("theta").normal(D));
const short = new AxisShortSpace(Int32Array.of(0, 7, 31, 399), D);

describe("directions", () => {
  it.each(DIRECTION_KINDS)("have length 1: %s", (kind) => {
    const directions = probeDirections(kind, 5, theta, rng, short);
    expect(directions).toHaveLength(kind === "radial" ? 1 : 5);
    for (const v of directions) expect(Math.abs(dot(v, v) - 1)).toBeLessThan(1e-6);
    releaseVector(...directions);
  });

  it("are at right angles to θ, or parallel to it", () => {
    const norm = Math.sqrt(dot(theta, theta));
    for (const v of probeDirections("orthogonal", 5, theta, rng)) {
      expect(Math.abs(dot(v, theta)) / norm).toBeLessThan(1e-7);
    }
    const [radial] = probeDirections("radial", 5, theta, rng);
    expect(dot(radial, theta) / norm).toBeCloseTo(1, 6);
  });

  it("lie along a wedge or across it", () => {
    const inShort = (v: Float32Array) => [...short.indices].reduce((sum, i) => sum + v[i] ** 2, 0);
    for (const v of probeDirections("long", 5, theta, rng, short)) expect(inShort(v)).toBeLessThan(1e-12);
    for (const v of probeDirections("short", 5, theta, rng, short)) expect(inShort(v)).toBeCloseTo(1, 6);
  });

  it("lie along and across a rotated wedge", () => {
    using wedges = new WedgeLandscape({ kind: "rotated", dimension: D, short: 20, wedges: 2, seed: 1 });
    const space = wedges.shortSpace(theta);
    const share = (v: Float32Array) => space.coordinates(v).reduce((sum, x) => sum + x * x, 0);
    for (const v of probeDirections("long", 3, theta, rng, space)) expect(share(v)).toBeLessThan(1e-12);
    for (const v of probeDirections("short", 3, theta, rng, space)) expect(share(v)).toBeCloseTo(1, 6);
  });

  it("are uniform where they are random: a share s/D of their square falls on any s axes", () => {
    const directions = probeDirections("random", 500, theta, rng);
    const shares = directions.map((v) => v.subarray(0, 40).reduce((sum, x) => sum + x * x, 0));
    const mean = shares.reduce((a, b) => a + b) / 500;
    // Beta(s/2, (D − s)/2) has this variance.
    const sd = Math.sqrt((2 * 0.1 * 0.9) / (D + 2));
    expect(Math.abs(mean - 0.1)).toBeLessThan((4 * sd) / Math.sqrt(500));
    releaseVector(...directions);
  });

  it("are refused where there are none", () => {
    expect(() => probeDirections("short", 1, theta, rng)).toThrow("need a landscape of wedges");
    expect(() => probeDirections("radial", 1, vectorOf(new Float32Array(D)), rng)).toThrow("no radial");
    const all = new AxisShortSpace(
      Int32Array.from({ length: D }, (_, i) => i),
      D,
    );
    expect(() => probeDirections("long", 1, theta, rng, all)).toThrow("no long directions");
  });
});
