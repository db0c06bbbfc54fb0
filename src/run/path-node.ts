import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import { fitPaths, type PathFitSpec, type PathFitState, type PathMetrics } from "../fit/index.ts";
import { evaluatePoints } from "../landscape/index.ts";
import { type Initialiser, initialise, initialiseAsPublishedPath, type Network } from "../model/index.ts";
import { bezier, coefficientMatrix, evenly, Span } from "../subspace/index.ts";
import { decodeSubspace, encodeSubspace } from "./checkpoint.ts";
import type { RunData } from "./data-node.ts";
import { decodeFitState, encodeFitState, type TrainingState } from "./fit-state.ts";
import { RunFolder } from "./folder-node.ts";
import { type PathShape, shapeOf } from "./shape.ts";
import { type Training, trainingStage } from "./stage-node.ts";
import { subspaceGram } from "./subspace-gram.ts";
import type { JobOptions } from "./train-node.ts";

/** What to train, on which data. */
export interface PathSetup {
  network: Network;
  /** Of every control point; `flax` are those of Dold et al. (2025) for the seed; a function writes θ itself. */
  init: Initialiser | "flax" | ((theta: Float32Array, rng: Rng) => void);
  /** Factor of the initialisation; `flax` has none, and a function sees to that itself. Default 1. */
  initScale?: number;
  spec: PathFitSpec;
  data: RunData;
  seed: number;
}

/** What `isthmus path` found. */
export interface LossPathResult {
  /** K */
  degree: number;
  /** D */
  parameters: number;
  /** The step whose control points were kept, and the loss along the path there: of validation, or the last of training. */
  keptStep: number;
  keptLoss: number;
  /** Of a regression: the standard deviation of the noise. */
  scale?: number;
  /** Positions, and loss (cross-entropy or mean squared error) and error at each on every split. */
  t: number[];
  splits: Record<string, { loss: number[]; error: number[] }>;
  shape: PathShape;
}

/** A path in the vector memory. */
export interface TrainedPath {
  span: Span;
  /** Of a regression. */
  scale?: number;
}

const FILE = "checkpoints/path.safetensors";
/** Positions at which a path is evaluated (Dold et al. 2025, code, take 1,000). */
const ALONG = 101;

const TRAINING: Training<TrainingState<PathMetrics>, PathMetrics> = {
  counter: "step",
  encode: encodeFitState,
  decode: decodeFitState,
};

/**
 * The job of `isthmus path`: trains a Bézier path with all control points free, and evaluates it. Writes
 * checkpoints/path.safetensors, with the noise scale in its metadata, and results/path.json.
 */
export async function pathJob(
  folder: RunFolder,
  setup: PathSetup,
  options: JobOptions,
): Promise<LossPathResult> {
  const { spec, data, network } = setup;
  const { span, scale } = await trainPath(folder, setup, options);
  using owned = span;
  options.onStage?.("evaluating");
  const map = bezier(spec.degree);
  const t = evenly(map, ALONG);
  const splits: LossPathResult["splits"] = {};
  for (const name of ["train", "validation", "test"] as const) {
    const landscape = data[name];
    if (!landscape) continue;
    const { loss, error } = await evaluatePoints(landscape, owned, coefficientMatrix(map, t), options);
    splits[name] = { loss: [...loss], error: [...error] };
  }
  const { metadata } = decodeSubspace(folder.readBytes(FILE), folder.pathOf(FILE));
  const result: LossPathResult = {
    degree: spec.degree,
    parameters: network.layout.size,
    keptStep: Number(metadata.step),
    keptLoss: Number(metadata.loss),
    scale,
    t: [...t],
    splits,
    shape: shapeOf(await subspaceGram(owned, map, options)) as PathShape,
  };
  folder.writeJson("path", result);
  return result;
}

