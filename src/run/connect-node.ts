import { allocateVector, combine, Rng } from "../engine/index.ts";
import { type FitSpec, fit } from "../fit/index.ts";
import {
  type Barrier,
  barrier,
  chordLength,
  cosine,
  distance,
  maxDeviationFromChord,
  norm,
  type PathStatistics,
  pathLength,
  pathStatistics,
} from "../geometry/index.ts";
import type { PointMetrics } from "../landscape/index.ts";
import { type Initialiser, importParameters, type Network } from "../model/index.ts";
import {
  bezier,
  chord,
  coefficientMatrix,
  evenly,
  type PathMap,
  polychain,
  Span,
} from "../subspace/index.ts";
import { type Alignment, alignOptima } from "./align-node.ts";
import { readBytes } from "./atomic-node.ts";
import { decodeOptimum, encodeSubspace } from "./checkpoint.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { type PlaneResult, planeOf } from "./plane-node.ts";
import { fitStage } from "./stage-node.ts";
import { both, type JobOptions, restoreAnchors, trainOptimum } from "./train-node.ts";

/** What connects two optima, and how it is looked at. */
export interface ConnectSpec {
  init: Initialiser;
  /** Files of two trained parameter vectors; without them two optima are trained. */
  endpoints?: readonly string[];
  optimum: FitSpec;
  /** Whether the units of the second optimum are renumbered to come near to the first before the two are joined. */
  align: boolean;
  curve: FitSpec;
  curveKind: "bezier" | "polychain";
  /** Free control points between the ends. */
  bends: number;
  /** Positions along the line and the curve. */
  profilePoints: number;
  /** Grid nodes along each axis of the plane, and its margin as a fraction of its size. */
  planePoints: number;
  planeMargin: number;
}

/** Losses and errors along a path, and its geometry. */
export interface PathResult {
  t: number[];
  trainLoss: number[];
  trainError: number[];
  testLoss: number[];
  testError: number[];
  /** In weight space. */
  length: number;
  /** Length over the distance of the ends. */
  lengthRatio: number;
  statistics: Record<"trainLoss" | "trainError" | "testLoss" | "testError", PathStatistics>;
  /** Of the training loss. */
  barrier: Barrier;
}

export interface ConnectResult {
  ends: { train: PointMetrics; test: PointMetrics; norm: number }[];
  /** Between the ends. */
  distance: number;
  cosine: number;
  /** Only if the optima were aligned. */
  alignment?: Alignment;
  line: PathResult;
  curve: PathResult & { kind: string; bends: number; maxDeviationFromChord: number };
  plane: PlaneResult;
}

/**
 * The job of `isthmus connect`: trains two optima (or takes two), aligns them if asked to, evaluates the straight line
 * between them, fits the curve between them (Garipov et al. 2018), evaluates it and the plane through the ends and the curve's middle. Writes
 * checkpoints, results/connect.json and results/plane.npz.
 */
