import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import type { NdArray } from "../format/index.ts";
import { type HessianMeasures, type HessianSpec, measureHessian } from "../geometry/index.ts";
import type { Landscape } from "../landscape/index.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/** A point at which the Hessian is measured. */
export interface HessianPlace {
  label: string;
  /** Position, of points along a path. */
  t?: number;
  /** Writes the point, a vector of D numbers. */
  place: (theta: Float32Array) => void;
}

/** What `isthmus hessian` finds; the densities are in results/hessian.npz. */
export interface HessianResult {
  /** D */
  parameters: number;
  /** Examples over which the loss is a mean; none of wedges. */
  examples?: number;
  spec: HessianSpec;
  points: ({ label: string; t?: number } & Omit<HessianMeasures, "density">)[];
}

/**
 * The job of `isthmus hessian`: measures the Hessian of a landscape at several points, with the same random vectors at
 * each. Writes results/hessian.json and .npz.
 */
export async function hessianJob(
  folder: RunFolder,
  setup: {
    landscape: Landscape;
    examples?: number;
    places: readonly HessianPlace[];
    spec: HessianSpec;
    seed: number;
  },
  options: JobOptions,
): Promise<HessianResult> {
  const { landscape, examples, places, spec, seed } = setup;
  const rng = Rng.fromSeed(seed).split("hessian");
  const theta = allocateVector(landscape.size);
  const result: HessianResult = { parameters: landscape.size, examples, spec, points: [] };
  const arrays: Record<string, NdArray> = {};
  try {
    for (const [i, { label, t, place }] of places.entries()) {
      options.onStage?.(`measuring ${label}${places.length > 1 ? ` (${i + 1} of ${places.length})` : ""}`);
      place(theta);
      const { density, ...measures } = await measureHessian(landscape, theta, spec, rng, options);
      result.points.push({ label, t, ...measures });
      arrays[`at_${i + 1}`] = { shape: [density.at.length], data: density.at };
      arrays[`density_${i + 1}`] = { shape: [density.at.length], data: density.density };
    }
  } finally {
    releaseVector(theta);
  }
  folder.writeJson("hessian", result);
  folder.writeArrays("hessian", arrays);
  return result;
}
