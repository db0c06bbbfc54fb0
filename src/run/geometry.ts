import {
  angle,
  arcLengthTable,
  curvatures,
  discreteCurvatures,
  frenet,
  type Gram,
  norm,
  pathLength,
  principalComponents,
  speeds,
  tAtArcLength,
} from "../geometry/index.ts";
import { type CoefficientMap, coefficientMatrix, evenly, isPath, type PathMap } from "../subspace/index.ts";
import { median } from "./float32.ts";
import { type Bend, bendsOf, type Shape, shapeOf } from "./shape.ts";
import type { SubspaceGram } from "./subspace-gram.ts";

/** Least, median and greatest of a quantity along a path. */
export interface Extent {
  least: number;
  median: number;
  greatest: number;
}

/** What `isthmus geometry` measures, in numbers; profiles along a path are in results/geometry.npz. */
export interface GeometryResult {
  kind: string;
  /** D */
  parameters: number;
  shape: Shape;
  /** How many of its points, joined by straight pieces, stand for a curve that leaves its span. */
  standIns?: number;
  /** Of a simplex: dimension of the flat space of its vertices, lower than that of the simplex where they are collinear. */
  rank?: number;
  /** Shares of the variance of evenly spaced points (by arc length, on a path), largest first; at most ten. */
  ratios: number[];
  /** Ends of a path, vertices of a simplex: their scores on the first three components or fewer. */
  marks: { label: string; scores: number[] }[];
  path?: {
    /** Angle between the tangents at the two ends, in radians. */
    tangentAngle: number;
    /** |dθ/dt| */
    speed: Extent;
    /** |θ| */
    norm: Extent;
    /** In closed form; of a chain, at its bends. */
    curvature: Extent;
    /** The published finite difference, in float64. */
    discrete: Extent;
    /** Medians of the generalised curvatures χ₁, χ₂, … (curvature, torsion, …), those that the path has. */
    frenet: number[];
    /** Of a polygonal chain. */
    bends?: Bend[];
    /** With 200 and 1,000 float32 points: medians of the published curvature, and of the same in float64. */
    float32?: { samples: number; float32: number; float64: number }[];
  };
}

/** Profiles along a path, each at every t: NaN where a quantity is not defined. */
export interface PathProfiles {
  t: Float64Array;
  speed: Float64Array;
  norm: Float64Array;
  curvature: Float64Array;
  discrete: Float64Array;
  /** A row for each generalised curvature χ₁, χ₂, … that the path has. */
  frenet: Float64Array[];
}

export interface Geometry {
  result: GeometryResult;
  /** Scores of evenly spaced points on at most three components, n × q, row-major. */
  scores: { count: number; values: Float64Array };
  profiles?: PathProfiles;
}

/** Components that are drawn, and those whose shares are told. */
const [DRAWN, TOLD] = [3, 10];
/** Points along a path for its principal components, and the most on a simplex. */
const [ALONG, INSIDE] = [201, 300];
/** Generalised curvatures: curvature, torsion and one more. */
const GENERALISED = 3;

/**
 * Measures a subspace.
 *
 * @param of what is measured: its kind, its number of parameters D, and positions along it (5 or more)
 * @throws RangeError where all points of the subspace are one
 */
export function measureGeometry(
  subspace: SubspaceGram,
  { kind, parameters, samples }: { kind: string; parameters: number; samples: number },
): Geometry {
  const { map, differences } = subspace;
  if (!differences.values.every(Number.isFinite)) {
    throw new RangeError(
      "The subspace has anchors with numbers that are not finite, so that it has no shape; give one whose training has not diverged.",
    );
  }
  const rank = isPath(map) ? undefined : rankOfVertices(subspace);
  if (isPath(map) ? !(pathLength(map, differences) > 0) : rank === 0) {
    throw new RangeError(
      "All points of this subspace are one and the same network, so that it has no shape; give one whose anchors differ.",
    );
  }
  const zs = isPath(map) ? evenByLength(map, differences) : lattice(map);
  const { ratios, scores, count } = principalComponents(coefficientMatrix(map, zs), differences);
  const q = Math.min(DRAWN, count);
  const n = scores.length / count;
  const drawn = Float64Array.from(
    { length: n * q },
    (_, at) => scores[Math.floor(at / q) * count + (at % q)],
  );
  const measured = isPath(map) ? pathGeometry(subspace, map, samples) : undefined;
  return {
    result: {
      kind,
      parameters,
      shape: shapeOf(subspace),
      standIns: subspace.standIns,
      rank,
      ratios: [...ratios.subarray(0, TOLD)],
      marks: marksOf(map, zs).map(({ label, point }) => ({
        label,
        scores: [...drawn.subarray(point * q, (point + 1) * q)],
      })),
      path: measured?.numbers,
    },
    scores: { count: q, values: drawn },
    profiles: measured?.profiles,
  };
}

