import { allocateVector, releaseVector } from "../../engine/index.ts";
import { type Landscape, type Slope, wholeSlope } from "../../landscape/index.ts";
import { Optimiser, type OptimiserKind } from "../optimiser.ts";
import { rateFactor, type Schedule } from "../schedule.ts";
import { DivergenceError } from "../training.ts";
import type { Hull } from "./hull.ts";

/** How a point goes down in its hyperplane. */
export interface DescentSpec {
  kind: OptimiserKind;
  /** Momentum of SGD, in [0, 1). */
  momentum: number;
  rate: number;
  schedule: Schedule;
  /** At most so many. */
  steps: number;
  /** Stops where the loss over all examples is no larger. */
  target: number;
}

/** What a descent came to. */
export interface Descent {
  /** Over all examples, at the start and at the end. */
  start: number;
  loss: number;
  steps: number;
}

/** Steps between two looks at the whole loss, where a step sees a batch only. */
const LOOK_EVERY = 50;

/**
 * Minimises a loss within the hyperplane at right angles to a hull, in place, from the point given. The gradient is
 * projected before the optimiser sees it, and the point after.
 *
 * @param theta start and result, of length D, in the vector memory
 * @param options.slope gradients; default those of the whole loss
 * @param options.firstBatch number of the batch of the first step
 * @throws DivergenceError where a loss is no number
 */
export async function descendInHyperplane(
  landscape: Landscape,
  hull: Pick<Hull, "coordinates" | "project" | "restore">,
  theta: Float32Array,
  spec: DescentSpec,
  {
    slope = wholeSlope(landscape),
    firstBatch = 0,
    signal,
  }: { slope?: Slope; firstBatch?: number; signal?: AbortSignal } = {},
): Promise<Descent> {
  const { kind, momentum, rate, schedule, steps, target } = spec;
  const place = hull.coordinates(theta);
  const gradient = allocateVector(theta.length);
  using optimiser = new Optimiser({ kind, momentum, weightDecay: 0 }, [theta]);
  try {
    const start = await lossAt(landscape, theta, signal);
    let loss = start;
    let step = 0;
    while (step < steps && loss > target) {
      signal?.throwIfAborted();
      const here = await slope.gradient(theta, gradient, firstBatch + step);
      if (!Number.isFinite(here)) throw new DivergenceError(step + 1, here, rate);
      // The whole loss comes with its gradient, at the point before the step.
      if (slope.share === 1) {
        loss = here;
        if (loss <= target) break;
      }
      hull.project(gradient);
      step++;
      optimiser.update(0, theta, gradient, rate * rateFactor(schedule, step - 1, steps), step);
      hull.restore(theta, place);
      if (step === steps || (slope.share < 1 && step % LOOK_EVERY === 0)) {
        loss = await lossAt(landscape, theta, signal);
      }
    }
    return { start, loss, steps: step };
  } finally {
    releaseVector(gradient);
  }
}

/** The loss at one point. */
export async function lossAt(
  landscape: Landscape,
  theta: Float32Array,
  signal?: AbortSignal,
): Promise<number> {
  const { loss } = await landscape.evaluateSpan([theta], Float64Array.of(1), { signal });
  return loss[0];
}
