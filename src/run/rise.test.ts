import { expect, it } from "vitest";
import { allocateVector } from "../engine/index.ts";
import { crossEntropy, type SpanMetrics } from "../landscape/index.ts";
import { distancesToRise } from "./rise.ts";

function vector(...values: number[]): Float32Array {
  const v = allocateVector(values.length);
  v.set(values);
  return v;
}

/** An error that is a function of the point. */
function landscapeOf(error: (theta: number[]) => number) {
  const evaluateSpan = async (anchors: readonly Float32Array[], c: Float64Array): Promise<SpanMetrics> => {
    const m = anchors.length;
    const values = Float64Array.from({ length: c.length / m }, (_, p) =>
      error(Array.from(anchors[0], (_, d) => anchors.reduce((sum, a, i) => sum + c[p * m + i] * a[d], 0))),
    );
    return { loss: values, error: values };
  };
  return { loss: crossEntropy, evaluateSpan };
}

it("finds where a growing error has risen by one point, from each start along each direction", async () => {
  const landscape = landscapeOf(([x, y]) => 0.1 + 0.01 * (x * x + 4 * y * y));
  const anchors = [vector(0, 0), vector(3, 0)];
  const starts = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
  const directions = [vector(1, 0), vector(0, 1), vector(-1, 0)];
  const { distances, rise } = await distancesToRise(landscape, anchors, starts, directions, 2);
  expect(rise).toEqual([0.01, 0.01]);
  // x² + 4 y² must grow by 1; from (3, 0) to the left it falls first, and grows beyond (−3, 0).
  const expected = [
    [1, 0.5, 1],
    [Math.sqrt(10) - 3, 0.5, 3 + Math.sqrt(10)],
  ];
  distances.forEach((row, p) => {
    row.forEach((distance, j) => {
      expect(distance! / expected[p][j]).toBeCloseTo(1, 2);
    });
  });
});

it("says nothing where the error does not rise, and takes the first of several rises", async () => {
  const landscape = landscapeOf(([x]) => (x > 1 && x < 3 ? 0.5 : 0.1));
  const starts = [Float64Array.of(1)];
  const { distances, largest } = await distancesToRise(
    landscape,
    [vector(0)],
    starts,
    [vector(1), vector(-1)],
    1,
  );
  expect(largest).toBe(8);
  expect(distances[0][0]).toBeCloseTo(1, 2);
  expect(distances[0][1]).toBeNull();
});
