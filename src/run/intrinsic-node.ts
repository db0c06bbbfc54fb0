import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import {
  crossing,
  crossingDeviation,
  type DimensionScores,
  descendFromRandom,
  type FitSpec,
  fitInSubspace,
  nextDimension,
  RandomSubspace,
  type SubspaceDescentSpec,
} from "../fit/index.ts";
import type { WedgeLandscape } from "../landscape/index.ts";
import { type Initialiser, initialise, type Network } from "../model/index.ts";
import { type ProjectionKind, randomProjection } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import type { IntrinsicResult, SubspaceSweep, SubspaceSweepSpec } from "./intrinsic.ts";
import { fitStage } from "./stage-node.ts";
import { both, type JobOptions, trainOptimum } from "./train-node.ts";

/** What is trained in random subspaces. */
interface SubspaceObjective {
  /**
   * Trains in one subspace, as a stage of the run that is done once.
   * @returns the score, larger is better
   */
  train(stage: string, dimension: number, rng: Rng, options: JobOptions): Promise<number>;
}

/** Trains at every dimension of the spec, and then at those between which the target is reached. */
async function sweepSubspaces(
  objective: SubspaceObjective,
  { dimensions, bisections, repeats }: SubspaceSweepSpec,
  target: number,
  rng: Rng,
  options: JobOptions,
): Promise<SubspaceSweep> {
  const rows: DimensionScores[] = [];
  const measure = async (dimension: number) => {
    const scores: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      options.onStage?.(`training in ${dimension} dimensions, run ${repeat + 1} of ${repeats}`);
      const stream = rng.split(`dimension ${dimension}`).foldIn(repeat);
      scores.push(await objective.train(`d${dimension}-${repeat + 1}`, dimension, stream, options));
    }
    rows.push({ dimension, scores });
    rows.sort((a, b) => a.dimension - b.dimension);
  };
  for (const dimension of dimensions) await measure(dimension);
  for (let k = 0; k < bisections; k++) {
    const next = nextDimension(rows, target);
    if (next === undefined) break;
    await measure(next);
  }
  return {
    rows,
    target,
    intrinsic: crossing(rows, target),
    deviation: crossingDeviation(rows, target, rng.split("bootstrap")),
  };
}

/** How a network is trained, in a subspace and in the whole space. */
export interface NetworkSubspaces {
  network: Network;
  init: Initialiser;
  fit: FitSpec;
  data: RunData;
  /** Factor of all weights and biases at the start; default 1. */
  scale?: number;
  /** Whether points keep the norm of the start; default false. */
  sphere?: boolean;
}

/**
 * Trains a network in one random subspace, as a stage of a run that is done once; nothing but its history is kept.
 *
 * The rate of Adam, which moves every coordinate by about as much, is that of the whole space times √(D/d): a step is as long
 * in d coordinates of length 1 as it is in D parameters. SGD needs no such factor.
 *
 * @returns accuracy after the last epoch
 */
export async function trainInSubspace(
  folder: RunFolder,
  stage: string,
  { network, init, fit, data, scale = 1, sphere = false }: NetworkSubspaces,
  { projection: kind, dimension }: { projection: ProjectionKind; dimension: number },
  rng: Rng,
  { onEpoch, ...options }: JobOptions,
): Promise<number> {
  const { size } = network.layout;
  if (!folder.isFinished(stage)) {
    const origin = allocateVector(size);
    initialise(network, origin, init, rng.split("init"), scale);
    using projection = randomProjection(kind, size, dimension, rng.split("projection"));
    using subspace = new RandomSubspace(origin, projection, { sphere });
    const problem = {
      network,
      loss: data.loss,
      subspace,
      train: data.train.examples,
      validation: data.validation ?? data.test,
    };
    const spec = fit.kind === "sgd" ? fit : { ...fit, rate: fit.rate * Math.sqrt(size / dimension) };
    await fitStage(
      folder,
      stage,
      (saving) => fitInSubspace(problem, spec, rng, { ...options, ...both(saving, onEpoch) }),
      () => {},
    );
    releaseVector(origin);
  }
  return finalAccuracy(folder, stage);
}

