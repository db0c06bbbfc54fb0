import type { Rng } from "../engine/index.ts";
import type { DimensionEstimatorName } from "../geometry/index.ts";
import { type DimensionPoints, type DimensionResult, estimateAll, type Sampling } from "./dimension.ts";
import type { RunFolder } from "./folder-node.ts";

/** What `isthmus dimension` is asked. */
export interface DimensionSetup {
  /** What the points are of, as the user named it. */
  what: string;
  /** Of a subspace: its number of coordinates. */
  dimension?: number;
  sampling: Sampling | "given";
  points: DimensionPoints;
  estimators: readonly DimensionEstimatorName[];
  /** Of an estimator that has a number of neighbours; by default its own. */
  neighbours?: (name: DimensionEstimatorName) => number | undefined;
  rng: Rng;
}

/** The job of `isthmus dimension`: estimates on given points. Writes results/dimension.json. */
export function dimensionJob(folder: RunFolder, setup: DimensionSetup): DimensionResult {
  const { what, dimension, sampling, points, estimators, neighbours = () => undefined, rng } = setup;
  const { parameters, standIns, fromZero } = points;
  const result: DimensionResult = {
    what,
    dimension,
    sampling,
    points: fromZero.points.length / Math.max(1, fromZero.dimension),
    standIns,
    parameters,
    rows: estimateAll(points, estimators, neighbours, rng),
  };
  folder.writeJson("dimension", result);
  return result;
}
