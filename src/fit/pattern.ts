import type { Rng } from "../engine/index.ts";
import { Batch, type Examples, type Loss, type WorkOptions } from "../landscape/index.ts";
import type { Network } from "../model/index.ts";
import { Optimiser } from "./optimiser.ts";
import { PatternGradient } from "./pattern-gradient.ts";
import { cellsOf, type PatternMask } from "./pattern-mask.ts";
import {
  type AxisPenalty,
  type Parametrisation,
  type PatternParameters,
  vectorsOf,
} from "./pattern-plane.ts";
import { DivergenceError } from "./training.ts";

export interface PatternSpec {
  steps: number;
  /** Examples in a step. */
  batch: number;
  /** Learning rate of Adam. */
  rate: number;
  /** Cells of each kind that a step looks at; all of them, where the mask has fewer. */
  goodCells: number;
  badCells: number;
  /** Weight c of the bad cells' losses, relative to the good cells'. */
  badWeight: number;
  /** τ: a bad cell's loss counts no further than this. */
  ceiling: number;
  /** Largest norm of the gradient of all parameters together; longer ones are shortened to it. */
  clip: number;
  parametrisation: Parametrisation;
  /** Of the parametrisations whose axes are free. */
  penalty: AxisPenalty;
}

/** What works for an MLP and a mask of 14 x 14 cells; the paper takes 50 + 50 cells and batches of 512. */
export const PATTERN_DEFAULTS: PatternSpec = {
  steps: 2500,
  batch: 128,
  rate: 1e-3,
  goodCells: 6,
  badCells: 6,
  badWeight: 1,
  ceiling: 2.5,
  clip: 100,
  parametrisation: "up-orthogonal",
  penalty: { orthogonality: 10, equality: 10 },
};

/** Which pattern to draw, into which plane. */
export interface PatternProblem {
  /** Its dropout is off. */
  network: Network;
  loss: Loss;
  mask: PatternMask;
  /** Changed in place; see `patternParameters`. */
  parameters: PatternParameters;
  train: Examples;
}

/** One line of the history. */
export interface PatternMetrics {
  /** Steps so far. */
  step: number;
  /** Means over the steps since the last line, at the cells drawn; the bad cells' loss without its ceiling. */
  goodLoss: number;
  badLoss: number;
  /** s */
  scale: number;
}

/** All that the next step depends on; vectors are live, so copy or save them before going on. */
export interface PatternState {
  /** Steps done. */
  step: number;
  history: PatternMetrics[];
  /** Origin, right, up and scale. */
  parameters: readonly Float32Array[];
  /** Optimiser state of each; its memory is given back when the fit ends, so save it in `onMetrics`. */
  moments: readonly (readonly Float32Array[])[];
}

export interface PatternOptions extends WorkOptions {
  /** A state to go on from, with vectors of the same shapes (they are copied). */
  resume?: PatternState;
  /** Steps between two lines of the history; default 100. */
  every?: number;
  /** Called after each line of the history; save the state here. */
  onMetrics?: (metrics: PatternMetrics, state: PatternState) => Promise<void> | void;
}

/**
 * Finds a plane in weight space whose low-loss set is a given picture (Skorokhodov and Burtsev 2019): minimises, by
 * stochastic gradient descent on the parameters of the plane,
 *
 *     mean over good cells of L(θ) - c · mean over bad cells of min(L(θ), τ)
 *
 * for random cells and a random batch in each step. Batches are those of shuffled epochs; what does not fill a batch
 * is left out. Every random draw depends on the seed and the number of its step or epoch alone, so that a run that is
 * resumed ends with the same bytes as one that was not interrupted.
 *
 * Make the plane of the result with `patternPlane`.
 * @throws DivergenceError if a loss or a gradient is not finite
 * @throws RangeError if a step is to look at less than one cell of a kind
 */
export async function fitPattern(
  problem: PatternProblem,
  spec: PatternSpec,
  rng: Rng,
  options: PatternOptions = {},
): Promise<PatternState> {
  const { mask, train } = problem;
  const { every = 100, onMetrics, onProgress, resume, signal } = options;
  const streams = { shuffle: rng.split("shuffle"), good: rng.split("good"), bad: rng.split("bad") };
  const trained = vectorsOf(problem.parameters);
  const [good, bad] = [cellsOf(mask, 1), cellsOf(mask, -1)];
  const draw = (cells: readonly number[], count: number, stream: Rng) =>
    Array.from(stream.permutation(cells.length).subarray(0, count), (i) => cells[i]);

  const batchSize = Math.min(spec.batch, train.count);
  const batchesPerEpoch = Math.floor(train.count / batchSize);
  using batch = new Batch(train, batchSize);
  using gradient = new PatternGradient(problem, spec, batchSize);
  using optimiser = new Optimiser({ kind: "adam", momentum: 0, weightDecay: 0 }, trained);
  const state: PatternState = {
    step: resume?.step ?? 0,
    history: resume ? [...resume.history] : [],
    parameters: trained,
    moments: optimiser.state,
  };
  if (resume) copyVectors(resume, state);

  let order: { epoch: number; numbers: Int32Array } | undefined;
  const sums = { good: 0, bad: 0, steps: 0 };
  while (state.step < spec.steps) {
    signal?.throwIfAborted();
    const number = state.step;
    const epoch = Math.floor(number / batchesPerEpoch);
    if (order?.epoch !== epoch)
      order = { epoch, numbers: streams.shuffle.foldIn(epoch).permutation(train.count) };
    const start = (number % batchesPerEpoch) * batchSize;
    batch.load(order.numbers.subarray(start, start + batchSize));
    const { goodLoss, badLoss, norm } = await gradient.run(
      batch,
      draw(good, spec.goodCells, streams.good.foldIn(number)),
      draw(bad, spec.badCells, streams.bad.foldIn(number)),
    );
    const finite = [goodLoss, badLoss, norm].every(Number.isFinite);
    if (!finite) throw new DivergenceError(number + 1, Math.max(goodLoss, badLoss), spec.rate);
    const scale = Math.min(1, spec.clip / norm);
    vectorsOf(gradient.result).forEach((g, i) => {
      optimiser.update(i, trained[i], g, spec.rate, number + 1, scale);
    });
    state.step++;
    sums.good += goodLoss;
    sums.bad += badLoss;
    sums.steps++;
    onProgress?.(state.step / spec.steps);
    if (state.step % every !== 0 && state.step !== spec.steps) continue;
    const metrics = {
      step: state.step,
      goodLoss: sums.good / sums.steps,
      badLoss: sums.bad / sums.steps,
      scale: problem.parameters.scale[0],
    };
    sums.good = sums.bad = sums.steps = 0;
    state.history.push(metrics);
    await onMetrics?.(metrics, state);
  }
  return state;
}

function copyVectors(from: PatternState, to: PatternState): void {
  to.parameters.forEach((vector, i) => {
    vector.set(from.parameters[i]);
    to.moments[i].forEach((moment, k) => {
      moment.set(from.moments[i][k]);
    });
  });
}
