import { bernsteinMinimum, onRange } from "./bernstein.ts";
import type { Layout } from "./layout.ts";
import { unitLayersOf } from "./units.ts";

/** How well the biases along a path keep their order. */
export interface OrderTube {
  /**
   * Radius in weight space of the tube around the path in which the order is kept everywhere, so that no two of its
   * points are permuted copies of each other (ε of theorem 1, "Paths and Ambient Spaces"); 0 if the path itself loses
   * the order.
   */
  epsilon: number;
  /** Smallest difference of neighbouring biases on the path; not positive where the order is lost. */
  gap: number;
  /** Where it is smallest: position, layer, and the two units. */
  t: number;
  layer: string;
  units: [number, number];
}

/**
 * The largest tube around a Bézier curve in which the hidden biases keep the order that they have at its first control
 * point: ε = min (bⱼ₊₁(t) - bⱼ(t)) / √2 over t, layers and neighbours j in that order. A vector δ changes a difference
 * of two biases by at most √2 ‖δ‖, so that every point nearer to the path than ε keeps the order too. Two points in
 * the same strict order are copies of each other only if they are equal.
 *
 * @param controlPoints parameter vectors of the Bézier curve, at least one; with ordered biases, not raw ones
 * @param range of t; outside [0, 1], where the curve leaves the hull of its control points, the order is not guaranteed
 * by theirs
 */
export function orderTube(
  layout: Layout,
  controlPoints: readonly Float32Array[],
  range: readonly [number, number] = [0, 1],
): OrderTube {
  const [lo, hi] = range;
  let least: Pick<OrderTube, "gap" | "t" | "layer" | "units"> = {
    gap: Number.POSITIVE_INFINITY,
    t: lo,
    layer: "",
    units: [0, 0],
  };
  for (const { name, bias } of unitLayersOf(layout)) {
    const biases = controlPoints.map((theta) => theta.subarray(bias.offset, bias.offset + bias.size));
    const order = Array.from(biases[0].keys()).sort((i, j) => biases[0][i] - biases[0][j]);
    for (let j = 1; j < order.length; j++) {
      const units: [number, number] = [order[j - 1], order[j]];
      const differences = biases.map((b) => b[units[1]] - b[units[0]]);
      const found = bernsteinMinimum(onRange(differences, lo, hi), least.gap);
      if (found) least = { gap: found.value, t: lo + found.t * (hi - lo), layer: name, units };
    }
  }
  return { epsilon: Math.max(0, least.gap / Math.SQRT2), ...least };
}
