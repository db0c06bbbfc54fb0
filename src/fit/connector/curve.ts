import { allocateVector, combine, type Rng, releaseVector } from "../../engine/index.ts";
import type { Slope, WorkOptions } from "../../landscape/index.ts";
import type { PathMap } from "../../subspace/index.ts";
import { Optimiser, type OptimiserKind } from "../optimiser.ts";
import { rateFactor, type Schedule } from "../schedule.ts";
import { DivergenceError } from "../training.ts";

/** How a curve between two optima is trained on any landscape. */
export interface CurveSpec {
  kind: OptimiserKind;
  /** Momentum of SGD, in [0, 1). */
  momentum: number;
  rate: number;
  schedule: Schedule;
  steps: number;
}

/**
 * Trains the bends of a curve between two fixed ends to minimise the mean loss at uniform t (Garipov et al. 2018, eq. 2): a
 * gradient at one random t a step, which goes to each bend by its coefficient there. `fit` does the same for networks, with
 * epochs, dropout and validation.
 *
 * @param anchors of the map, in the vector memory; all but the first and the last change in place
 * @param rng stream of the positions
 * @throws DivergenceError where a loss is no number
 */
export async function fitCurveOn(
  slope: Slope,
  map: PathMap,
  anchors: readonly Float32Array[],
  { kind, momentum, rate, schedule, steps }: CurveSpec,
  rng: Rng,
  { signal, onProgress }: WorkOptions = {},
): Promise<void> {
  const bends = anchors.slice(1, -1);
  const theta = allocateVector(slope.size);
  const gradient = allocateVector(slope.size);
  using optimiser = new Optimiser({ kind, momentum, weightDecay: 0 }, bends);
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const coefficients = map.at(rng.foldIn(step).uniform(1)[0]);
      combine(theta, anchors, coefficients);
      const loss = await slope.gradient(theta, gradient, step);
      if (!Number.isFinite(loss)) throw new DivergenceError(step + 1, loss, rate);
      bends.forEach((bend, i) => {
        const own = rate * rateFactor(schedule, step, steps);
        optimiser.update(i, bend, gradient, own, step + 1, coefficients[i + 1]);
      });
      onProgress?.((step + 1) / steps);
    }
  } finally {
    releaseVector(theta, gradient);
  }
}
