import { allocateVector, combine, Rng } from "../engine/index.ts";
import {
  type FitSpec,
  fit,
  fitNeuralCurve,
  initialiseNeuralCurve,
  type NeuralCurveFitSpec,
  pathOfNeuralCurve,
} from "../fit/index.ts";
import { evaluatePoints, type SpanMetrics } from "../landscape/index.ts";
import { type Initialiser, initialise, type Network } from "../model/index.ts";
import {
  type CoefficientMap,
  coefficientMatrix,
  complex,
  evenly,
  fromSpec,
  isPath,
  type MapSpec,
  middleOf,
  type Span,
  simplex,
  spanFor,
} from "../subspace/index.ts";
import { decodeSubspace, encodeSubspace } from "./checkpoint.ts";
import { readOptimum } from "./connect-node.ts";
import type { RunData } from "./data-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { fitStage } from "./stage-node.ts";
import { subspaceGram } from "./subspace-gram.ts";
import { both, type JobOptions, restoreAnchors, trainOptimum } from "./train-node.ts";

/** What to learn. */
export type SubspaceSpec =
  /** A map with all anchors free, from independent random starts (Wortsman et al. 2021). */
  | { kind: "map"; map: MapSpec; fit: FitSpec; init: Initialiser; otherInit: Initialiser }
  /** A curve that a small network makes (Chen and Saidi 2023). */
  | { kind: "neural"; fit: NeuralCurveFitSpec }
  /**
   * Simplexes grown from optima, a vertex at a time (Benton et al. 2021): one simplex from a single optimum, or a complex
   * that joins several to the same connecting vertices.
   */
  | {
      kind: "grown";
      /** Files of trained parameter vectors; without them `modes` optima are trained. */
      files?: readonly string[];
      modes: number;
      vertices: number;
      init: Initialiser;
      optimum: FitSpec;
      fit: FitSpec;
    };

/** Losses and errors at points of a subspace, and its shape. */
export interface SubspaceResult {
  kind: string;
  /** Coordinates, a row a point: evenly over the subspace, both ends or all vertices included. */
  coordinates: number[][];
  /** Loss and error at each, on every split. */
  splits: Record<string, { loss: number[]; error: number[] }>;
  /** In the middle. */
  middle: Record<string, { loss: number; error: number }>;
  shape: Shape;
  /** Epochs of each stage. */
  epochs: Record<string, number>;
}

/** A learnt subspace in the vector memory. */
export interface LearntSubspace {
  span: Span;
  map: CoefficientMap;
}

/** Standard deviation of the noise on a new vertex, which would else start without volume. */
const NEW_VERTEX_NOISE = 1e-3;
/** Points along a path, or along each edge of a simplex, that are evaluated. */
const ALONG = { path: 41, edge: 5 };

/**
 * The job of `isthmus subspace`: learns a subspace, evaluates it on every split and measures it. Writes
 * checkpoints/subspace.safetensors and results/subspace.json.
 */
export async function subspaceJob(
  folder: RunFolder,
  setup: { network: Network; spec: SubspaceSpec; data: RunData; seed: number },
  options: JobOptions,
): Promise<SubspaceResult> {
  using subspace = await learn(folder, setup, options);
  const { span, map } = subspace;
  options.onStage?.("evaluating");
  const zs = evenly(map, isPath(map) ? ALONG.path : ALONG.edge);
  const middle = middleOf(map);
  const coefficients = coefficientMatrix(map, Float64Array.from([...zs, ...middle]));
  const k = map.dimension;
  const points = zs.length / k;
  const splits: SubspaceResult["splits"] = {};
  const inMiddle: SubspaceResult["middle"] = {};
  for (const name of ["train", "validation", "test"] as const) {
    const landscape = setup.data[name];
    if (!landscape) continue;
    const { loss, error }: SpanMetrics = await evaluatePoints(landscape, span, coefficients, options);
    splits[name] = { loss: [...loss.subarray(0, points)], error: [...error.subarray(0, points)] };
    inMiddle[name] = { loss: loss[points], error: error[points] };
  }
  const lines = folder.readMetrics();
  const result: SubspaceResult = {
    kind: map.kind,
    coordinates: Array.from({ length: points }, (_, p) => [...zs.subarray(p * k, (p + 1) * k)]),
    splits,
    middle: inMiddle,
    shape: shapeOf(await subspaceGram(span, map, options)),
    epochs: Object.fromEntries(
      [...new Set(lines.map(({ stage }) => stage))].map((stage) => [
        stage,
        lines.filter((line) => line.stage === stage).length,
      ]),
    ),
  };
  folder.writeJson("subspace", result);
  return result;
}

const FILE = "checkpoints/subspace.safetensors";

/** Learns the subspace of a spec, or reads it back where that is done. */
export async function learn(
  folder: RunFolder,
  { network, spec, data, seed }: { network: Network; spec: SubspaceSpec; data: RunData; seed: number },
  options: JobOptions,
): Promise<LearntSubspace & Disposable> {
  const rng = Rng.fromSeed(seed);
  const setup = { network, data, rng };
  const { span, map } =
    spec.kind === "map"
      ? await learnMap(folder, spec, setup, options)
      : spec.kind === "neural"
        ? await learnNeural(folder, spec.fit, setup, options)
        : await grow(folder, spec, setup, options);
  return { span, map, [Symbol.dispose]: () => span[Symbol.dispose]() };
}