export async function connectJob(
  folder: RunFolder,
  setup: { network: Network; spec: ConnectSpec; data: RunData; seed: number },
  options: JobOptions,
): Promise<ConnectResult> {
  const { network, spec, data, seed } = setup;
  const rng = Rng.fromSeed(seed);
  const ends: Float32Array[] = [];
  for (const [i, stage] of ["optimum-1", "optimum-2"].entries()) {
    const file = spec.endpoints?.[i];
    options.onStage?.(file ? `reading ${file}` : `training optimum ${i + 1} of 2`);
    ends.push(
      file
        ? readOptimum(file, network)
        : await trainOptimum(
            folder,
            stage,
            { network, init: spec.init, spec: spec.optimum, data, rng: rng.split(stage) },
            options,
          ),
    );
  }
  const alignment = spec.align
    ? await alignOptima(
        folder,
        ends,
        { network, data, rng: rng.split("align"), points: spec.profilePoints },
        options,
      )
    : undefined;
  options.onStage?.("fitting the curve");
  const map = spec.curveKind === "bezier" ? bezier(spec.bends + 1) : polychain(spec.bends + 2);
  const anchors = await fitCurve(folder, map, ends, { ...setup, rng: rng.split("curve") }, options);

  using span = new Span(anchors);
  // Distances between points of the span need the Gram matrix of differences, norms that of the anchors themselves.
  const gram = span.gram(0);
  const absolute = span.gram();
  const ts = evenly(map, spec.profilePoints);
  const straight = chord(map);
  options.onStage?.("evaluating the line and the curve");
  const both = Float64Array.from([...coefficientMatrix(straight, ts), ...coefficientMatrix(map, ts)]);
  const train = await data.train.evaluateSpan(anchors, both, options);
  const test = await data.test.evaluateSpan(anchors, both, options);
  const n = ts.length;
  const pathResult = (path: PathMap, from: number): PathResult => {
    const slice = (values: Float64Array) => [...values.subarray(from, from + n)];
    const values = {
      trainLoss: slice(train.loss),
      trainError: slice(train.error),
      testLoss: slice(test.loss),
      testError: slice(test.error),
    };
    const statistics = (v: number[]) => pathStatistics(path, gram, ts, v);
    const length = pathLength(path, gram);
    return {
      t: [...ts],
      ...values,
      length,
      lengthRatio: length / chordLength(path, gram),
      statistics: {
        trainLoss: statistics(values.trainLoss),
        trainError: statistics(values.trainError),
        testLoss: statistics(values.testLoss),
        testError: statistics(values.testError),
      },
      barrier: barrier(ts, values.trainLoss),
    };
  };
  const end = (p: number, t: number) => ({
    train: { loss: train.loss[p], error: train.error[p] },
    test: { loss: test.loss[p], error: test.error[p] },
    norm: norm(absolute, map.at(t)),
  });
  options.onStage?.("evaluating the plane");
  const plane = await planeOf(
    folder,
    { span, gram, path: map, data, points: spec.planePoints, margin: spec.planeMargin },
    options,
  );
  const result: ConnectResult = {
    ends: [end(0, 0), end(n - 1, 1)],
    distance: distance(gram, map.at(0), map.at(1)),
    cosine: cosine(absolute, map.at(0), map.at(1)),
    ...(alignment && { alignment }),
    line: pathResult(straight, 0),
    curve: {
      ...pathResult(map, n),
      kind: spec.curveKind,
      bends: spec.bends,
      maxDeviationFromChord: maxDeviationFromChord(map, gram),
    },
    plane,
  };
  folder.writeJson("connect", result);
  return result;
}

/** A trained parameter vector of a file, in the vector memory. */
export function readOptimum(file: string, network: Network): Float32Array {
  const theta = allocateVector(network.layout.size);
  importParameters(network.layout, decodeOptimum(readBytes(file), file).arrays, theta);
  return theta;
}

/** The curve's anchors: the ends, and bends that start evenly on the line between them. */
async function fitCurve(
  folder: RunFolder,
  map: PathMap,
  [start, end]: Float32Array[],
  setup: { network: Network; spec: ConnectSpec; data: RunData; rng: Rng },
  { onEpoch, ...options }: JobOptions,
): Promise<Float32Array[]> {
  const { network, spec, data, rng } = setup;
  const anchors = Array.from({ length: map.anchors }, (_, i) => {
    if (i === 0) return start;
    if (i === map.anchors - 1) return end;
    const bend = allocateVector(start.length);
    const t = i / (map.anchors - 1);
    combine(bend, [start, end], [1 - t, t]);
    return bend;
  });
  const fixed = anchors.map((_, i) => i === 0 || i === anchors.length - 1);
  const file = "checkpoints/curve.safetensors";
  const trained = await fitStage(
    folder,
    "curve",
    (saving) =>
      fit(
        {
          network,
          loss: data.loss,
          map,
          anchors,
          fixed,
          train: data.train.examples,
          validation: data.validation,
        },
        spec.curve,
        rng,
        { ...options, ...both(saving, onEpoch) },
      ),
    () => folder.writeBytes(file, encodeSubspace(network.spec, network.layout, anchors, map.spec, fixed)),
  );
  if (!trained) restoreAnchors(folder, file, anchors);
  return anchors;
}
