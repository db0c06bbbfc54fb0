import { allocateVector, Rng } from "../engine/index.ts";
import { type EpochMetrics, type FitSpec, fit } from "../fit/index.ts";
import type { PointMetrics, WorkOptions } from "../landscape/index.ts";
import { type Initialiser, importParameters, initialise, type Network } from "../model/index.ts";
import {
  type CoefficientMap,
  coefficientMatrix,
  evenly,
  isPath,
  middleOf,
  simplex,
} from "../subspace/index.ts";
import { decodeOptimum, decodeSubspace, encodeOptimum, encodeSubspace } from "./checkpoint.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { fitStage } from "./stage-node.ts";

export interface JobOptions extends WorkOptions {
  /** Called as each part of the run begins, with what it does. */
  onStage?: (label: string) => void;
  /** Called after each epoch. */
  onEpoch?: (metrics: EpochMetrics) => void;
}

/** What training an optimum, or learning a subspace from scratch, found. */
export interface TrainResult {
  /** Epochs done, and the one whose parameters were kept. */
  epochs: number;
  keptEpoch: number;
  /** Loss and error at the optimum, or in the middle of the subspace. */
  splits: Record<string, PointMetrics>;
  /** Along a learnt path, or at the vertices of a simplex: coordinates (rows), test loss and error. */
  subspace?: { kind: string; coordinates: number[][]; testLoss: number[]; testError: number[] };
}

/**
 * Trains one optimum as a stage of a run and leaves it in checkpoints/STAGE.safetensors.
 * @returns θ in the vector memory
 */
export async function trainOptimum(
  folder: RunFolder,
  stage: string,
  setup: { network: Network; init: Initialiser; spec: FitSpec; data: RunData; rng: Rng },
  { onEpoch, ...options }: JobOptions,
): Promise<Float32Array> {
  const { network, init, spec, data, rng } = setup;
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, init, rng.split("init"));
  const file = `checkpoints/${stage}.safetensors`;
  const trained = await fitStage(
    folder,
    stage,
    (saving) =>
      fit(
        {
          network,
          loss: data.loss,
          map: simplex(0),
          anchors: [theta],
          fixed: [false],
          train: data.train.examples,
          validation: data.validation,
        },
        spec,
        rng,
        { ...options, ...both(saving, onEpoch) },
      ),
    () => folder.writeBytes(file, encodeOptimum(network.spec, network.layout, theta, { stage })),
  );
  if (!trained) importParameters(network.layout, decodeOptimum(folder.readBytes(file), file).arrays, theta);
  return theta;
}

/** Saving and reporting, both after each epoch. */
export function both<S extends { onEpoch: (m: EpochMetrics, s: never) => unknown }>(
  saving: S,
  onEpoch?: (metrics: EpochMetrics) => void,
): S {
  return {
    ...saving,
    onEpoch: async (metrics: EpochMetrics, state: never) => {
      await saving.onEpoch(metrics, state);
      onEpoch?.(metrics);
    },
  };
}

/**
 * The job of `isthmus train`: an optimum (a map of one anchor), or a line, curve or simplex learnt from scratch with
 * every anchor free (Wortsman et al. 2021). Writes the checkpoint and results/train.json.
 */
export async function trainJob(
  folder: RunFolder,
  setup: {
    network: Network;
    init: Initialiser;
    spec: FitSpec;
    map: CoefficientMap;
    data: RunData;
    seed: number;
  },
  options: JobOptions,
): Promise<TrainResult> {
  const { network, init, spec, map, data, seed } = setup;
  const rng = Rng.fromSeed(seed).split("train");
  const single = map.anchors === 1;
  const stage = single ? "optimum" : map.kind;
  options.onStage?.(single ? "training" : `learning a ${map.kind}`);
  const anchors = single
    ? [await trainOptimum(folder, stage, { network, init, spec, data, rng }, options)]
    : await learnSubspace(folder, stage, { ...setup, rng }, options);
  options.onStage?.("evaluating");
  const { evaluateAll, profile } = evaluators(anchors, map, data);
  const lines = folder.readMetrics().filter((line) => line.stage === stage);
  const losses = lines.map((line) => Number(line.validationLoss));
  const kept = spec.keepBest && data.validation ? losses.indexOf(Math.min(...losses)) + 1 : lines.length;
  const result: TrainResult = {
    epochs: lines.length,
    keptEpoch: kept,
    splits: await evaluateAll(),
    ...(single ? {} : { subspace: await profile() }),
  };
  folder.writeJson("train", result);
  return result;
}

async function learnSubspace(
  folder: RunFolder,
  stage: string,
  setup: { network: Network; init: Initialiser; spec: FitSpec; map: CoefficientMap; data: RunData; rng: Rng },
  { onEpoch, ...options }: JobOptions,
): Promise<Float32Array[]> {
  const { network, init, spec, map, data, rng } = setup;
  const anchors = Array.from({ length: map.anchors }, (_, i) => {
    const theta = allocateVector(network.layout.size);
    initialise(network, theta, init, rng.split(`init ${i}`));
    return theta;
  });
  const fixed = anchors.map(() => false);
  const file = `checkpoints/${stage}.safetensors`;
  const problem = { network, loss: data.loss, map, anchors, fixed };
  const trained = await fitStage(
    folder,
    stage,
    (saving) =>
      fit({ ...problem, train: data.train.examples, validation: data.validation }, spec, rng, {
        ...options,
        ...both(saving, onEpoch),
      }),
    () => folder.writeBytes(file, encodeSubspace(network.spec, network.layout, anchors, map.spec, fixed)),
  );
  if (!trained) restoreAnchors(folder, file, anchors);
  return anchors;
}

/** Reads the anchors of a finished stage back. */
export function restoreAnchors(folder: RunFolder, file: string, anchors: readonly Float32Array[]): void {
  const saved = decodeSubspace(folder.readBytes(file), folder.pathOf(file));
  anchors.forEach((anchor, i) => {
    anchor.set(saved.anchors[i]);
  });
}

function evaluators(anchors: readonly Float32Array[], map: CoefficientMap, data: RunData) {
  const middle = Float64Array.from(map.at(middleOf(map)));
  const evaluateAll = async () => {
    const splits: Record<string, PointMetrics> = {};
    for (const name of ["train", "validation", "test"] as const) {
      const metrics = await data[name]?.evaluateSpan(anchors, middle);
      if (metrics) splits[name] = { loss: metrics.loss[0], error: metrics.error[0] };
    }
    return splits;
  };
  const profile = async () => {
    const k = map.dimension;
    const zs = evenly(map, isPath(map) ? 11 : 3);
    const { loss, error } = await data.test.evaluateSpan(anchors, coefficientMatrix(map, zs));
    return {
      kind: map.kind,
      coordinates: Array.from(loss, (_, p) => [...zs.subarray(p * k, (p + 1) * k)]),
      testLoss: [...loss],
      testError: [...error],
    };
  };
  return { evaluateAll, profile };
}
