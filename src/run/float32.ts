import { allocateVector, releaseVector } from "../engine/index.ts";
import { discreteCurvatures, discreteCurvaturesOfVectors } from "../geometry/index.ts";
import { evenly, type PathMap, type Span } from "../subspace/index.ts";

/** The published curvature of a path, of float32 points and of the same points in float64. */
export interface Float32Curvatures {
  /** Positions; the first and last have no curvature. */
  t: Float64Array;
  float32: Float32Array;
  float64: Float64Array;
}

/** The points of a path one after the other, in one vector that is written over. */
function* pointsOf(
  span: Span,
  path: PathMap,
  ts: Float64Array,
  onProgress?: (done: number) => void,
): Generator<Float32Array> {
  const theta = allocateVector(span.size);
  try {
    for (const [i, t] of ts.entries()) {
      onProgress?.(i / ts.length);
      span.point(path.at(t), theta);
      yield theta;
    }
  } finally {
    releaseVector(theta);
  }
}

/** The median; of an even number of values the upper one. */
export function median(values: ArrayLike<number>): number {
  const sorted = Array.from(values).sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/**
 * The published procedure, finite differences of float32 points, and the same differences in float64.
 *
 * @param samples points along the path; the published number is 1,000
 * @throws RangeError for a curve that leaves its span, whose points are known in float32 only
 */
export function float32Curvatures(
  span: Span,
  path: PathMap,
  samples: number,
  onProgress?: (done: number) => void,
): Float32Curvatures {
  const ts = evenly(path, samples);
  const float64 = discreteCurvatures(path, span.differences(), ts);
  const float32 = discreteCurvaturesOfVectors(pointsOf(span, path, ts, onProgress));
  return { t: ts.subarray(1, samples - 1), float32, float64 };
}

/** How many times too large the published procedure finds the curvature of a path: ratio of medians along it. */
export function float32Artefact(span: Span, path: PathMap, samples: number): number {
  const { float32, float64 } = float32Curvatures(span, path, samples);
  return median(float32) / median(float64);
}
