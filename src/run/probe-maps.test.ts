import { expect, test } from "vitest";
import { allocateVector, dot, Rng } from "../engine/index.ts";
import { WedgeLandscape } from "../landscape/index.ts";
import { lineProfile, octantMap, sectorMap } from "./probe-maps.ts";

const D = 60;
const wedges = new WedgeLandscape({
  kind: "axes",
  dimension: D,
  short: 12,
  wedges: 6,
  seed: 4,
  objective: "distance",
});
const landscapes = [{ name: "loss", landscape: wedges }];
const [a, b, c] = [1, 2, 3].map((seed) => {
  const theta = allocateVector(D);
  theta.set(Rng.fromSeed(seed).normal(D));
  return theta;
});
const norm = (theta: Float32Array) => Math.sqrt(dot(theta, theta));
const lossAt = async (theta: Float32Array, scale: number) =>
  (await wedges.evaluateSeveral(1, (_, point) => point.set(theta.map((x) => scale * x)))).loss[0];

test("an octant has the first point at its corner, and scales with the radius as the loss does", async () => {
  const labels = ["a", "b", "c"];
  const setup = { radii: [1, 3], points: 7 };
  const { result, arrays } = await octantMap(landscapes, [a, b, c], labels, setup);
  const [inner, outer] = [arrays.loss_0.data, arrays.loss_1.data] as Float64Array[];
  // The distance to wedges is homogeneous of degree 1.
  outer.forEach((loss, p) => {
    expect(loss).toBeCloseTo(3 * inner[p], 5);
  });
  // θ = π/2 and φ = 0 is the first axis.
  expect(outer[7 * 6]).toBeCloseTo(await lossAt(a, 3 / norm(a)), 5);
  result.points.forEach(({ at, off }, i) => {
    expect(Math.hypot(...at)).toBeCloseTo(norm([a, b, c][i]), 5);
    expect(off).toBeLessThan(1e-5);
  });
  const standard = await octantMap(landscapes, [a, b, c], ["a", "b"], { points: 3 });
  expect(standard.result.radii[0]).toBeCloseTo((norm(a) + norm(b)) / 2, 6);
});

test("a sector lies evenly about the middle of two points, which have their own losses there", async () => {
  const { points, arrays } = await sectorMap(landscapes, [a, b], ["a", "b"], { points: 9, outer: norm(a) });
  const [p, q] = points.map(({ at: [x, y] }) => Math.atan2(y, x));
  expect(p).toBeCloseTo(-q, 6);
  const angle = Math.acos(dot(a, b) / (norm(a) * norm(b)));
  expect(Math.abs(p - q)).toBeCloseTo(angle, 5);
  const angles = arrays.angles.data as Float64Array;
  expect(angles[8]).toBeCloseTo(angle / 2 + Math.PI / 8, 5);
  expect(arrays.loss.data[0]).toBe(0);
  // A grid whose rim goes through the first point: its node nearest in angle is within a step of it.
  const step = angles[1] - angles[0];
  const row = Math.round((p - angles[0]) / step);
  const off = norm(a) * Math.abs(angles[row] - p);
  // The distance to wedges changes by no more than one goes.
  expect(Math.abs((arrays.loss.data[9 * row + 8] as number) - (await lossAt(a, 1)))).toBeLessThan(off + 1e-4);
});

test("a line has the losses of both ends", async () => {
  const { loss, alpha } = await lineProfile(landscapes, [a, b], Float64Array.of(-0.25, 0, 1, 1.5));
  expect([...alpha.data]).toEqual([-0.25, 0, 1, 1.5]);
  expect(loss.data[1]).toBeCloseTo(await lossAt(a, 1), 6);
  expect(loss.data[2]).toBeCloseTo(await lossAt(b, 1), 6);
});
