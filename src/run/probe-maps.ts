import type { NdArray } from "../format/index.ts";
import {
  type AxisFrame,
  alongAxes,
  axisFrame,
  interpolationCoefficients,
  octantGrid,
  sectorGrid,
} from "../geometry/index.ts";
import type { Landscape, WorkOptions } from "../landscape/index.ts";
import { Span } from "../subspace/index.ts";
import type { MapPoint, OctantResult } from "./probe-spec.ts";

/** A loss that is mapped, by the name of its split, or `loss`. */
export interface NamedLandscape {
  name: string;
  landscape: Pick<Landscape, "evaluateSpan" | "evaluateSeveral">;
}

/** Arrays of an npz file. */
export type Arrays = Record<string, NdArray>;

const unit = (i: number, m: number) => Float64Array.from({ length: m }, (_, j) => Number(i === j));

const pointsOf = (frame: AxisFrame, labels: readonly string[], m: number): MapPoint[] =>
  labels.map((label, i) => ({ label, ...frame.coordinates(unit(i, m)) }));

/**
 * The loss on spherical octants whose corners are three vectors, made orthonormal one after the other and scaled to a
 * radius ("Large Scale Structure", figures 1 and 2; the construction is ours).
 *
 * @param vectors three of D numbers, in the vector memory
 * @param labels of the first of them, which are marked
 * @param setup.radii default the mean norm of the marked ones
 * @returns arrays `azimuths`, `polars` and NAME_k, the loss at radius k, [polars, azimuths]
 */
export async function octantMap(
  landscapes: readonly NamedLandscape[],
  vectors: readonly Float32Array[],
  labels: readonly string[],
  { radii, points }: { radii?: readonly number[]; points: number },
  { signal, onProgress }: WorkOptions = {},
): Promise<{ result: OctantResult; arrays: Arrays }> {
  const gram = new Span(vectors).gram();
  const norms = labels.map((_, i) => Math.sqrt(gram.values[i * gram.size + i]));
  const shown = radii ?? [norms.reduce((a, b) => a + b, 0) / norms.length];
  const frame = axisFrame(
    gram,
    vectors.map((_, i) => unit(i, gram.size)),
  );
  const grid = octantGrid(points);
  const arrays: Arrays = {
    azimuths: { shape: [points], data: grid.azimuths },
    polars: { shape: [points], data: grid.polars },
  };
  const maps = landscapes.flatMap(({ name, landscape }) =>
    shown.map((radius, k) => ({ name, landscape, radius, k })),
  );
  for (const [done, { name, landscape, radius, k }] of maps.entries()) {
    const { loss } = await landscape.evaluateSpan(vectors, alongAxes(frame, grid.nodes, radius), {
      signal,
      onProgress: (part) => onProgress?.((done + part) / maps.length),
    });
    arrays[`${name}_${k}`] = { shape: [points, points], data: loss };
  }
  return { result: { radii: [...shown], points: pointsOf(frame, labels, gram.size) }, arrays };
}

/** Angle of a sector beyond the vectors on either side, in radians, and its radius in units of the longer vector. */
const BEYOND = Math.PI / 8;
const REACH = 1.5;

/**
 * The loss on a sector of the plane of two vectors, whose axis lies between them ("Large Scale Structure", figure 2).
 *
 * @returns arrays `radii`, `angles` and, by landscape, NAME: [angles, radii]
 */
export async function sectorMap(
  landscapes: readonly NamedLandscape[],
  vectors: readonly [Float32Array, Float32Array],
  labels: readonly [string, string],
  { points, outer }: { points: number; outer?: number },
  { signal, onProgress }: WorkOptions = {},
): Promise<{ points: MapPoint[]; arrays: Arrays }> {
  const gram = new Span(vectors).gram();
  const [a, b] = [0, 3].map((i) => Math.sqrt(gram.values[i]));
  const half = Math.acos(Math.max(-1, Math.min(1, gram.values[1] / (a * b)))) / 2;
  const frame = axisFrame(gram, [
    [1 / a, 1 / b],
    [1 / a, -1 / b],
  ]);
  const grid = sectorGrid(0, outer ?? REACH * Math.max(a, b), Math.min(Math.PI, half + BEYOND), points);
  const arrays: Arrays = {
    radii: { shape: [points], data: grid.radii },
    angles: { shape: [points], data: grid.angles },
  };
  for (const [done, { name, landscape }] of landscapes.entries()) {
    const { loss } = await landscape.evaluateSpan([...vectors], alongAxes(frame, grid.nodes), {
      signal,
      onProgress: (part) => onProgress?.((done + part) / landscapes.length),
    });
    arrays[name] = { shape: [points, points], data: loss };
  }
  return { points: pointsOf(frame, labels, 2), arrays };
}

/**
 * The loss on the line from one vector (α = 0) to another (1), and beyond.
 *
 * @returns arrays `alpha` and, by landscape, NAME
 */
export async function lineProfile(
  landscapes: readonly NamedLandscape[],
  ends: readonly [Float32Array, Float32Array],
  alpha: Float64Array,
  { signal }: WorkOptions = {},
): Promise<Arrays> {
  const arrays: Arrays = { alpha: { shape: [alpha.length], data: alpha } };
  for (const { name, landscape } of landscapes) {
    const { loss } = await landscape.evaluateSpan([...ends], interpolationCoefficients(alpha), { signal });
    arrays[name] = { shape: [alpha.length], data: loss };
  }
  return arrays;
}