/** The dimension of the flat space that the vertices of a simplex lie in, but for rounding. */
function rankOfVertices({ map, differences }: SubspaceGram): number {
  const m = map.anchors;
  const vertices = Float64Array.from({ length: m * m }, (_, at) => (at % (m + 1) === 0 ? 1 : 0));
  return m < 2 ? 0 : principalComponents(vertices, differences).count;
}

function evenByLength(path: PathMap, gram: Gram): Float64Array {
  const table = arcLengthTable(path, gram);
  return Float64Array.from({ length: ALONG }, (_, i) =>
    tAtArcLength(table, (i / (ALONG - 1)) * table.length),
  );
}

/** The finest even points of a simplex or a complex that are not too many. */
function lattice(map: CoefficientMap): Float64Array {
  let zs = evenly(map, 2);
  for (let edge = 3; edge <= 25; edge++) {
    const finer = evenly(map, edge);
    if (finer.length > INSIDE * map.dimension) break;
    zs = finer;
  }
  return zs;
}

/** The points that a reader wants to find again. */
function marksOf(map: CoefficientMap, zs: Float64Array): { label: string; point: number }[] {
  const k = map.dimension;
  const n = zs.length / k;
  if (isPath(map)) {
    return [
      { label: "t = 0", point: 0 },
      { label: "t = 1", point: n - 1 },
    ];
  }
  return Array.from({ length: n }, (_, point) => {
    const c = map.at(zs.subarray(point * k, (point + 1) * k));
    return { point, vertex: c.findIndex((x) => Math.abs(x - 1) < 1e-9) };
  })
    .filter(({ vertex }) => vertex >= 0)
    .sort((a, b) => a.vertex - b.vertex)
    .map(({ point, vertex }) => ({ point, label: String(vertex + 1) }));
}

function pathGeometry(
  { differences: gram, absolute, standIns }: SubspaceGram,
  path: PathMap,
  samples: number,
): { numbers: GeometryResult["path"]; profiles: PathProfiles } {
  const chain = path.kind === "polychain";
  const bends = chain ? bendsOf(path, gram) : undefined;
  // Between its anchors nothing happens to a chain.
  const t = evenly(path, bends ? path.anchors : samples);
  const n = t.length;
  const between = (values: ArrayLike<number>) => {
    const all = new Float64Array(n).fill(Number.NaN);
    all.set(values, 1);
    return all;
  };
  const generalised = chain ? [] : generalisedCurvatures(path, gram, t);
  const profiles: PathProfiles = {
    t,
    speed: speeds(path, gram, t),
    norm: Float64Array.from(t, (at) => norm(absolute, path.at(at))),
    curvature: bends ? between(bends.map(({ curvature }) => curvature)) : curvatures(path, gram, t),
    discrete: between(discreteCurvatures(path, gram, t)),
    frenet: generalised,
  };
  return {
    profiles,
    numbers: {
      tangentAngle: angle(gram, path.derivative(0), path.derivative(1)),
      speed: extentOf(profiles.speed),
      norm: extentOf(profiles.norm),
      curvature: extentOf(profiles.curvature),
      discrete: extentOf(profiles.discrete),
      frenet: generalised.map((values) => extentOf(values).median),
      bends: standIns === undefined ? bends : undefined,
    },
  };
}

/** χ₁, χ₂, … at each t; those that are nowhere above 0 are left out. */
function generalisedCurvatures(path: PathMap, gram: Gram, t: Float64Array): Float64Array[] {
  const { count, curvatures } = frenet(path, gram, t, GENERALISED);
  return Array.from({ length: count }, (_, j) => t.map((_, i) => curvatures[i * count + j])).filter(
    (values) => values.some((value) => value > 0),
  );
}

function extentOf(values: Float64Array): Extent {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return { least: Number.NaN, median: Number.NaN, greatest: Number.NaN };
  return {
    least: known.reduce((a, b) => Math.min(a, b)),
    median: median(known),
    greatest: known.reduce((a, b) => Math.max(a, b)),
  };
}
