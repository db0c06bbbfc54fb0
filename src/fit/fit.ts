import { allocateVector, combine, gram, type Rng, releaseVector } from "../engine/index.ts";
import {
  Batch,
  type Examples,
  type Loss,
  type NetworkLandscape,
  type WorkOptions,
} from "../landscape/index.ts";
import type { Network } from "../model/index.ts";
import { type CoefficientMap, middleOf, sampleCoordinates } from "../subspace/index.ts";
import { Optimiser, type OptimiserSpec } from "./optimiser.ts";
import { cosinePenalty, pointDecayWeights } from "./regulariser.ts";
import { rateFactor, type Schedule } from "./schedule.ts";
import { type GradientTerm, StepGradient } from "./step.ts";

export interface FitSpec extends OptimiserSpec {
  epochs: number;
  /** Examples in a batch; the last batch of an epoch may be smaller. */
  batch: number;
  /** Learning rate. */
  rate: number;
  schedule: Schedule;
  /** Points of the subspace in one step. */
  samples: number;
  /**
   * Whether the gradient is that of the mean or of the sum of the losses of a batch. Adam hardly sees the factor, but
   * its epsilon and the weight of the penalties are relative to it. Reported losses are means either way.
   */
  reduction: "mean" | "sum";
  /** Weight of the cos² penalty on a random pair of anchors, relative to the loss; 0 for none. */
  beta: number;
  /** L2 penalty on the sampled points themselves, λ of (λ/2)|θ(z)|²; 0 for none. */
  pointDecay: number;
  /** Keep the anchors of the epoch with the lowest validation loss in the middle, instead of the last. */
  keepBest: boolean;
  /** Stop after so many epochs without a better validation loss; 0 to go on. */
  patience: number;
}

/** What to fit: the free anchors of a span, so that the network does well all over the subspace. */
export interface FitProblem {
  network: Network;
  loss: Loss;
  map: CoefficientMap;
  /** Vectors of the vector memory; the free ones are changed in place. */
  anchors: readonly Float32Array[];
  /** Which anchors stay as they are. */
  fixed: readonly boolean[];
  train: Examples;
  /** Landscape of the validation split, if there is one. */
  validation?: NetworkLandscape;
}

