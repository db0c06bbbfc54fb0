import { expect, test } from "vitest";
import { allocateVector, combine, dot, Rng, releaseVector } from "../../engine/index.ts";
import { gramOf } from "../gram.ts";
import { affineSpan, spanCoordinates } from "./affine-span.ts";
import { projectOntoSpan } from "./span-projection.ts";

test.each(["published", "euclidean"] as const)(
  "a point of the span has its own coordinates, and keeps them when it leaves at a right angle (%s)",
  async (metric) => {
    const [m, D] = [4, 50];
    const rng = Rng.fromSeed(4);
    const anchors = Array.from({ length: m }, (_, i) => {
      const anchor = allocateVector(D);
      anchor.set(rng.foldIn(i).normal(D));
      return anchor;
    });
    const span = affineSpan(gramOf(anchors), metric);
    const c = [0.7, -0.4, 1.1, -0.4];
    const [theta, away] = [allocateVector(D), allocateVector(D)];
    combine(theta, anchors, c);
    away.set(rng.split("away").normal(D));
    // Gram–Schmidt of the edges, twice for rounding.
    const edges = anchors.slice(1).map((anchor) => {
      const edge = allocateVector(D);
      combine(edge, [anchor, anchors[0]], [1, -1]);
      return edge;
    });
    const remove = (from: Float32Array, v: Float32Array) =>
      combine(from, [from, v], [1, -dot(from, v) / dot(v, v)]);
    edges.forEach((edge, i) => {
      for (const other of edges.slice(0, i)) remove(edge, other);
    });
    for (const edge of [...edges, ...edges]) remove(away, edge);
    const thetas = new Float32Array(2 * D);
    thetas.set(theta);
    combine(theta, [theta, away], [1, 3]);
    thetas.set(theta, D);
    const phi = await projectOntoSpan(span, anchors, thetas);
    const expected = spanCoordinates(span, Float64Array.from(c));
    expected.forEach((x, j) => {
      expect(phi[j]).toBeCloseTo(x, 4);
      expect(phi[3 + j]).toBeCloseTo(x, 4);
    });
    releaseVector(theta, away, ...anchors, ...edges);
  },
);
