import { afterAll, describe, expect, it } from "vitest";
import { axpy, combine, dot, Rng, releaseVector } from "../../engine/index.ts";
import { WedgeLandscape } from "../../landscape/index.ts";
import { landscapeOf, vectorOf } from "./bowl.reference.ts";
import { directionProfiles } from "./direction-profiles.ts";
import { probeDirections } from "./probe-directions.ts";
import { wedgeWell, wedgeWellWidth } from "./wedge-well.ts";
import { wellAround } from "./well.ts";

const rng = Rng.fromSeed(11);
const unit = (i: number) => vectorOf([0, 1, 2].map((j) => Number(i === j)));
const squared = (theta: Float32Array, at: number[]) => at.reduce((sum, x, i) => sum + (theta[i] - x) ** 2, 0);

describe("a well of known shape", () => {
  // Half the squared distance to (3, 0, 4), eight times as steep along the second axis.
  const bowl = landscapeOf(3, (t) => (squared(t, [3, 0, 4]) + 63 * t[1] ** 2) / 2);
  const centre = vectorOf([3, 0, 4]);
  const directions = [unit(0), unit(1), unit(2)];

  it("ends at √(2 Lc / curvature)", async () => {
    const well = await wellAround(bowl, centre, directions, { threshold: { loss: 0.5 }, precision: 1e-5 });
    expect(well.radius).toBeCloseTo(5, 6);
    [1, 1 / 8, 1].forEach((a, i) => {
      expect(well.distances[i]! / a).toBeCloseTo(1, 4);
    });
    expect(well.mean).toBeCloseTo((2 + 1 / 8) / 3, 4);
    // Of 1, 1/8 and 1.
    expect(well.sd).toBeCloseTo(Math.sqrt((2 * (7 / 24) ** 2 + (14 / 24) ** 2) / 2), 4);
    // Between (3, 0, 4) and (4, 0, 4).
    expect(well.angles[0]).toBeCloseTo(Math.acos((12 + 16) / (5 * Math.sqrt(32))), 4);
  });

  it("may end so much above the centre", async () => {
    const beside = vectorOf([4, 0, 4]);
    const well = await wellAround(bowl, beside, [unit(2)], { threshold: { above: 0.5 }, precision: 1e-5 });
    expect(well.centre).toBeCloseTo(0.5, 6);
    expect(well.threshold).toBeCloseTo(1, 6);
    expect(well.distances[0]).toBeCloseTo(1, 4);
  });

  it("on the sphere ends at the angle whose chord has that loss", async () => {
    const well = await wellAround(bowl, vectorOf([3, 0, 4]), [vectorOf([0.8, 0, -0.6])], {
      threshold: { loss: 8 },
      sphere: true,
      precision: 1e-6,
    });
    // The chord of φ on a circle of radius 5 is 10 sin(φ/2), and 4 has the loss 8.
    const phi = 2 * Math.asin(0.4);
    expect(well.angles[0]).toBeCloseTo(phi, 5);
    expect(well.distances[0]).toBeCloseTo(5 * phi, 4);
  });

  it("says along which directions it does not end, and evaluates all at once", async () => {
    const valley = landscapeOf(3, (t) => t[1] ** 2);
    const well = await wellAround(valley, centre, directions, { largest: 7 });
    expect(well.distances[0]).toBeNull();
    expect(well.distances[1]).toBeCloseTo(1, 2);
    expect(well.unreached).toBe(2);
    expect(well.mean).toBeCloseTo(1, 2);
    expect(well.sd).toBeNull();
    // One call for the centre, 8 doublings from 7/128, 10 halvings to 0.1 %.
    expect(valley.calls).toBeLessThanOrEqual(1 + 8 + 10);
  });

  it("is refused where it has no bottom", async () => {
    const options = { threshold: { loss: 1 } };
    await expect(wellAround(bowl, vectorOf([0, 0, 0]), directions, options)).rejects.toThrow(
      "12.50, and a well that ends at 1 lies below it",
    );
    await expect(wellAround(bowl, centre, [unit(0)], { sphere: true })).rejects.toThrow("leaves the sphere");
    const origin = landscapeOf(3, (t) => squared(t, [0, 0, 0]));
    await expect(wellAround(origin, vectorOf([0, 0, 0]), directions)).rejects.toThrow("give the largest");
  });
});

/** A random point, taken towards the nearest wedge until its loss is L0. */
async function near(landscape: WedgeLandscape, L0: number): Promise<Float32Array> {
  const theta = vectorOf(rng.split("start").normal(landscape.size));
  const gradient = vectorOf(theta);
  const loss = await landscape.gradient(theta, gradient);
  axpy(theta, L0 - loss, gradient);
  releaseVector(gradient);
  return theta;
}