/** One line of the history. */
export interface EpochMetrics {
  /** From 1. */
  epoch: number;
  /** Steps so far. */
  step: number;
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
  /** Epoch of the lowest validation loss, and the anchors then (if `keepBest`). */
  bestEpoch: number;
  anchors: readonly Float32Array[];
  bestAnchors: readonly Float32Array[];
  /** Optimiser state of each free anchor. */
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
 * Minimises the expected loss over a subspace, E_z L(Σ cᵢ(z) Aᵢ), over its free anchors, by stochastic gradient
 * descent on random batches and random coordinates z. With one anchor this is ordinary training of an optimum; with
 * fixed ends the curve of Garipov et al. (2018, equation 2); with all anchors free and β > 0 the subspaces of
 * Wortsman et al. (2021, algorithm 1).
 *
 * Every random draw depends on the seed and the number of its epoch or step alone, so that a run that is resumed
 * after an epoch ends with the same bytes as one that was not interrupted.
 * @throws DivergenceError if a loss is not finite
 */
export async function fit(
  problem: FitProblem,
  spec: FitSpec,
  rng: Rng,
  options: FitOptions = {},
): Promise<FitState> {
  const { network, loss, map, anchors, fixed, train, validation } = problem;
  const { onEpoch, onProgress, resume, signal } = options;
  const m = anchors.length;
  const free = anchors.map((_, i) => i).filter((i) => !fixed[i]);
  const freeAnchors = free.map((i) => anchors[i]);
  const streams = {
    shuffle: rng.split("shuffle"),
    coordinates: rng.split("coordinates"),
    dropout: rng.split("dropout"),
    pair: rng.split("pair"),
  };
  using cleanup = new DisposableStack();
  const own = <T extends Disposable>(x: T): T => cleanup.use(x);
  const vectors = (count: number) => {
    const made = Array.from({ length: count }, () => allocateVector(network.layout.size));
    cleanup.defer(() => releaseVector(...made));
    return made;
  };
  const step = own(new StepGradient(network, loss, anchors, fixed, spec.samples));
  const optimiser = own(new Optimiser(spec, freeAnchors));
  const buffers = vectors(free.length);
  const point = vectors(1)[0];
  const bestAnchors = spec.keepBest ? vectors(free.length) : [];
  const batchSize = Math.min(spec.batch, train.count);
  const stepsPerEpoch = Math.ceil(train.count / batchSize);
  const batches = new Map<number, Batch>();
  const batchOf = (size: number): Batch => {
    const batch = batches.get(size) ?? own(new Batch(train, size));
    batches.set(size, batch);
    return batch;
  };

  const history: EpochMetrics[] = resume ? [...resume.history] : [];
  const state: FitState = {
    history,
    bestEpoch: resume?.bestEpoch ?? 0,
    anchors: freeAnchors,
    bestAnchors,
    moments: optimiser.state,
  };
  if (resume) copyState(resume, state);

  const penalised = spec.beta > 0 || spec.pointDecay > 0;
  const middle = Float64Array.from(map.at(middleOf(map)));
  for (let epoch = history.length; epoch < spec.epochs && !outOfPatience(state, spec); epoch++) {
    const rate = spec.rate * rateFactor(spec.schedule, epoch, spec.epochs);
    const order = streams.shuffle.foldIn(epoch).permutation(train.count);
    let total = 0;
    for (let k = 0; k < stepsPerEpoch; k++) {
      signal?.throwIfAborted();
      const number = epoch * stepsPerEpoch + k;
      const numbers = order.subarray(k * batchSize, (k + 1) * batchSize);
      const batch = batchOf(numbers.length);
      batch.load(numbers);
      const coefficients = drawCoefficients(map, streams.coordinates.foldIn(number), spec.samples);
      const terms = await step.run(
        batch,
        { count: spec.samples, coefficients },
        streams.dropout.foldIn(number),
      );
      const mean = step.losses.reduce((a, b) => a + b, 0) / spec.samples;
      if (!Number.isFinite(mean)) throw new DivergenceError(number + 1, mean, rate);
      total += mean * numbers.length;
      const pull = penalised
        ? penaltyWeights(anchors, coefficients, spec, streams.pair.foldIn(number))
        : undefined;
      // All gradients first: the penalty of one anchor depends on the others as they were.
      const factor = spec.reduction === "sum" ? numbers.length : 1;
      const ready = free.map((i, f) =>
        gradientOf(terms[f], factor, buffers[f], anchors, pull?.subarray(i * m, (i + 1) * m)),
      );
      ready.forEach(({ vector, scale }, f) => {
        optimiser.update(f, freeAnchors[f], vector, rate, number + 1, scale);
      });
      onProgress?.((number + 1) / (spec.epochs * stepsPerEpoch));
    }
    const metrics: EpochMetrics = {
      epoch: epoch + 1,
      step: (epoch + 1) * stepsPerEpoch,
      rate,
      trainLoss: total / train.count,
    };
    if (validation) {
      combine(point, anchors, middle);
      const { loss: validationLoss, error } = await validation.evaluate(point, { signal });
      metrics.validationLoss = validationLoss;
      metrics.validationError = error;
      const best = history[state.bestEpoch - 1]?.validationLoss ?? Number.POSITIVE_INFINITY;
      if (validationLoss < best) {
        state.bestEpoch = epoch + 1;
        bestAnchors.forEach((vector, f) => {
          vector.set(freeAnchors[f]);
        });
      }
    }
    history.push(metrics);
    await onEpoch?.(metrics, state);
  }
  if (spec.keepBest && state.bestEpoch > 0) {
    freeAnchors.forEach((vector, f) => {
      vector.set(bestAnchors[f]);
    });
  }
  return state;
}

/** Coefficients [count, m] at random coordinates: uniform on [0, 1], or on the simplex. */
function drawCoefficients(map: CoefficientMap, rng: Rng, count: number): Float64Array {
  const { anchors: m, dimension: k } = map;
  const coefficients = new Float64Array(count * m);
  const zs = sampleCoordinates(map, rng, count);
  for (let p = 0; p < count; p++)
    map.at(zs.subarray(p * k, (p + 1) * k), coefficients.subarray(p * m, (p + 1) * m));
  return coefficients;
}

/** W of the penalties' gradients, m x m. */
function penaltyWeights(
  anchors: readonly Float32Array[],
  coefficients: Float64Array,
  { beta, pointDecay }: FitSpec,
  rng: Rng,
): Float64Array {
  const m = anchors.length;
  const weights = pointDecayWeights(coefficients, m, pointDecay);
  if (beta > 0 && m > 1) {
    const [i, j] = m === 2 ? [0, 1] : rng.permutation(m);
    const pair = gram([anchors[i], anchors[j]]);
    const penalty = cosinePenalty(pair, 2, 0, 1, beta).weights;
    const at = [i, j];
    penalty.forEach((w, k) => {
      weights[at[k >> 1] * m + at[k & 1]] += w;
    });
  }
  return weights;
}

/** The gradient of an anchor, `factor` times its terms plus the penalties, as one vector and its scale, formed in `buffer` only if it has several terms. */
function gradientOf(
  terms: GradientTerm[],
  factor: number,
  buffer: Float32Array,
  anchors: readonly Float32Array[],
  pull?: Float64Array,
): GradientTerm {
  const scaled = terms.map(({ vector, scale }) => ({ vector, scale: factor * scale }));
  if (scaled.length === 1 && !pull) return scaled[0];
  const pulled = pull ? anchors.map((vector, j) => ({ vector, scale: pull[j] })) : [];
  const all = [...scaled, ...pulled].filter(({ scale }) => scale !== 0);
  combine(
    buffer,
    all.map(({ vector }) => vector),
    all.map(({ scale }) => scale),
  );
  return { vector: buffer, scale: 1 };
}

function outOfPatience({ history, bestEpoch }: FitState, { patience }: FitSpec): boolean {
  return patience > 0 && bestEpoch > 0 && history.length - bestEpoch >= patience;
}

function copyState(from: FitState, to: FitState): void {
  const copy = (source: readonly Float32Array[], target: readonly Float32Array[]) => {
    target.forEach((vector, i) => {
      vector.set(source[i]);
    });
  };
  copy(from.anchors, to.anchors);
  copy(from.bestAnchors, to.bestAnchors);
  to.moments.forEach((moments, i) => {
    copy(from.moments[i], moments);
  });
}
