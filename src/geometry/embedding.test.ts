import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { embedRows } from "./embedding.ts";
import { gramOf } from "./gram.ts";

const [m, D, n] = [60, 100, 200];
const rng = Rng.fromSeed(3);
const anchors = Array.from({ length: m }, (_, i) => rng.split(`anchor ${i}`).normal(D));
const gram = gramOf(anchors);

/** Largest difference of the distances from point i and from zero, of weight vectors and of their embedding. */
function worst(coefficients: Float64Array): { dimension: number; worst: number } {
  const { dimension, points } = embedRows(gram, coefficients);
  const vectors = Array.from({ length: n }, (_, p) =>
    Float64Array.from({ length: D }, (_, d) =>
      anchors.reduce((sum, anchor, i) => sum + coefficients[p * m + i] * anchor[d], 0),
    ),
  );
  const rows = Array.from({ length: n }, (_, p) => points.subarray(p * dimension, (p + 1) * dimension));
  const apart = (a: ArrayLike<number>, b?: ArrayLike<number>) =>
    Math.hypot(...Array.from(a, (x, d) => x - (b ? b[d] : 0)));
  let largest = 0;
  for (let p = 0; p < n; p++) {
    largest = Math.max(
      largest,
      Math.abs(apart(rows[p]) - apart(vectors[p])),
      Math.abs(apart(rows[p], rows[17]) - apart(vectors[p], vectors[17])),
    );
  }
  return { dimension, worst: largest };
}

describe("points in few coordinates", () => {
  test("of a smooth curve through a span of 60 dimensions: a dozen coordinates, and every distance", () => {
    // 1/(1 + 0.1 (t - i/60)²), which polynomials of low degree follow to rounding.
    const smooth = Float64Array.from(
      { length: n * m },
      (_, at) => 1 / (1 + 0.1 * (((at / m) | 0) / (n - 1) - (at % m) / m) ** 2),
    );
    const { dimension, worst: error } = worst(smooth);
    expect(dimension).toBeLessThan(15);
    expect(error).toBeLessThan(1e-10);
  });

  test("of points in general position: all coordinates, and every distance", () => {
    const { dimension, worst: error } = worst(Float64Array.from(rng.split("coefficients").uniform(n * m)));
    expect(dimension).toBe(m);
    expect(error).toBeLessThan(1e-10);
  });
});
