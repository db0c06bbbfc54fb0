import { describe, expect, test } from "vitest";
import { affineSpan, gramOf, placedPath } from "../geometry/index.ts";
import { bezier } from "../subspace/index.ts";
import { planarPriorDensity } from "./index.ts";

const corners = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const curve = placedPath(bezier(2), affineSpan(gramOf(corners)).places);

describe.each(["position", "arc-length"] as const)("the density of a tunnel, uniform in %s", (weight) => {
  // Also with a tube so wide that it folds over, where points have several feet.
  test.each([0.1, 0.6])("has an integral of 1 over the plane, tube %f", (tube) => {
    const [n, reach] = [180, tube < 0.5 ? 1.6 : 4];
    const phi = Float64Array.from({ length: 2 * n * n }, (_, at) => {
      const i = Math.floor(at / 2);
      const k = at % 2 === 0 ? i % n : Math.floor(i / n);
      return -reach + (2 * reach * (k + 0.5)) / n;
    });
    const density = planarPriorDensity(curve, phi, { range: [-0.1, 1.1], tube, scale: 0.5, weight });
    const cell = (2 * reach) ** 2 / n ** 2;
    // Where it folds over the density has poles, of which the sum sees little.
    const total = density.reduce((a, b) => a + Math.min(b, 50), 0) * cell;
    expect(total).toBeCloseTo(1, tube < 0.5 ? 2 : 1);
  });

  test("along a straight path is the density of t across a Gaussian", () => {
    const line = placedPath(bezier(1), { dimension: 2, points: Float64Array.of(0, 0, 2, 0) });
    const [y, tube, scale] = [0.07, 0.2, 0.5];
    const phi = Float64Array.of(0.8, y, 5, 0);
    const [inside, outside] = planarPriorDensity(line, phi, { range: [0, 1], tube, scale, weight });
    const deviation = tube * scale;
    const across = Math.exp(-0.5 * (y / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
    expect(inside).toBeCloseTo(across / 2, 10);
    expect(outside).toBe(0);
  });
});

test("refuses a path that is in no plane", () => {
  const span = affineSpan(gramOf([...corners.map((row) => [...row, 0]), [0, 0, 0, 1]]));
  const options = { range: [0, 1], tube: 0.1, scale: 0.5, weight: "position" } as const;
  expect(() => planarPriorDensity(placedPath(bezier(3), span.places), [0, 0], options)).toThrow(
    "lies in 3 dimensions",
  );
});