interface Setup {
  network: Network;
  data: RunData;
  rng: Rng;
}

async function learnMap(
  folder: RunFolder,
  spec: Extract<SubspaceSpec, { kind: "map" }>,
  { network, data, rng }: Setup,
  { onEpoch, ...options }: JobOptions,
): Promise<LearntSubspace> {
  const map = fromSpec(spec.map);
  options.onStage?.(`learning a ${map.kind}`);
  const own = rng.split("subspace");
  const anchors = Array.from({ length: map.anchors }, (_, i) => {
    const theta = allocateVector(network.layout.size);
    initialise(network, theta, i === 0 ? spec.init : spec.otherInit, own.split(`init ${i}`));
    return theta;
  });
  const fixed = anchors.map(() => false);
  const problem = { network, loss: data.loss, map, anchors, fixed, ...examples(data) };
  const trained = await fitStage(
    folder,
    "subspace",
    (saving) => fit(problem, spec.fit, own, { ...options, ...both(saving, onEpoch) }),
    () => folder.writeBytes(FILE, encodeSubspace(network.spec, network.layout, anchors, map.spec, fixed)),
  );
  if (!trained) restoreAnchors(folder, FILE, anchors);
  return { span: spanFor(network.layout, map.spec, anchors), map };
}

async function learnNeural(
  folder: RunFolder,
  spec: NeuralCurveFitSpec,
  { network, data, rng }: Setup,
  { onEpoch, ...options }: JobOptions,
): Promise<LearntSubspace> {
  options.onStage?.("learning a neural curve");
  const own = rng.split("neural curve");
  const curve = initialiseNeuralCurve(network, spec, own.split("init"));
  const problem = { network, loss: data.loss, ...examples(data) };
  const trained = await fitStage(
    folder,
    "neural",
    (saving) => fitNeuralCurve(problem, curve, spec, own, { ...options, ...both(saving, onEpoch) }),
    () => {
      const { map } = pathOfNeuralCurve(network, spec, curve);
      const fixed = curve.anchors.map(() => false);
      folder.writeBytes(FILE, encodeSubspace(network.spec, network.layout, curve.anchors, map.spec, fixed));
    },
  );
  if (trained) return pathOfNeuralCurve(network, spec, curve);
  restoreAnchors(folder, FILE, curve.anchors);
  const { map } = decodeSubspace(folder.readBytes(FILE), folder.pathOf(FILE));
  return { span: spanFor(network.layout, map, curve.anchors), map: fromSpec(map) };
}

async function grow(
  folder: RunFolder,
  spec: Extract<SubspaceSpec, { kind: "grown" }>,
  { network, data, rng }: Setup,
  { onEpoch, ...options }: JobOptions,
): Promise<LearntSubspace> {
  const modes: Float32Array[] = [];
  for (let i = 0; i < (spec.files?.length ?? spec.modes); i++) {
    const stage = `optimum-${i + 1}`;
    const file = spec.files?.[i];
    options.onStage?.(file ? `reading ${file}` : `training optimum ${i + 1}`);
    const { init, optimum } = spec;
    const setup = { network, init, spec: optimum, data, rng: rng.split(stage) };
    modes.push(
      file ? readOptimum(file, network) : await trainOptimum(folder, stage, setup, { onEpoch, ...options }),
    );
  }
  const anchors = [...modes];
  let map = complexOf(modes.length, 0);
  for (let v = 1; v <= spec.vertices; v++) {
    options.onStage?.(`growing vertex ${v} of ${spec.vertices}`);
    const stage = `vertex-${v}`;
    const own = rng.split(stage);
    map = complexOf(modes.length, v);
    const vertex = allocateVector(network.layout.size);
    combine(
      vertex,
      anchors,
      anchors.map(() => 1 / anchors.length),
    );
    const noise = own.split("noise").normal(vertex.length);
    for (let d = 0; d < vertex.length; d++) vertex[d] += NEW_VERTEX_NOISE * noise[d];
    anchors.push(vertex);
    const fixed = anchors.map((_, i) => i < anchors.length - 1);
    // The first vertex that joins several optima has to find the way first (Benton et al. 2021, code).
    const volume = modes.length > 1 && v === 1 ? 0 : spec.fit.volume;
    const problem = { network, loss: data.loss, map, anchors, fixed, ...examples(data) };
    const file = v === spec.vertices ? FILE : `checkpoints/${stage}.safetensors`;
    const trained = await fitStage(
      folder,
      stage,
      (saving) => fit(problem, { ...spec.fit, volume }, own, { ...options, ...both(saving, onEpoch) }),
      () => folder.writeBytes(file, encodeSubspace(network.spec, network.layout, anchors, map.spec, fixed)),
    );
    if (!trained) restoreAnchors(folder, file, anchors);
  }
  return { span: spanFor(network.layout, map.spec, anchors), map };
}

/** One simplex of an optimum and its vertices, or one of each optimum with all the vertices that join them. */
function complexOf(modes: number, vertices: number): CoefficientMap {
  if (modes === 1) return simplex(vertices);
  const joining = Array.from({ length: vertices }, (_, i) => modes + i);
  return complex(
    modes + vertices,
    Array.from({ length: modes }, (_, i) => [i, ...joining]),
  );
}

const examples = ({ train, validation }: RunData) => ({ train: train.examples, validation });