// Section 1.4 of the research: 1,000 directions.
describe("wells in landscapes of wedges", () => {
  const [D, s, L0] = [1000, 50, 0.571];
  const axes = new WedgeLandscape({
    kind: "axes",
    dimension: D,
    short: s,
    wedges: 20,
    seed: 2,
    objective: "distance",
  });
  afterAll(() => axes[Symbol.dispose]());

  it("grow as √(L0² + a² s/D) along random directions, spread by about a tenth", async () => {
    const theta = await near(axes, L0);
    const directions = probeDirections("random", 1000, theta, rng);
    const positions = [1, 4, 8, 16, 24];
    const published = [0.611, 1.051, 1.86, 3.59, 5.35];
    const { mean, sd } = await directionProfiles(axes, theta, directions, positions);
    positions.forEach((a, i) => {
      expect(Math.abs(mean[i] / wedgeWell(L0, a, s / D) - 1)).toBeLessThan(0.03);
      expect(Math.abs(mean[i] / published[i] - 1)).toBeLessThan(0.03);
    });
    for (const i of [1, 2, 3, 4]) expect(Math.abs(sd[i] / mean[i] - 0.1)).toBeLessThan(0.025);
    const width = wedgeWellWidth(L0, 2, s / D);
    expect(width).toBeCloseTo(Math.sqrt((4 - L0 * L0) * 20), 10);
    const well = await wellAround(axes, theta, directions, { threshold: { loss: 2 } });
    expect(Math.abs(well.mean! / width - 1)).toBeLessThan(0.03);
    expect(well.unreached).toBe(0);
    releaseVector(theta, ...directions);
  });

  it("are flat along the wedge, have slope 1 across it, and scale with the radius", async () => {
    const theta = await near(axes, 0);
    const space = axes.shortSpace(theta);
    const positions = [0, 1, 2];
    const long = probeDirections("long", 3, theta, rng, space);
    const short = probeDirections("short", 3, theta, rng, space);
    const flat = await directionProfiles(axes, theta, long, positions);
    const steep = await directionProfiles(axes, theta, short, positions);
    for (const loss of flat.losses) expect(loss).toBeLessThan(1e-5);
    steep.losses.forEach((loss, i) => {
      expect(Math.abs(loss - positions[i % 3])).toBeLessThan(1e-5);
    });
    const off = await near(axes, L0);
    const radius = Math.sqrt(dot(off, off));
    const outward = await directionProfiles(axes, off, probeDirections("radial", 1, off, rng), [radius]);
    expect(outward.losses[0] / (2 * L0)).toBeCloseTo(1, 5);
  });

  it("of all tuples rise along every direction, and end where another wedge is nearer", async () => {
    using all = new WedgeLandscape({
      kind: "all-tuples",
      dimension: D,
      short: 100,
      seed: 1,
      objective: "distance",
    });
    const theta = await near(all, 0.213);
    const directions = probeDirections("random", 1000, theta, rng);
    const { losses, mean } = await directionProfiles(all, theta, directions, [0.5, 8]);
    expect(directions.every((_, j) => losses[2 * j] > 0.213)).toBe(true);
    expect(Math.abs(mean[0] / wedgeWell(0.213, 0.5, 0.1) - 1)).toBeLessThan(0.03);
    // The mean loss of random points, √(E L0²) = 0.7247, instead of 2.54.
    expect(Math.abs(mean[1] / 0.7247 - 1)).toBeLessThan(0.1);
    releaseVector(theta, ...directions);
  });
});

describe("from a random point to its optimum the toy loss is (1 − α) L0", () => {
  it("exactly, where all points of the line are float32 numbers", async () => {
    using all = new WedgeLandscape({
      kind: "all-tuples",
      dimension: 1000,
      short: 100,
      seed: 1,
      objective: "distance",
    });
    // Multiples of 1/1024, times multiples of 1/64: no rounding anywhere but in the root.
    const start = vectorOf(
      rng
        .split("dyadic")
        .normal(1000)
        .map((x) => Math.round(1024 * x) / 1024),
    );
    const optimum = vectorOf(start);
    using space = all.shortSpace(start);
    space.addCombination(optimum, space.coordinates(start), -1);
    const alphas = Float64Array.from({ length: 65 }, (_, i) => i / 64);
    const coefficients = Float64Array.from([...alphas].flatMap((alpha) => [1 - alpha, alpha]));
    const { loss } = await all.evaluateSpan([start, optimum], coefficients);
    alphas.forEach((alpha, i) => {
      expect(Math.abs(loss[i] - (1 - alpha) * loss[0])).toBeLessThan(1e-9);
    });
    const beyond = vectorOf(start);
    combine(beyond, [start, optimum], [-0.5, 1.5]);
    const past = await all.evaluateSeveral(1, (_, theta) => theta.set(beyond));
    expect(past.loss[0]).toBeCloseTo(loss[0] / 2, 9);
  });
});
