import { nearestNeighbours } from "./neighbours.ts";
import { type DimensionEstimate, mean, type Points } from "./points.ts";

/** Distances that differ by less than this share are equal but for rounding. */
const EQUAL_DISTANCES = 1e-9;

/**
 * Method of moments (Amsaleg et al. 2018; MOM in scikit-dimension): in a ball of radius w that is filled evenly the
 * mean distance m from the centre is w d / (d + 1), so d = m / (w − m), with w the distance to the k-th neighbour and m
 * the mean distance of the k. Averaged over points.
 *
 * @param options.k neighbours of each point; default 100
 * @throws RangeError where all k neighbours of a point are equally far
 */
export function moments(points: Points, { k = 100 }: { k?: number } = {}): DimensionEstimate {
  const { distances } = nearestNeighbours(points, k);
  const perPoint = new Float64Array(distances.length / k).map((_, i) => {
    const farthest = distances[(i + 1) * k - 1];
    const average = mean(distances.subarray(i * k, (i + 1) * k));
    if (farthest - average <= EQUAL_DISTANCES * farthest) {
      throw new RangeError(
        `All ${k} nearest neighbours of point ${i} are equally far, as in a lattice or for repeated points; give random points or more neighbours.`,
      );
    }
    return average / (farthest - average);
  });
  return { estimate: mean(perPoint), perPoint };
}
