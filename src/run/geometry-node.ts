import {
  angle,
  arcLengthTable,
  curvatures,
  discreteCurvatures,
  frenet,
  principalComponents,
  speeds,
  tAtArcLength,
} from "../geometry/index.ts";
import {
  type CoefficientMap,
  coefficientMatrix,
  evenly,
  isPath,
  materialise,
  type PathMap,
  polychain,
  type Span,
} from "../subspace/index.ts";
import { float32Artefact, median } from "./float32.ts";
import type { RunFolder } from "./folder-node.ts";
import { type Shape, shapeOf } from "./shape.ts";
import type { JobOptions } from "./train-node.ts";

/** What `isthmus geometry` measures. */
export interface GeometryResult {
  kind: string;
  /** D */
  parameters: number;
  shape: Shape;
  /** Shares of the variance of evenly spaced points (by arc length, on a path), largest first. */
  ratios: number[];
  /** Scores of those points, a row a point. */
  scores: number[][];
  path?: {
    /** Angle between the tangents at the two ends, in radians. */
    tangentAngle: number;
    /** |dθ/dt|: least and greatest. */
    speed: [number, number];
    t: number[];
    /** Closed form, and the published finite difference at the same positions. */
    curvature: number[];
    discrete: number[];
    /** χ₂, the torsion, where the path has one. */
    torsion: number[];
    /** Median over the path of every generalised curvature χ₁, χ₂, …, where it is not NaN. */
    higher: number[];
    /** With 200 and 1,000 float32 points: the published curvature over that in float64, by medians. */
    float32?: { samples: number; ratio: number }[];
  };
}

const COMPONENTS = 3;
const SCORED = 201;
/** Generalised curvatures: curvature, torsion and one more. */
const HIGHER = 3;
/** Points that stand for a curve which is not in its span. */
const MATERIALISED = 201;

/**
 * The job of `isthmus geometry`: measures a subspace, from Gram matrices alone. Writes results/geometry.json and .npz.
 *
 * @param samples positions along a path
 */
export function geometryJob(
  folder: RunFolder,
  { span, map, samples, float32 }: { span: Span; map: CoefficientMap; samples: number; float32: boolean },
  options: JobOptions,
): GeometryResult {
  options.onStage?.("measuring");
  const outside = span.parts?.some(({ rectified }) => rectified) ?? false;
  using points = outside ? materialise(span, map, evenly(map, MATERIALISED)) : undefined;
  const result = points
    ? measure(points, polychain(MATERIALISED), MATERIALISED, shapeOf(span, map))
    : measure(span, map, samples, shapeOf(span, map));
  result.kind = map.kind;
  if (float32 && result.path && isPath(map)) {
    options.onStage?.("measuring float32 points");
    result.path.float32 = [200, 1000].map((n) => ({ samples: n, ratio: float32Artefact(span, map, n) }));
  }
  folder.writeJson("geometry", result);
  const { scores, ratios } = result;
  folder.writeArrays("geometry", {
    scores: { shape: [scores.length, ratios.length], data: Float64Array.from(scores.flat()) },
    ...(result.path
      ? {
          t: { shape: [result.path.t.length], data: Float64Array.from(result.path.t) },
          curvature: { shape: [result.path.t.length], data: Float64Array.from(result.path.curvature) },
        }
      : {}),
  });
  return result;
}

function measure(span: Span, map: CoefficientMap, samples: number, shape: Shape): GeometryResult {
  const gram = span.differences();
  const zs = isPath(map) ? evenByLength(map, gram, SCORED) : evenly(map, 12);
  const { ratios, scores, count } = principalComponents(coefficientMatrix(map, zs), gram);
  const q = Math.min(COMPONENTS, count);
  return {
    kind: map.kind,
    parameters: span.size,
    shape,
    ratios: [...ratios.subarray(0, q)],
    scores: Array.from({ length: scores.length / count }, (_, i) => [
      ...scores.subarray(i * count, i * count + q),
    ]),
    ...(isPath(map) ? { path: pathOf(map, gram, samples) } : {}),
  };
}

function evenByLength(path: PathMap, gram: ReturnType<Span["gram"]>, n: number): Float64Array {
  const table = arcLengthTable(path, gram);
  return Float64Array.from({ length: n }, (_, i) => tAtArcLength(table, (i / (n - 1)) * table.length));
}

function pathOf(path: PathMap, gram: ReturnType<Span["gram"]>, samples: number): GeometryResult["path"] {
  const ts = evenly(path, samples);
  const inner = ts.subarray(1, samples - 1);
  const speed = speeds(path, gram, ts);
  const bends = frenet(path, gram, inner, HIGHER);
  const column = (j: number) =>
    Array.from({ length: inner.length }, (_, i) => bends.curvatures[i * bends.count + j]);
  const chain = path.kind === "polychain";
  const discrete = [...discreteCurvatures(path, gram, ts)];
  return {
    tangentAngle: angle(gram, path.derivative(0), path.derivative(1)),
    speed: [Math.min(...speed), Math.max(...speed)],
    t: [...inner],
    // A chain has no curvature but at its bends.
    curvature: chain ? discrete : [...curvatures(path, gram, inner)],
    discrete,
    torsion: bends.count > 1 ? column(1) : [],
    higher: Array.from({ length: bends.count }, (_, j) => column(j).filter(Number.isFinite))
      .filter((values) => values.length > 0)
      .map(median),
  };
}
