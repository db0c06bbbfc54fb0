import { allocateVector, releaseVector } from "../engine/index.ts";
import { discreteCurvatures, discreteCurvaturesOfVectors } from "../geometry/index.ts";
import { evenly, type PathMap, type Span } from "../subspace/index.ts";

/** The points of a path one after the other, in one vector that is written over. */
function* pointsOf(span: Span, path: PathMap, ts: Float64Array): Generator<Float32Array> {
  const theta = allocateVector(span.size);
  try {
    for (const t of ts) {
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
 * How many times too large the published procedure, finite differences of float32 points, finds the curvature of a path:
 * its median over that of the same differences in float64.
 *
 * @param samples points along the path; the published number is 1,000
 */
export function float32Artefact(span: Span, path: PathMap, samples: number): number {
  const ts = evenly(path, samples);
  const exact = median(discreteCurvatures(path, span.differences(), ts));
  return median(discreteCurvaturesOfVectors(pointsOf(span, path, ts))) / exact;
}
