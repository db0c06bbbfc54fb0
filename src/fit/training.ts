import { allocateVector, combine, type Rng, releaseVector } from "../engine/index.ts";
import { Batch, type Examples, type NetworkLandscape, type WorkOptions } from "../landscape/index.ts";
import { checkCycle, cycleFactor, type RateCycle } from "./cycle.ts";
import { rateFactor, type Schedule } from "./schedule.ts";

/** How long and how fast to train, whatever is trained. */
export interface TrainingSpec {
  epochs: number;
  /** Examples in a batch; the last batch of an epoch may be smaller. */
  batch: number;
  /** Learning rate. */
  rate: number;
  schedule: Schedule;
  /** Lets the rate of every step go in cycles, instead of the schedule; default none. */
  cycle?: RateCycle;
  /** Keep the vectors of the epoch with the lowest validation loss in the middle, instead of the last. */
  keepBest: boolean;
  /**
   * Ends with the mean of the vectors after this epoch and all later ones (stochastic weight averaging, Izmailov et al.
   * 2018), instead of the best or the last; default none.
   */
  averageFrom?: number;
  /** Stop after so many epochs without a better validation loss; 0 to go on. */
  patience: number;
}

/** One kind of training: what a step does with a batch. */
export interface TrainingStep {
  /** The vectors that are trained, in the vector memory. */
  readonly vectors: readonly Float32Array[];
  /** Optimiser state of each vector. */
  readonly moments: readonly (readonly Float32Array[])[];
  /**
   * One step.
   * @param number of this step, from 0, which all its random draws depend on
   * @returns the mean loss of the batch
   */
  run(batch: Batch, number: number, rate: number): Promise<number>;
  /** Writes the parameter vector that is validated, such as the middle of a subspace, into `theta`. */
  probe(theta: Float32Array): void;
}

/** One line of the history. */
export interface EpochMetrics {
  /** From 1. */
  epoch: number;
  /** Steps so far. */
  step: number;
  /** Learning rate; in cycles, that of the last step. */
  rate: number;
  /** Mean of the batch losses, dropout on, at the sampled points. */
  trainLoss: number;
  /** In the middle of the subspace, dropout off. */
  validationLoss?: number;
  validationError?: number;
}

/** All that the next epoch depends on; vectors are live, so copy or save them before going on. */
export interface FitState {
  history: EpochMetrics[];
  /** Epoch of the lowest validation loss, and the trained vectors then (if `keepBest`), or their mean (`averageFrom`). */
  bestEpoch: number;
  anchors: readonly Float32Array[];
  bestAnchors: readonly Float32Array[];
  /** Optimiser state of each trained vector. */
  moments: readonly (readonly Float32Array[])[];
}

export interface FitOptions extends WorkOptions {
  /** A state to go on from, with vectors of the same shapes (they are copied). */
  resume?: FitState;
  /** Called after each epoch; save the state here. */
  onEpoch?: (metrics: EpochMetrics, state: FitState) => Promise<void> | void;
}

/** Training left the range of numbers. */
export class DivergenceError extends Error {
  readonly step: number;
  constructor(step: number, loss: number, rate: number) {
    super(
      `Training diverged at step ${step} (loss ${loss}); lower the learning rate (now ${rate}), or choose another initialisation.`,
    );
    this.name = "DivergenceError";
    this.step = step;
  }
}

/**
 * Runs a training epoch by epoch on shuffled batches, with validation, early stopping and resuming.
 *
 * Every random draw depends on the seed and the number of its epoch or step alone, so that a run that is resumed
 * after an epoch ends with the same bytes as one that was not interrupted.
 * @throws DivergenceError if a loss is not finite
 */