/** Accuracy in the last line that a training has logged. */
function finalAccuracy(folder: RunFolder, stage: string): number {
  const last = folder
    .readMetrics()
    .filter((line) => line.stage === stage)
    .at(-1);
  return 1 - Number(last?.validationError);
}

/**
 * The intrinsic dimension of a network's objective (Li et al. 2018): the smallest number of random directions in which
 * training reaches a share of the accuracy of ordinary training. Writes results/intrinsic.json.
 *
 * @param setup.threshold share of the best baseline that is to be reached, in (0, 1]; 0.9 for d_int90
 */
export async function networkIntrinsicJob(
  folder: RunFolder,
  setup: NetworkSubspaces & { what: string; sweep: SubspaceSweepSpec; threshold: number; seed: number },
  options: JobOptions,
): Promise<IntrinsicResult> {
  const { what, network, init, fit, data, sweep, threshold, seed } = setup;
  const rng = Rng.fromSeed(seed).split("intrinsic");
  // Ordinary training is looked at on the same split.
  const scored = {
    ...data,
    get train() {
      return data.train;
    },
    get test() {
      return data.test;
    },
    validation: data.validation ?? data.test,
  };
  const baseline: number[] = [];
  for (let repeat = 0; repeat < sweep.repeats; repeat++) {
    options.onStage?.(`ordinary training, run ${repeat + 1} of ${sweep.repeats}`);
    const stage = `baseline-${repeat + 1}`;
    const own = { network, init, spec: fit, data: scored, rng: rng.split("baseline").foldIn(repeat) };
    releaseVector(await trainOptimum(folder, stage, own, options));
    baseline.push(finalAccuracy(folder, stage));
  }
  const objective: SubspaceObjective = {
    train: (stage, dimension, stream, jobOptions) =>
      trainInSubspace(folder, stage, setup, { projection: sweep.projection, dimension }, stream, jobOptions),
  };
  const target = threshold * Math.max(...baseline);
  const result: IntrinsicResult = {
    what,
    parameters: network.layout.size,
    projection: sweep.projection,
    repeats: sweep.repeats,
    network: { baseline, split: data.validation ? "validation" : "test", threshold, epochs: fit.epochs },
    ...(await sweepSubspaces(objective, sweep, target, rng, options)),
  };
  folder.writeJson("intrinsic", result);
  return result;
}

/** Loss over that of the start from which on wedges count as reached ("Large Scale Structure", section 3.3: solved or not). */
export const REACHED = 1e-6;

/**
 * The dimension that a random plane needs to meet a wedge ("Large Scale Structure", section 3.3): d_lim = s. Writes
 * results/intrinsic.json.
 *
 * @param setup.wedges with the distance as its objective
 */
export async function wedgeIntrinsicJob(
  folder: RunFolder,
  setup: {
    what: string;
    wedges: WedgeLandscape;
    sweep: SubspaceSweepSpec;
    descent: SubspaceDescentSpec;
    seed: number;
  },
  options: JobOptions,
): Promise<IntrinsicResult> {
  const { what, wedges, sweep, descent, seed } = setup;
  const objective: SubspaceObjective = {
    async train(stage, dimension, rng, jobOptions) {
      if (!folder.isFinished(stage)) {
        folder.trimMetrics(stage, 0, "steps");
        const begun = performance.now();
        const found = await descendFromRandom(
          wedges,
          { projection: sweep.projection, dimension },
          descent,
          rng,
          jobOptions,
        );
        folder.appendMetrics(stage, found);
        folder.finishStage(stage, (performance.now() - begun) / 1000);
      }
      const line = folder.readMetrics().find((entry) => entry.stage === stage);
      // What float32 calls zero is at most so far from it.
      return -Math.log10(Math.max(1e-9, Number(line?.loss) / Number(line?.start)));
    },
  };
  const rng = Rng.fromSeed(seed).split("intrinsic");
  const result: IntrinsicResult = {
    what,
    parameters: wedges.size,
    projection: sweep.projection,
    repeats: sweep.repeats,
    wedges: { short: wedges.spec.short, steps: descent.steps },
    ...(await sweepSubspaces(objective, sweep, -Math.log10(REACHED), rng, options)),
  };
  folder.writeJson("intrinsic", result);
  return result;
}
