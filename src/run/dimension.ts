import type { Rng } from "../engine/index.ts";
import {
  arcLengthTable,
  authorsTiling,
  DIMENSION_ESTIMATORS,
  type DimensionEstimate,
  type DimensionEstimatorName,
  type Embedding,
  embed,
  embedRows,
  estimateDimension,
  type Gram,
  tAtArcLength,
} from "../geometry/index.ts";
import type { WorkOptions } from "../landscape/index.ts";
import {
  type CoefficientMap,
  coefficientMatrix,
  evenly,
  isPath,
  Span,
  sampleCoordinates,
} from "../subspace/index.ts";
import { leavesSpan, STAND_INS, subspaceGram } from "./subspace-gram.ts";

export const ESTIMATOR_NAMES = Object.keys(DIMENSION_ESTIMATORS) as DimensionEstimatorName[];

export const SAMPLINGS = ["random", "even", "arc-length", "authors-tiling"] as const;
export type Sampling = (typeof SAMPLINGS)[number];

/** One row of `isthmus dimension`: an estimate, or why there is none. */
export interface DimensionRow {
  estimator: DimensionEstimatorName;
  estimate?: number;
  /** 95 % */
  interval?: [number, number];
  /** Standard deviation over points, for estimators that estimate at each. */
  spread?: number;
  problem?: string;
}

export interface DimensionResult {
  what: string;
  points: number;
  /** "given" of the user's own points. */
  sampling: Sampling | "given";
  /** How many of its points, joined by straight pieces, stand for a curve that leaves its span. */
  standIns?: number;
  /** Of a subspace: its number of coordinates. */
  dimension?: number;
  /** D */
  parameters: number;
  rows: DimensionRow[];
}

/** Points in a few coordinates that keep all their distances. */
export interface DimensionPoints {
  points: Embedding;
  /** The same with the origin of weight space. */
  fromZero: Embedding;
  /** D */
  parameters: number;
  standIns?: number;
}

/** Whether a sampling fits a subspace; if not, why. */
export function misfit(sampling: Sampling, map: CoefficientMap): string | undefined {
  const what = `this ${map.kind} has ${map.dimension} coordinate${map.dimension === 1 ? "" : "s"}`;
  if (sampling === "authors-tiling" && !(map.domain === "simplex" && map.dimension === 2)) {
    return `the authors' tiling is for triangles; ${what}`;
  }
  if (sampling === "arc-length" && !isPath(map)) return `sampling by arc length is for paths; ${what}`;
}

/**
 * Points of a subspace in isometric coordinates, from its Gram matrix.
 *
 * @param n how many; even points of a simplex are the lattice of at least as many, and a tiling of a triangle has the
 *   square of an even number near √n
 * @throws RangeError for a sampling that does not fit the subspace
 */
export async function samplePoints(
  span: Span,
  map: CoefficientMap,
  { sampling, n, rng }: { sampling: Sampling; n: number; rng: Rng },
  options: WorkOptions = {},
): Promise<DimensionPoints> {
  const reason = misfit(sampling, map);
  if (reason) throw new RangeError(`${reason}; choose another sampling.`);
  // Points of a curve that leaves its span are taken themselves where they are no more than would stand for it.
  const direct = leavesSpan(span) && n <= STAND_INS && sampling !== "arc-length";
  const at = direct ? coordinatesOf(map, sampling, n, rng).sort() : undefined;
  const subspace = await subspaceGram(span, map, { ...options, at });
  const { map: used, differences, absolute, standIns } = subspace;
  const zs = direct ? evenly(used, n) : coordinatesOf(used, sampling, n, rng, differences);
  const c = coefficientMatrix(used, zs);
  return {
    points: embedRows(differences, c),
    fromZero: embedRows(absolute, c),
    parameters: span.size,
    standIns: direct ? undefined : standIns,
  };
}

/** @param gram to measure arc length with, where the sampling goes by it */
function coordinatesOf(
  map: CoefficientMap,
  sampling: Sampling,
  n: number,
  rng: Rng,
  gram?: Gram,
): Float64Array {
  if (sampling === "random") return sampleCoordinates(map, rng, n);
  if (sampling === "authors-tiling") return authorsTiling(Math.max(2, 2 * Math.round(Math.sqrt(n) / 2)));
  if (sampling === "arc-length" && isPath(map)) {
    const table = arcLengthTable(map, gram!);
    return Float64Array.from({ length: n }, (_, i) => tAtArcLength(table, (i / (n - 1)) * table.length));
  }
  if (isPath(map)) return evenly(map, n);
  let edge = 2;
  while (evenly(map, edge).length / map.dimension < n) edge++;
  return evenly(map, edge);
}

/**
 * Points of the user's own, n rows of d numbers. Where d is above n, such as with weight vectors, they are placed in
 * fewer coordinates by their Gram matrix, after rounding to float32.
 */
export function givenPoints(values: Float64Array, d: number): DimensionPoints {
  const n = values.length / d;
  const own = { dimension: d, points: values };
  if (d <= n) return { points: own, fromZero: own, parameters: d };
  const rows = Array.from({ length: n }, (_, i) => Float32Array.from(values.subarray(i * d, (i + 1) * d)));
  using span = Span.of(rows);
  return { points: embed(span.gram(0)), fromZero: embed(span.gram()), parameters: d };
}

/** Estimators with a number of neighbours. */
const TAKES_NEIGHBOURS = new Set<DimensionEstimatorName>([
  "maximum-likelihood",
  "tangent-rank",
  "tangent-rank-published",
  "local-pca",
  "moments",
  "mind",
  "danco",
  "knn-graph",
]);

/**
 * Estimates by name; an estimator that cannot use the points says why, and the others go on.
 *
 * @param neighbours of each estimator that has such a number; by default its own
 */
export function estimateAll(
  { points, fromZero, parameters }: DimensionPoints,
  names: readonly DimensionEstimatorName[],
  neighbours: (name: DimensionEstimatorName) => number | undefined,
  rng: Rng,
): DimensionRow[] {
  return names.map((estimator) => {
    const published = estimator === "tangent-rank-published";
    const k = TAKES_NEIGHBOURS.has(estimator) ? neighbours(estimator) : undefined;
    const options: Record<string, unknown> = {
      ...(k === undefined ? {} : { k }),
      ...(published ? { parameters } : {}),
      ...(estimator === "danco" || estimator === "knn-graph" ? { rng: rng.split(estimator) } : {}),
    };
    try {
      const found = estimateDimension(estimator, published ? fromZero : points, options as never);
      return { estimator, estimate: found.estimate, interval: found.interval, spread: spreadOf(found) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { estimator, problem: error.message };
    }
  });
}

function spreadOf({ perPoint }: DimensionEstimate): number | undefined {
  const n = perPoint?.length ?? 0;
  if (!perPoint || n < 2) return undefined;
  const mean = perPoint.reduce((a, b) => a + b) / n;
  return Math.sqrt(perPoint.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
}
