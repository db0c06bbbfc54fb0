import { expect, test } from "vitest";
import { allocateVector, combine, Rng, releaseVector } from "../../engine/index.ts";
import { spanCoordinates } from "./affine-span.ts";
import { spanPositions } from "./ambient-space.ts";
import { directionAnchors, directionSpan } from "./direction-span.ts";
import { volumeSpace } from "./volume-space.ts";

const rng = Rng.fromSeed(2);
const D = 9;

function vector(name: string, length: number): Float32Array {
  const v = allocateVector(D);
  v.set(rng.split(name).normal(D));
  combine(v, [v], [length]);
  return v;
}

test("coordinates z of the anchors' span are those of θ = mean + Σ z_j directions_j", () => {
  const mean = vector("mean", 3);
  const directions = [vector("a", 1), vector("b", 0.1), vector("c", 5)];
  const anchors = directionAnchors(mean, directions);
  const space = volumeSpace(directionSpan([1, 0.1, 5]));
  expect(space.dimension).toBe(3);
  const z = Float64Array.from(rng.split("z").normal(6));
  const c = new Float64Array(8);
  space.lifting().lift(z, c);
  const [found, expected] = [allocateVector(D), allocateVector(D)];
  for (let p = 0; p < 2; p++) {
    const own = c.subarray(4 * p, 4 * p + 4);
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    combine(found, anchors, own);
    combine(expected, [mean, ...directions], [1, ...z.subarray(3 * p, 3 * p + 3)]);
    found.forEach((x, j) => {
      expect(x).toBeCloseTo(expected[j], 4);
    });
    [...spanCoordinates(space.span, own)].forEach((x, j) => {
      expect(x).toBeCloseTo(z[3 * p + j], 12);
    });
  }
  expect([...spanPositions(space, z)].map((x) => x.toFixed(9))).toEqual([...z].map((x) => x.toFixed(9)));
  // The mean of the anchors is the mean, at z = 0.
  combine(found, anchors, [0.25, 0.25, 0.25, 0.25]);
  found.forEach((x, j) => {
    expect(x).toBeCloseTo(mean[j], 4);
  });
  releaseVector(mean, ...directions, ...anchors, found, expected);
});
