import { nearestNeighbours } from "./neighbours.ts";
import type { DimensionEstimate, Points } from "./points.ts";

export interface CorrelationDimensionOptions {
  /** The smaller radius is the median distance to this neighbour; default 10. */
  k1?: number;
  /** The larger radius is the median distance to this neighbour; default 20. */
  k2?: number;
}

/** Radii that differ by less than this share are equal but for rounding. */
const EQUAL_RADII = 1e-6;

/**
 * Correlation dimension (Grassberger & Procaccia 1983; CorrInt in scikit-dimension): C(r), the share of pairs closer
 * than r, grows like r^d: d = ln(C(r₂) / C(r₁)) / ln(r₂ / r₁), with the radii of the 10th and 20th neighbours.
 * Compares all pairs: O(N²) time.
 *
 * @throws RangeError for equal radii (a lattice) or a radius of 0 (repeated points)
 */
export function correlationDimension(
  points: Points,
  options: CorrelationDimensionOptions = {},
): DimensionEstimate {
  const { k1 = 10, k2 = 20 } = options;
  if (!(Number.isInteger(k1) && k1 >= 1 && k1 < k2)) {
    throw new RangeError(
      `The neighbours of the radii are ${k1} and ${k2}; give ascending whole numbers from 1.`,
    );
  }
  const { distances } = nearestNeighbours(points, k2);
  const [r1, r2] = [k1, k2].map((k) => median(distances.filter((_, at) => at % k2 === k - 1)));
  if (r1 === 0) {
    throw new RangeError(
      `Most points coincide with at least ${k1} others, so that the smaller radius is 0; leave out repeated points.`,
    );
  }
  if (r2 - r1 < EQUAL_RADII * r1) {
    throw new RangeError(
      `Neighbours ${k1} and ${k2} are equally far (${r1}), as in a lattice; give random points or other neighbours.`,
    );
  }
  const [closer1, closer2] = pairsCloser(points, r1, r2);
  if (closer1 === 0) {
    throw new RangeError(
      `No pair of points is closer than the median distance to neighbour ${k1}; give a larger k1.`,
    );
  }
  return { estimate: Math.log(closer2 / closer1) / Math.log(r2 / r1), details: { r1, r2 } };
}

/** Numbers of pairs that are closer than r1 and than r2. */
function pairsCloser({ dimension: r, points: x }: Points, r1: number, r2: number): [number, number] {
  const n = x.length / r;
  // A radius may be the distance of a pair, which squaring it would round to either side.
  const limit = r2 * r2 * (1 + 1e-12);
  let closer1 = 0;
  let closer2 = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      let squared = 0;
      for (let d = 0; d < r && squared < limit; d++) squared += (x[i * r + d] - x[j * r + d]) ** 2;
      if (squared >= limit) continue;
      const distance = Math.sqrt(squared);
      if (distance < r2) closer2++;
      if (distance < r1) closer1++;
    }
  }
  return [closer1, closer2];
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
