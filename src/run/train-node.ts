import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { type EpochMetrics, type FitSpec, fit } from "../fit/index.ts";
import type { PointMetrics, WorkOptions } from "../landscape/index.ts";
import { type Initialiser, importParameters, initialise, type Network } from "../model/index.ts";
import { simplex } from "../subspace/index.ts";
import { decodeOptimum, decodeSubspace, encodeOptimum } from "./checkpoint.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { fitStage } from "./stage-node.ts";

export interface JobOptions extends WorkOptions {
  /** Called as each part of the run begins, with what it does. */
  onStage?: (label: string) => void;
  /** Called after each epoch. */
  onEpoch?: (metrics: EpochMetrics) => void;
  /** Called with what a training without epochs has to say of its state, such as its losses. */
  onNote?: (note: string) => void;
}

/** What training an optimum found. */
export interface TrainResult {
  /** Epochs done, and the one whose parameters were kept. */
  epochs: number;
  keptEpoch: number;
  /** Loss and error at the optimum. */
  splits: Record<string, PointMetrics>;
}

/** Where the parameters after an epoch are kept; after epoch 0, the initialisation. */
export const epochFile = (epoch: number): string => `checkpoints/epoch-${epoch}.safetensors`;

/**
 * Trains one optimum as a stage of a run and leaves it in checkpoints/STAGE.safetensors.
 *
 * @param setup.saveEvery keeps the initialisation and the parameters after every so many epochs, too (`epochFile`)
 * @returns θ in the vector memory
 */
export async function trainOptimum(
  folder: RunFolder,
  stage: string,
  setup: { network: Network; init: Initialiser; spec: FitSpec; data: RunData; rng: Rng; saveEvery?: number },
  { onEpoch, ...options }: JobOptions,
): Promise<Float32Array> {
  const { network, init, spec, data, rng, saveEvery } = setup;
  const theta = allocateVector(network.layout.size);
  initialise(network, theta, init, rng.split("init"));
  const file = `checkpoints/${stage}.safetensors`;
  const keep = (epoch: number, at: Float32Array) => {
    if (!saveEvery || epoch % saveEvery > 0) return;
    const about = { stage, epoch: String(epoch) };
    folder.writeBytes(epochFile(epoch), encodeOptimum(network.spec, network.layout, at, about));
  };
  if (!folder.isFinished(stage)) keep(0, theta);
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
        {
          ...options,
          resume: saving.resume,
          onEpoch: async (metrics, state) => {
            // Before the state: what is saved twice after a crash is the same.
            keep(metrics.epoch, state.anchors[0]);
            await saving.onEpoch(metrics, state);
            onEpoch?.(metrics);
          },
        },
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

/** The job of `isthmus train`: one optimum. Writes checkpoints/optimum.safetensors and results/train.json. */
export async function trainJob(
  folder: RunFolder,
  setup: {
    network: Network;
    init: Initialiser;
    spec: FitSpec;
    data: RunData;
    seed: number;
    saveEvery?: number;
  },
  options: JobOptions,
): Promise<TrainResult> {
  const { spec, data, seed } = setup;
  const rng = Rng.fromSeed(seed).split("train");
  const stage = "optimum";
  options.onStage?.("training");
  const theta = await trainOptimum(folder, stage, { ...setup, rng }, options);
  options.onStage?.("evaluating");
  const splits: Record<string, PointMetrics> = {};
  for (const name of ["train", "validation", "test"] as const) {
    const metrics = await data[name]?.evaluate(theta, options);
    if (metrics) splits[name] = metrics;
  }
  releaseVector(theta);
  const lines = folder.readMetrics().filter((line) => line.stage === stage);
  const losses = lines.map((line) => Number(line.validationLoss));
  const keptEpoch = spec.keepBest && data.validation ? losses.indexOf(Math.min(...losses)) + 1 : lines.length;
  const result: TrainResult = { epochs: lines.length, keptEpoch, splits };
  folder.writeJson("train", result);
  return result;
}

/** Reads the anchors of a finished stage back. */
export function restoreAnchors(folder: RunFolder, file: string, anchors: readonly Float32Array[]): void {
  const saved = decodeSubspace(folder.readBytes(file), folder.pathOf(file));
  anchors.forEach((anchor, i) => {
    anchor.set(saved.anchors[i]);
  });
}
