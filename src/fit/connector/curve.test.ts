import { expect, test } from "vitest";
import { allocateVector, axpy, combine, Rng } from "../../engine/index.ts";
import { WedgeLandscape, wholeSlope } from "../../landscape/index.ts";
import { bezier, coefficientMatrix, evenly, polychain } from "../../subspace/index.ts";
import { fitCurveOn } from "./index.ts";

test.each([
  ["a Bézier curve", bezier(2)],
  ["a polygonal chain", polychain(3)],
] as const)("%s between two wedges is lower than the line", async (_, map) => {
  using landscape = new WedgeLandscape({ kind: "axes", dimension: 200, short: 20, wedges: 2, seed: 4 });
  const g = allocateVector(200);
  const optima: Float32Array[] = [];
  for (const wedge of [0, 1]) {
    const theta = allocateVector(200);
    theta.set(Rng.fromSeed(8).foldIn(wedge).normal(200));
    using one = landscape.intersection([wedge]);
    await one.gradient(theta, g);
    axpy(theta, -1, g);
    optima.push(theta);
  }
  const [a, b] = optima;
  const bend = allocateVector(200);
  combine(bend, [a, b], [0.5, 0.5]);
  const ends = [a.slice(), b.slice()];
  const ts = evenly(map, 41);
  const peak = async (curve: boolean) => {
    const coefficients = curve
      ? coefficientMatrix(map, ts)
      : Float64Array.from([...ts].flatMap((t) => [1 - t, 0, t]));
    const { loss } = await landscape.evaluateSpan([a, bend, b], coefficients);
    return Math.max(...loss);
  };
  const line = await peak(false);
  const spec = { kind: "adam", momentum: 0, rate: 0.02, schedule: "cosine", steps: 800 } as const;
  await fitCurveOn(wholeSlope(landscape), map, [a, bend, b], spec, Rng.fromSeed(2));
  expect([...a]).toEqual([...ends[0]]);
  expect([...b]).toEqual([...ends[1]]);
  // A chain with its bend where both wedges meet has no loss at all; a Bézier curve cannot avoid some.
  expect(await peak(true)).toBeLessThan((map.kind === "polychain" ? 0.01 : 0.5) * line);
});
