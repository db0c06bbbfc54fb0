import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { bernsteinMinimum, onRange } from "./bernstein.ts";
import { initialise, leafViews, mlp, orderTube, sortUnits } from "./index.ts";

/** The polynomial by its definition. */
function valueAt(coefficients: ArrayLike<number>, t: number): number {
  const degree = coefficients.length - 1;
  let [choose, sum] = [1, 0];
  for (let k = 0; k <= degree; k++) {
    sum += choose * t ** k * (1 - t) ** (degree - k) * coefficients[k];
    choose *= (degree - k) / (k + 1);
  }
  return sum;
}

const coefficients = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 21 });

describe("the minimum of a polynomial in Bernstein form", () => {
  it("of a parabola is at its vertex", () => {
    // 1 - 3 t + 4 t²: smallest at t = 3/8.
    const found = bernsteinMinimum([1, -0.5, 2])!;
    expect(found.value).toBeCloseTo(1 - 9 / 16, 13);
    expect(found.t).toBeCloseTo(3 / 8, 6);
    expect(bernsteinMinimum([1, -0.5, 2], 0.4)).toBeUndefined();
    expect(bernsteinMinimum([1, -0.5, 2], 0.5)?.value).toBeCloseTo(1 - 9 / 16, 13);
  });

  it("is the value where it is said to be, and no value of a fine grid is smaller", () => {
    fc.assert(
      fc.property(coefficients, (c) => {
        const { value, t } = bernsteinMinimum(c)!;
        expect(valueAt(c, t)).toBeCloseTo(value, 10);
        for (let i = 0; i <= 300; i++) expect(valueAt(c, i / 300)).toBeGreaterThan(value - 1e-11);
      }),
    );
  });

  it("on another interval is that of the same polynomial", () => {
    fc.assert(
      fc.property(
        coefficients.filter((c) => c.length <= 8),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (c, u) => {
          expect(valueAt(onRange(c, -0.1, 1.1), u)).toBeCloseTo(valueAt(c, -0.1 + 1.2 * u), 8);
        },
      ),
    );
  });

  it("of what is not a number is refused", () => {
    expect(() => bernsteinMinimum([1, Number.NaN])).toThrow("not all finite");
  });
});

describe("the tube in which the biases keep their order", () => {
  const { layout } = mlp([1, 3, 2, 1]);
  const withBiases = (...biases: number[][]) => {
    const theta = Rng.fromSeed(1).normal(layout.size);
    const leaves = leafViews(layout, theta);
    leaves[1].set(biases[0]);
    leaves[3].set(biases[1]);
    return theta;
  };

  it("of three control points has the radius of the closed form", () => {
    const points = [
      withBiases([0, 1, 5], [-1, 4]),
      withBiases([0, 0.25, 5], [-1, 4]),
      withBiases([0, 1.5, 5], [-1, 4]),
    ];
    // The first gap is (1-t)² + t(1-t)/2 + 1.5 t² = 1 - 1.5 t + 2 t², smallest at t = 3/8.
    const tube = orderTube(layout, points);
    expect(tube).toMatchObject({ layer: "fc1", units: [0, 1] });
    expect(tube.t).toBeCloseTo(3 / 8, 6);
    expect(tube.gap).toBeCloseTo(1 - 9 / 32, 7);
    expect(tube.epsilon).toBeCloseTo((1 - 9 / 32) / Math.sqrt(2), 7);
  });

  it("does not mind which order, as long as it is kept", () => {
    const points = [withBiases([5, 0, 1], [4, -1]), withBiases([5, 0, 0.5], [4, -1])];
    expect(orderTube(layout, points)).toMatchObject({ gap: 0.5, t: 1, units: [1, 2] });
    const crossing = [withBiases([0, 1, 5], [-1, 4]), withBiases([0, 1, 5], [2, 1])];
    expect(orderTube(layout, crossing)).toMatchObject({ epsilon: 0, gap: -1, layer: "fc2" });
  });

  it("of ordered control points is open on [0, 1], and may be lost outside", () => {
    const points = [withBiases([0, 1, 5], [-1, 4]), withBiases([0, 11, 12], [-1, 4])];
    expect(orderTube(layout, points).epsilon).toBeCloseTo(1 / Math.sqrt(2), 12);
    // The first gap is 1 + 10 t.
    const beyond = orderTube(layout, points, [-0.15, 1.1]);
    expect(beyond).toMatchObject({ epsilon: 0, units: [0, 1] });
    expect(beyond.gap).toBeCloseTo(-0.5, 6);
    expect(beyond.t).toBeCloseTo(-0.15, 12);
  });

  it("holds no point without the order, and a point of its rim touches the boundary", () => {
    const network = mlp([2, 12, 8, 1]);
    const points = [1, 2, 3, 4].map((seed) => {
      const theta = new Float32Array(network.layout.size);
      initialise(network, theta, "pytorch", Rng.fromSeed(seed));
      sortUnits(network.layout, theta);
      return theta;
    });
    const { epsilon, t, layer, units } = orderTube(network.layout, points);
    expect(epsilon).toBeGreaterThan(0);
    const at = (s: number) =>
      Float64Array.from(points[0], (_, i) =>
        valueAt(
          points.map((p) => p[i]),
          s,
        ),
      );
    const leaves = network.layout.leaves.filter(({ name }) => name === "fc1.bias" || name === "fc2.bias");
    const inOrder = (theta: Float64Array) =>
      leaves.every(({ offset, size }) =>
        theta.subarray(offset, offset + size).every((b, j, all) => j === 0 || b > all[j - 1]),
      );
    for (let trial = 0; trial < 300; trial++) {
      const rng = Rng.fromSeed(100 + trial);
      // Directions that move biases only come nearest to the boundary.
      const direction = new Float64Array(network.layout.size);
      for (const { offset, size, name } of leaves) direction.set(rng.split(name).normal(size), offset);
      const scale = (0.999 * epsilon) / Math.hypot(...direction);
      const point = at(rng.uniform(1)[0]).map((v, i) => v + scale * direction[i]);
      expect(inOrder(point)).toBe(true);
    }
    const { offset } = network.layout.leaves.find(({ name }) => name === `${layer}.bias`)!;
    const towards = (factor: number) => {
      const point = at(t);
      point[offset + units[0]] += (factor * epsilon) / Math.SQRT2;
      point[offset + units[1]] -= (factor * epsilon) / Math.SQRT2;
      return point;
    };
    expect(inOrder(towards(0.999))).toBe(true);
    expect(inOrder(towards(1.001))).toBe(false);
  });
});
