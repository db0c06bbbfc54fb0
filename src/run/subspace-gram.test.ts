import { expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { evenly, neuralCurve, Span } from "../subspace/index.ts";
import { subspaceGram } from "./subspace-gram.ts";

/** A curve of two groups of parameters, the first rectified, that is made in several blocks. */
function rectifiedCurve(D: number) {
  const map = neuralCurve({
    widths: [2],
    activation: "tanh",
    trunks: [
      [1, -2, 0.1, 0.3],
      [3, 1, -1, 0.2],
    ],
    constantGroup: false,
    rectified: true,
  });
  const anchors = [0, 1, 2].map((seed) =>
    Rng.fromSeed(seed)
      .uniform(D)
      .map((x) => x - 0.5),
  );
  const half = D / 2 + 6;
  const parts = [
    { offset: 0, size: half, group: 0, rectified: true },
    { offset: half, size: D - half, group: 1 },
  ];
  return { map, anchors, span: Span.of(anchors, parts), half };
}

it("is the inner products of the points of a curve that leaves its span, and of their differences", async () => {
  const D = 25_000;
  const { map, anchors, span: own, half } = rectifiedCurve(D);
  using span = own;
  const ts = evenly(map, 400);
  const { differences, absolute, map: chain, standIns } = await subspaceGram(span, map, { at: ts });
  expect(standIns).toBe(400);
  expect(chain.anchors).toBe(400);
  const point = (t: number) => {
    const c = map.at(t);
    return Float64Array.from({ length: D }, (_, d) => {
      const group = d < half ? 0 : 3;
      const sum = anchors.reduce((total, anchor, i) => total + c[group + i] * anchor[d], 0);
      return d < half ? Math.max(0, sum) : sum;
    });
  };
  const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, d) => sum + value * y[d], 0);
  const origin = point(ts[0]);
  for (const [i, j] of [
    [0, 0],
    [17, 399],
    [200, 201],
    [399, 399],
  ]) {
    const [p, q] = [point(ts[i]), point(ts[j])];
    expect(absolute.values[i * 400 + j] / dot(p, q)).toBeCloseTo(1, 5);
    const [dp, dq] = [p, q].map((x) => x.map((value, d) => value - origin[d]));
    expect(Math.abs(differences.values[i * 400 + j] - dot(dp, dq))).toBeLessThan(1e-5 * dot(origin, origin));
  }
});

it("stops when it is interrupted", async () => {
  const { map, span: own } = rectifiedCurve(100);
  using span = own;
  await expect(subspaceGram(span, map, { signal: AbortSignal.abort() })).rejects.toThrow();
});