export async function trainEpochs(
  step: TrainingStep,
  data: { train: Examples; validation?: NetworkLandscape; parameters: number },
  spec: TrainingSpec,
  rng: Rng,
  options: FitOptions = {},
): Promise<FitState> {
  const { train, validation, parameters } = data;
  const { resume, onEpoch, onProgress, signal } = options;
  const shuffle = rng.split("shuffle");
  using cleanup = new DisposableStack();
  const vectors = (lengths: readonly number[]) => {
    const made = lengths.map((length) => allocateVector(length));
    cleanup.defer(() => releaseVector(...made));
    return made;
  };
  const point = vectors([parameters])[0];
  const { averageFrom, cycle } = spec;
  if (cycle) checkCycle(cycle);
  if (averageFrom !== undefined && (spec.keepBest || !(averageFrom >= 1 && averageFrom <= spec.epochs))) {
    throw new RangeError(
      `Averaging from epoch ${averageFrom} was asked for; give an epoch from 1 to ${spec.epochs}, and do not keep the best.`,
    );
  }
  const bestAnchors =
    spec.keepBest || averageFrom !== undefined ? vectors(step.vectors.map(({ length }) => length)) : [];
  const batchSize = Math.min(spec.batch, train.count);
  const stepsPerEpoch = Math.ceil(train.count / batchSize);
  const batches = new Map<number, Batch>();
  const batchOf = (size: number): Batch => {
    const batch = batches.get(size) ?? cleanup.use(new Batch(train, size));
    batches.set(size, batch);
    return batch;
  };

  const history: EpochMetrics[] = resume ? [...resume.history] : [];
  const state: FitState = {
    history,
    bestEpoch: resume?.bestEpoch ?? 0,
    anchors: step.vectors,
    bestAnchors,
    moments: step.moments,
  };
  if (resume) copyState(resume, state);

  for (let epoch = history.length; epoch < spec.epochs && !outOfPatience(state, spec); epoch++) {
    let rate = spec.rate * rateFactor(spec.schedule, epoch, spec.epochs);
    const order = shuffle.foldIn(epoch).permutation(train.count);
    let total = 0;
    for (let k = 0; k < stepsPerEpoch; k++) {
      signal?.throwIfAborted();
      const number = epoch * stepsPerEpoch + k;
      if (cycle) {
        const length = cycle.epochs * stepsPerEpoch;
        rate = spec.rate * cycleFactor(cycle, number % length, length);
      }
      const numbers = order.subarray(k * batchSize, (k + 1) * batchSize);
      const batch = batchOf(numbers.length);
      batch.load(numbers);
      const mean = await step.run(batch, number, rate);
      if (!Number.isFinite(mean)) throw new DivergenceError(number + 1, mean, rate);
      total += mean * numbers.length;
      onProgress?.((number + 1) / (spec.epochs * stepsPerEpoch));
    }
    const metrics: EpochMetrics = {
      epoch: epoch + 1,
      step: (epoch + 1) * stepsPerEpoch,
      rate,
      trainLoss: total / train.count,
    };
    if (validation) {
      step.probe(point);
      const { loss: validationLoss, error } = await validation.evaluate(point, { signal });
      metrics.validationLoss = validationLoss;
      metrics.validationError = error;
      const best = history[state.bestEpoch - 1]?.validationLoss ?? Number.POSITIVE_INFINITY;
      if (validationLoss < best) {
        state.bestEpoch = epoch + 1;
        if (spec.keepBest) copy(step.vectors, bestAnchors);
      }
    }
    if (averageFrom !== undefined && epoch + 1 >= averageFrom) {
      const share = 1 / (epoch + 2 - averageFrom);
      bestAnchors.forEach((mean, f) => {
        combine(mean, [mean, step.vectors[f]], [1 - share, share]);
      });
    }
    history.push(metrics);
    await onEpoch?.(metrics, state);
  }
  const averaged = averageFrom !== undefined && history.length >= averageFrom;
  if ((spec.keepBest && state.bestEpoch > 0) || averaged) copy(bestAnchors, step.vectors);
  return state;
}

function outOfPatience({ history, bestEpoch }: FitState, { patience }: TrainingSpec): boolean {
  return patience > 0 && bestEpoch > 0 && history.length - bestEpoch >= patience;
}

function copy(source: readonly Float32Array[], target: readonly Float32Array[]): void {
  target.forEach((vector, i) => {
    vector.set(source[i]);
  });
}

function copyState(from: FitState, to: FitState): void {
  copy(from.anchors, to.anchors);
  copy(from.bestAnchors, to.bestAnchors);
  to.moments.forEach((moments, i) => {
    copy(from.moments[i], moments);
  });
}
