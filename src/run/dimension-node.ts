import type { Rng } from "../engine/index.ts";
import {
  arcLengthTable,
  authorsTiling,
  DIMENSION_ESTIMATORS,
  type DimensionEstimate,
  type DimensionEstimatorName,
  type Embedding,
  embed,
  estimateDimension,
  type Gram,
  place,
  tAtArcLength,
} from "../geometry/index.ts";
import {
  type CoefficientMap,
  coefficientMatrix,
  evenly,
  isPath,
  materialise,
  polychain,
  type Span,
  sampleCoordinates,
} from "../subspace/index.ts";
import type { RunFolder } from "./folder-node.ts";

export const SAMPLINGS = ["random", "even", "arc-length", "authors-tiling"] as const;
export type Sampling = (typeof SAMPLINGS)[number];

/** One row of `isthmus dimension`: an estimate, or why there is none. */
export interface DimensionRow {
  estimator: DimensionEstimatorName;
  estimate?: number;
  interval?: [number, number];
  /** Standard deviation over points, for estimators that estimate at each. */
  spread?: number;
  problem?: string;
}

export interface DimensionResult {
  what: string;
  points: number;
  sampling: string;
  /** Of a subspace: its number of coordinates. */
  dimension?: number;
  rows: DimensionRow[];
}

/** Points, in coordinates that keep all distances; `fromZero` those whose origin is that of weight space. */
export interface DimensionPoints {
  points: Embedding;
  fromZero?: Embedding;
  parameters?: number;
}

const MATERIALISED = 401;

/**
 * Points of a subspace in isometric coordinates from its Gram matrix.
 *
 * @param n how many; a tiling of a triangle has the square of an even number near √n
 * @throws RangeError for a sampling that does not fit the subspace
 */
export function samplePoints(
  span: Span,
  map: CoefficientMap,
  sampling: Sampling,
  n: number,
  rng: Rng,
): DimensionPoints {
  if (span.parts?.some(({ rectified }) => rectified)) {
    // Not in its span: the chain through many of its points stands for it.
    using chain = materialise(span, map, evenly(map, MATERIALISED));
    return samplePoints(chain, polychain(MATERIALISED), sampling, n, rng);
  }
  const differences = span.differences();
  const zs = coordinatesOf(map, differences, sampling, n, rng);
  const c = coefficientMatrix(map, zs);
  return {
    points: placed(differences, c),
    fromZero: placed(span.gram(), c),
    parameters: span.size,
  };
}

function coordinatesOf(
  map: CoefficientMap,
  gram: Gram,
  sampling: Sampling,
  n: number,
  rng: Rng,
): Float64Array {
  switch (sampling) {
    case "random":
      return sampleCoordinates(map, rng, n);
    case "authors-tiling":
      if (map.dimension !== 2) {
        throw new RangeError(
          `The authors' tiling is for triangles; this ${map.kind} has ${map.dimension} coordinates.`,
        );
      }
      return authorsTiling(2 * Math.round(Math.sqrt(n) / 2));
    case "arc-length": {
      if (!isPath(map)) throw new RangeError(`Sampling by arc length is for paths; this is a ${map.kind}.`);
      const table = arcLengthTable(map, gram);
      return Float64Array.from({ length: n }, (_, i) => tAtArcLength(table, (i / (n - 1)) * table.length));
    }
    case "even": {
      if (isPath(map)) return evenly(map, n);
      // The lattice with at least n points.
      let edge = 2;
      while (evenly(map, edge).length / map.dimension < n) edge++;
      return evenly(map, edge);
    }
  }
}

function placed(gram: Gram, coefficients: Float64Array): Embedding {
  const anchors = embed(gram);
  const { dimension } = anchors;
  const m = gram.size;
  const points = new Float64Array((coefficients.length / m) * dimension);
  for (let p = 0; p * m < coefficients.length; p++) {
    const out = points.subarray(p * dimension, (p + 1) * dimension);
    place(anchors, coefficients.subarray(p * m, (p + 1) * m), out);
  }
  return { dimension, points };
}

/** Estimates by name; an estimator that cannot use the points says why, and the others go on. */
export function estimateAll(
  { points, fromZero, parameters }: DimensionPoints,
  names: readonly DimensionEstimatorName[],
  k: number | undefined,
  rng: Rng,
): DimensionRow[] {
  return names.map((estimator) => {
    try {
      const published = estimator === "tangent-rank-published";
      if (published && (fromZero === undefined || parameters === undefined)) {
        throw new RangeError("It counts the parameters of a network; your own points have none.");
      }
      const options: Record<string, unknown> = {};
      if (k !== undefined && TAKES_NEIGHBOURS.has(estimator)) options.k = k;
      if (published) options.parameters = parameters;
      if (estimator === "danco" || estimator === "knn-graph") options.rng = rng.split(estimator);
      const found = estimateDimension(estimator, published ? fromZero! : points, options as never);
      return { estimator, estimate: found.estimate, interval: found.interval, ...spreadOf(found) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { estimator, problem: error.message };
    }
  });
}

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

function spreadOf({ perPoint }: DimensionEstimate): { spread?: number } {
  if (!perPoint || perPoint.length < 2) return {};
  const n = perPoint.length;
  const mean = perPoint.reduce((a, b) => a + b, 0) / n;
  return { spread: Math.sqrt(perPoint.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)) };
}

/** The job of `isthmus dimension`: estimates on given points. Writes results/dimension.json. */
export function dimensionJob(
  folder: RunFolder,
  setup: {
    what: string;
    dimension?: number;
    sampling: string;
    points: DimensionPoints;
    estimators: readonly DimensionEstimatorName[];
    k?: number;
    rng: Rng;
  },
): DimensionResult {
  const { what, dimension, sampling, points, estimators, k, rng } = setup;
  const result: DimensionResult = {
    what,
    dimension,
    sampling,
    points: points.points.points.length / Math.max(1, points.points.dimension),
    rows: estimateAll(points, estimators, k, rng),
  };
  folder.writeJson("dimension", result);
  return result;
}

export const ESTIMATOR_NAMES = Object.keys(DIMENSION_ESTIMATORS) as DimensionEstimatorName[];
