import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { bezier, evenly } from "../subspace/index.ts";
import { centredGram, curvatures, discreteCurvatures, discreteCurvaturesOfVectors, gramOf } from "./index.ts";

const D = 2000;
const path = bezier(2);

/** Control points of a curve of about the given bend, with parameters of about 1, in float32. */
function controls(bend: number): Float32Array[] {
  const [a, b, c] = Rng.fromSeed(8)
    .splitN(3)
    .map((stream) => stream.normal(D));
  const middle = a.map((x, d) => (x + c[d]) / 2 + bend * b[d]);
  return [a, middle, c];
}

function* materialised(anchors: Float32Array[], n: number): Generator<Float32Array> {
  const theta = new Float32Array(D);
  for (const t of evenly(path, n)) {
    const [p, q, r] = path.at(t);
    for (let d = 0; d < D; d++) theta[d] = p * anchors[0][d] + q * anchors[1][d] + r * anchors[2][d];
    yield theta;
  }
}

describe("curvature of float32 vectors", () => {
  test("of a strongly curved path and few samples is that of float64", () => {
    const anchors = controls(1);
    const exact = discreteCurvatures(path, centredGram(gramOf(anchors)), evenly(path, 40));
    const found = discreteCurvaturesOfVectors(materialised(anchors, 40));
    expect(found.length).toBe(38);
    found.forEach((kappa, i) => {
      expect(kappa / exact[i]).toBeCloseTo(1, 4);
    });
  });

  test("of a nearly straight path is rounding that grows as the square of the number of samples", () => {
    const anchors = controls(1e-6);
    const exact = curvatures(path, centredGram(gramOf(anchors)), [0.5])[0];
    const median = (n: number) => discreteCurvaturesOfVectors(materialised(anchors, n)).sort()[n >> 1];
    const [few, some, many] = [100, 400, 1600].map(median);
    expect(some / exact).toBeGreaterThan(10);
    expect(Math.abs(some / few / 16 - 1)).toBeLessThan(0.2);
    expect(Math.abs(many / some / 16 - 1)).toBeLessThan(0.2);
  });

  test("of a circle of radius r is 1/r", () => {
    const points = Array.from({ length: 50 }, (_, i) =>
      Float32Array.of(3 * Math.cos(0.1 * i), 3 * Math.sin(0.1 * i), 7),
    );
    for (const kappa of discreteCurvaturesOfVectors(points))
      expect(Math.abs(3 * kappa - 1)).toBeLessThan(1e-3);
  });

  test("needs three points, and equal lengths", () => {
    expect(discreteCurvaturesOfVectors([]).length).toBe(0);
    expect(discreteCurvaturesOfVectors([Float32Array.of(1), Float32Array.of(2)]).length).toBe(0);
    expect(() => discreteCurvaturesOfVectors([Float32Array.of(1), Float32Array.of(2, 3)])).toThrow(
      "Vectors of 1 and of 2 elements",
    );
  });
});
