import { allocateVector, axpy, releaseVector } from "../../engine/index.ts";
import type { Landscape, WorkOptions } from "../../landscape/index.ts";
import { Optimiser, type OptimiserKind } from "../optimiser.ts";
import { rateFactor, type Schedule } from "../schedule.ts";
import { DivergenceError } from "../training.ts";
import type { RandomSubspace } from "./subspace.ts";

/** How the coordinates of a subspace go down. */
export interface SubspaceDescentSpec {
  kind: OptimiserKind;
  /** Momentum of SGD, in [0, 1). */
  momentum: number;
  rate: number;
  schedule: Schedule;
  /** At most so many. */
  steps: number;
  /** Stops where the loss is below this. */
  target: number;
}

export interface SubspaceDescent {
  /** At θ₀. */
  start: number;
  /** The lowest that was met. */
  loss: number;
  /** Steps taken. */
  steps: number;
}

/**
 * Minimises a loss over the coordinates z of a random subspace, from z = 0, with the whole gradient.
 *
 * The point is kept and moved by P Δz, since θ₀ + P z, summed anew in float32, has an error of 10⁻⁷ of its largest terms: a
 * wedge that a subspace meets would be missed by as much.
 *
 * @param z result, of length d, in the vector memory
 * @throws DivergenceError where a loss is no number
 */
export async function descendInSubspace(
  landscape: Landscape,
  subspace: RandomSubspace,
  z: Float32Array,
  { kind, momentum, rate, schedule, steps, target }: SubspaceDescentSpec,
  { signal, onProgress }: WorkOptions = {},
): Promise<SubspaceDescent> {
  const { size } = landscape;
  const [flat, theta, gradient] = [allocateVector(size), allocateVector(size), allocateVector(size)];
  const [slope, move] = [allocateVector(z.length), allocateVector(z.length)];
  using optimiser = new Optimiser({ kind, momentum, weightDecay: 0 }, [move]);
  z.fill(0);
  flat.set(subspace.origin);
  try {
    let start = Number.NaN;
    let lowest = Number.POSITIVE_INFINITY;
    for (let step = 0; ; step++) {
      signal?.throwIfAborted();
      theta.set(flat);
      const factor = subspace.ontoSphere(theta);
      const loss = await landscape.gradient(theta, gradient, { signal });
      if (!Number.isFinite(loss)) throw new DivergenceError(step, loss, rate);
      if (step === 0) start = loss;
      lowest = Math.min(lowest, loss);
      if (step === steps || loss < target) return { start, loss: lowest, steps: step };
      subspace.contract(theta, factor, gradient, slope);
      move.fill(0);
      optimiser.update(0, move, slope, rate * rateFactor(schedule, step, steps), step + 1);
      axpy(z, 1, move);
      subspace.move(flat, move);
      onProgress?.((step + 1) / steps);
    }
  } finally {
    releaseVector(flat, theta, gradient, slope, move);
  }
}
