/** Curvature on planes: of wedges, whose Hessian is a projection, and of diagonal quadratics. */
import { describe, expect, it } from "vitest";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { WedgeLandscape } from "../landscape/index.ts";
import { randomProjection } from "../subspace/index.ts";
import { columnsOf, expectedTraceRatio, leadingPlane, planeHessian, planeMeasures } from "./plane-hessian.ts";

const rng = Rng.fromSeed(5);

describe("the Hessian on a plane", () => {
  it("of a wedge has the whole space's curvature: s eigenvalues of 1 on all axes", async () => {
    const [D, s] = [40, 12];
    using wedges = new WedgeLandscape({ kind: "axes", dimension: D, short: s, wedges: 1, seed: 2 });
    const theta = allocateVector(D);
    theta.set(rng.normal(D));
    const axes = Array.from({ length: D }, (_, j) => {
      const axis = allocateVector(D);
      axis[j] = 1;
      return axis;
    });
    const plane = await planeHessian(wedges, theta, axes);
    const { traceRatio, positive } = planeMeasures(plane);
    expect(traceRatio).toBeCloseTo(Math.sqrt(s), 9);
    expect(positive).toBeCloseTo(s / D, 9);
    releaseVector(theta, ...axes);
  });

  it("of a wedge on random planes has the expected ratio, for every d", async () => {
    const [D, s] = [1000, 40];
    using wedges = new WedgeLandscape({ kind: "rotated", dimension: D, short: s, wedges: 1, seed: 2 });
    const theta = allocateVector(D);
    theta.set(rng.normal(D));
    using projection = randomProjection("dense", D, 100, rng.split("plane"));
    const columns = columnsOf(projection);
    const plane = await planeHessian(wedges, theta, columns);
    // Tr(H)/‖H‖ is √s in the whole space.
    for (const d of [10, 50, 100]) {
      const { traceRatio } = planeMeasures(leadingPlane(plane, d));
      expect(Math.abs(traceRatio / expectedTraceRatio(d, Math.sqrt(s)) - 1)).toBeLessThan(0.06);
    }
    releaseVector(theta, ...columns);
  });
});

describe("measures of a Hessian", () => {
  it("of a diagonal are those of its entries", () => {
    const values = Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2);
    expect(planeMeasures({ dimension: 3, values })).toEqual({
      traceRatio: 4 / Math.sqrt(14),
      positive: 2 / 3,
    });
    expect(planeMeasures({ dimension: 2, values: new Float64Array(4) })).toEqual({
      traceRatio: 0,
      positive: 0,
    });
    expect([...leadingPlane({ dimension: 3, values }, 2).values]).toEqual([3, 0, 0, -1]);
  });

  it("are expected to be capped by √d, and to settle at the whole space's", () => {
    expect(expectedTraceRatio(1, 1000)).toBeCloseTo(1, 5);
    expect(expectedTraceRatio(1e9, 6.3)).toBeCloseTo(6.3, 5);
    // The published peaks 2.85, 4.95, 5.87 at d = 10, 50, 100 (Fort and Scherlis 2019) are of one T² between 43 and 53.
    for (const [d, peak] of [
      [10, 2.85],
      [50, 4.95],
      [100, 5.87],
    ]) {
      expect(Math.abs(expectedTraceRatio(d, Math.sqrt(48)) / peak - 1)).toBeLessThan(0.03);
    }
  });
});
