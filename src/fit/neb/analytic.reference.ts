/** Landscapes of a few coordinates whose saddles are known (Draxler et al. 2018, authors' code). */
import { allocateVector, combine, releaseVector } from "../../engine/index.ts";
import type { Landscape } from "../../landscape/index.ts";

/** @param f value and gradient at x */
export function analyticLandscape(
  size: number,
  f: (x: Float32Array) => [value: number, gradient: number[]],
): Landscape {
  const evaluateSeveral: Landscape["evaluateSeveral"] = async (points, place) => {
    const theta = allocateVector(size);
    const loss = new Float64Array(points);
    for (let p = 0; p < points; p++) {
      place(p, theta);
      loss[p] = f(theta)[0];
    }
    releaseVector(theta);
    return { loss };
  };
  return {
    size,
    evaluateSeveral,
    evaluateSpan: (anchors, c) => {
      const m = anchors.length;
      return evaluateSeveral(c.length / m, (p, theta) =>
        combine(theta, anchors, c.subarray(p * m, (p + 1) * m)),
      );
    },
    async gradient(theta, gradient) {
      const [value, own] = f(theta);
      gradient.set(own);
      return value;
    },
    hessianProducts: () => Promise.reject(new Error("not needed here")),
    [Symbol.dispose]: () => {},
  };
}

const TURN = 2 * Math.PI;

/** Σ cos 2πx: minima of −D where all x are half-integers, saddles of −D + 2 between neighbours, maxima of D. */
export const eggCarton = (dimension: number) =>
  analyticLandscape(dimension, (x) => [
    x.reduce((sum, xi) => sum + Math.cos(TURN * xi), 0),
    Array.from(x, (xi) => -TURN * Math.sin(TURN * xi)),
  ]);

/** Where the minima of the curvy valley are: (±x0, ±1). */
export const VALLEY_END = 2.5 * Math.PI;

/** (y − sin x)² + (1 − (x/x0)²)²: minima of 0 in a valley whose only saddle, of 1, is at 0. */
export const curvyValley = () =>
  analyticLandscape(2, ([x, y]) => {
    const across = y - Math.sin(x);
    const well = 1 - (x / VALLEY_END) ** 2;
    return [
      across ** 2 + well ** 2,
      [-2 * across * Math.cos(x) - (4 * well * x) / VALLEY_END ** 2, 2 * across],
    ];
  });
