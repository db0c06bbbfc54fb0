import { allocateVector } from "../engine/index.ts";
import type { Network } from "../model/index.ts";
import { restSize } from "./programs.ts";

/**
 * How points of a span are run through the projected first layer: Z(c) = Σ cᵢ (X W₁ᵢ), with the data projected
 * through each anchor once.
 */

/** Points of a span in one run, and floats of first-layer activations in it; measured over 8 to 64 and 0.4 to 8 million. */
const SPAN_POINTS = 16;
const SPAN_TILE_FLOATS = 3_300_000;
/** Multiply-adds that a matrix product does in the time that memory delivers one float. */
const WORK_PER_FLOAT = 8;

/** Elements of the activations after the first layer, of one example. */
export const hiddenSize = ({ hiddenShape }: Network): number => hiddenShape.reduce((a, b) => a * b, 1);

/** Whether to project n examples through m anchors costs less than to run each of the points on its own. */
export function projectionPays(network: Network, m: number, points: number, n: number): boolean {
  const { firstCost, layout } = network;
  const projected = m * n * firstCost + points * n * m * hiddenSize(network) * (1 + WORK_PER_FLOAT / 4);
  const direct = points * (n * firstCost + m * layout.size * WORK_PER_FLOAT);
  return projected < direct;
}

/** How many points and examples go into one run. */
export function runSize(network: Network, points: number, n: number): { perRun: number; tile: number } {
  const perRun = Math.min(points, SPAN_POINTS);
  return { perRun, tile: evenTile(n, Math.floor(SPAN_TILE_FLOATS / (perRun * hiddenSize(network)))) };
}

/** Coefficients [perRun, m] of each run. Points that fill the last run are copies of the last point. */
export function runCoefficients(coefficients: Float64Array, m: number, perRun: number): Float32Array[] {
  const points = coefficients.length / m;
  return Array.from({ length: Math.ceil(points / perRun) }, (_, r) =>
    Float32Array.from({ length: perRun * m }, (_, i) => {
      const p = Math.min(points - 1, r * perRun + Math.floor(i / m));
      return coefficients[p * m + (i % m)];
    }),
  );
}

/** Numbers that a gradient in a span may hold. */
export interface GradientMemory {
  /** First-layer activations of all points. */
  tile: number;
  /** Projections of all examples through all anchors; where there are more, they are made anew at each call. */
  kept: number;
}

/** 40 and 800 MB; activations are held several times. */
export const GRADIENT_MEMORY: GradientMemory = { tile: 1e7, kept: 2e8 };

/** The largest tile up to `most` that divides the count, so that all runs are alike; `most` if that were too small. */
export function evenTile(count: number, most: number): number {
  const limit = Math.max(1, Math.min(count, most));
  for (let tile = limit; tile > limit / 2; tile--) if (count % tile === 0) return tile;
  return limit;
}

/** The parameters after the first layer of every anchor, side by side [m, R]. */
export function stackRest(network: Network, anchors: readonly Float32Array[]): Float32Array {
  const size = restSize(network);
  const rest = allocateVector(anchors.length * size);
  anchors.forEach((anchor, i) => {
    rest.set(anchor.subarray(anchor.length - size), i * size);
  });
  return rest;
}