/** Trains the path of a spec, or reads it back where that is done. */
export async function trainPath(
  folder: RunFolder,
  setup: PathSetup,
  options: JobOptions,
): Promise<TrainedPath> {
  const { network, spec, data } = setup;
  await trainPaths(folder, setup, 1, options, ({ history, bestAnchors, anchors: [points, logScales] }) => {
    const { size } = network.layout;
    const map = bezier(spec.degree);
    const anchors = Array.from({ length: map.anchors }, (_, i) => points.subarray(i * size, (i + 1) * size));
    const kept = data.validation
      ? { step: bestAnchors[3][0], loss: bestAnchors[2][0] }
      : { step: spec.steps, loss: history.at(-1)!.loss };
    const metadata = {
      step: String(kept.step),
      loss: String(kept.loss),
      ...(network.outputs === 1 ? { scale: String(Math.exp(logScales[0])) } : {}),
    };
    const fixed = anchors.map(() => false);
    const bytes = encodeSubspace(network.spec, network.layout, anchors, map.spec, fixed, metadata);
    folder.writeBytes(FILE, bytes);
  });
  return readPath(folder.path);
}

/**
 * Trains paths beside each other, from different starts, as a stage of a run, whose metrics have a line of each.
 *
 * @param finish called with the state at the end, while its control points and noise scales are there
 * @throws DivergenceError as soon as one of them diverges
 */
export async function trainPaths(
  folder: RunFolder,
  setup: PathSetup,
  paths: number,
  options: JobOptions,
  finish: (state: PathFitState) => void = () => {},
): Promise<void> {
  const { network, spec, data, seed } = setup;
  const rng = Rng.fromSeed(seed).split("path");
  const anchors = allocateVector(paths * (spec.degree + 1) * network.layout.size);
  const logScales = allocateVector(paths);
  logScales.fill(Math.log(spec.scale));
  try {
    await initialiseControlPoints(setup, anchors, rng.split("init"));
    const problem = {
      network,
      train: data.train.examples,
      validation: data.validation?.examples,
      anchors,
      logScales,
      paths,
    };
    options.onStage?.(paths === 1 ? "training the path" : `training ${paths} paths`);
    await trainingStage(
      folder,
      "path",
      TRAINING,
      ({ resume, save }) =>
        fitPaths(problem, spec, rng, {
          signal: options.signal,
          onProgress: options.onProgress,
          resume,
          onLine: (line, state) => {
            // Once for the lines of all paths at a step, which the history has by then.
            if (line.path === paths) save(line, state);
            const { step, loss, validationLoss } = line;
            options.onNote?.(
              `step ${step}: loss ${loss.toFixed(4)}, validation ${validationLoss.toFixed(4)}`,
            );
          },
        }),
      finish,
    );
  } finally {
    releaseVector(anchors, logScales);
  }
}

/** The path of a finished run, and its noise scale. */
export function readPath(folder: string): TrainedPath {
  const run = RunFolder.open(folder);
  const { anchors, metadata } = decodeSubspace(run.readBytes(FILE), run.pathOf(FILE), allocateVector);
  return { span: new Span(anchors), scale: metadata.scale ? Number(metadata.scale) : undefined };
}

/** Independent initialisations of the network, one a control point. */
async function initialiseControlPoints(
  { network, init, initScale = 1, seed, spec }: PathSetup,
  anchors: Float32Array,
  rng: Rng,
): Promise<void> {
  const { size } = network.layout;
  const points = Array.from({ length: anchors.length / size }, (_, i) =>
    anchors.subarray(i * size, (i + 1) * size),
  );
  if (init === "flax") {
    if (initScale !== 1) {
      throw new RangeError(
        `The initialisation flax is that of the published code as it is, and a factor of ${initScale} was given; leave it out, or take lecun-normal.`,
      );
    }
    const m = spec.degree + 1;
    for (let r = 0; r * m < points.length; r++) {
      await initialiseAsPublishedPath(network, points.slice(r * m, (r + 1) * m), seed + r);
    }
    return;
  }
  points.forEach((theta, i) => {
    if (typeof init === "string") initialise(network, theta, init, rng.foldIn(i), initScale);
    else init(theta, rng.foldIn(i));
  });
}
