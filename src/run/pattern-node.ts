import { takeRows } from "../data/index.ts";
import { allocateVector, Rng, releaseVector } from "../engine/index.ts";
import {
  type BinaryImage,
  cellCoefficients,
  fitPattern,
  type PatternMetrics,
  type PatternPlane,
  type PatternScore,
  type PatternSpec,
  type PatternState,
  patternMask,
  patternParameters,
  patternPlane,
  patternScore,
} from "../fit/index.ts";
import type { NdArray } from "../format/index.ts";
import { Examples, NetworkLandscape } from "../landscape/index.ts";
import type { Initialiser, Network } from "../model/index.ts";
import { coefficientMatrix, fromSpec, Span } from "../subspace/index.ts";
import { decodeSubspace, encodeSubspace } from "./checkpoint.ts";
import type { RunData } from "./data-node.ts";
import { decodeFitState, encodeFitState } from "./fit-state.ts";
import type { RunFolder } from "./folder-node.ts";
import { type Training, trainingStage } from "./stage-node.ts";
import type { JobOptions } from "./train-node.ts";

/** Which pattern to draw, and how. */
export interface PatternJobSpec {
  picture: BinaryImage;
  /** Of the three vectors that span the plane. */
  init: Initialiser;
  fit: PatternSpec;
  /** Cells around the picture that are evaluated, too. */
  padding: number;
}

/** A picture drawn in weight space; the values of the cells and of the landscape are in results/pattern.npz. */
export interface PatternResult {
  rows: number;
  columns: number;
  padding: number;
  /** The picture, row-major from the top: 1 where the loss is to be low. */
  image: number[];
  /** 1 for a trained good cell, -1 for a trained bad one, 0 for one that was not trained. */
  cells: number[];
  /** How well the accuracies of the cells show the picture. */
  splits: Record<"train" | "test", PatternScore>;
  /** Sides of a cell in weight-space distance, and the cosine of the angle between the axes. */
  cell: { width: number; height: number; cosine: number };
  /** Test examples that the landscape was evaluated on. */
  landscapeExamples: number;
}

const FILE = "checkpoints/subspace.safetensors";
/** Lines of the history, and so states saved, of a training; at most so many steps lie between two. */
const LINES = 25;
const MOST_STEPS = 100;
/** Nodes of the landscape on each side of a cell, and at most along an axis. */
const NODES_PER_CELL = 3;
const MOST_NODES = 73;
/** Test examples for the landscape, which has some ten times as many points as there are cells. */
const LANDSCAPE_EXAMPLES = 2000;

/**
 * The job of `isthmus pattern`: learns a plane whose low-loss set is a picture (Skorokhodov and Burtsev 2019),
 * evaluates its cells on the training and the test split, and the plane more finely. Writes
 * checkpoints/subspace.safetensors (an affine map whose coordinates count cells from the middle, x to the right and y
 * upwards), results/pattern.json and results/pattern.npz: TRAIN|TEST_ACCURACY|LOSS of the cells with their padding, top
 * row first, and the test loss of the landscape at `landscape_x` and `landscape_y` (in cells), bottom row first.
 *
 * @throws RangeError where the picture has no boundary; DivergenceError
 */
export async function patternJob(
  folder: RunFolder,
  setup: { network: Network; spec: PatternJobSpec; data: RunData; seed: number },
  options: JobOptions,
): Promise<PatternResult> {
  const { spec, data } = setup;
  const mask = patternMask(spec.picture);
  const plane = await learnPattern(folder, setup, options);
  using span = plane.span;
  const { rows, columns } = mask;
  const { padding } = spec;
  const shape = [rows + 2 * padding, columns + 2 * padding];
  const coefficients = cellCoefficients(plane, mask, padding);
  const arrays: Record<string, NdArray> = {};
  const splits = {} as PatternResult["splits"];
  for (const name of ["train", "test"] as const) {
    options.onStage?.(`evaluating ${shape[0] * shape[1]} cells on the ${name} split`);
    const { loss, error } = await data[name].evaluateSpan(span.anchors, coefficients, options);
    const accuracy = error.map((e) => 1 - e);
    arrays[`${name}_accuracy`] = { shape, data: accuracy };
    arrays[`${name}_loss`] = { shape, data: loss };
    splits[name] = patternScore(mask, accuracy, padding);
  }
  const landscape = await landscapeOf(plane, { width: shape[1], height: shape[0] }, setup, options);
  folder.writeArrays("pattern", { ...arrays, ...landscape.arrays });
  const result: PatternResult = {
    rows,
    columns,
    padding,
    image: [...mask.image],
    cells: [...mask.cells],
    splits,
    cell: cellShape(plane),
    landscapeExamples: landscape.examples,
  };
  folder.writeJson("pattern", result);
  return result;
}

/** A pattern's state in the file of a fit's: the parameters of the plane are its vectors. */
const PATTERN: Training<PatternState, PatternMetrics> = {
  counter: "step",
  encode: ({ history, parameters, moments }, seconds) =>
    encodeFitState({ history, anchors: parameters, moments, bestEpoch: 0, bestAnchors: [] }, seconds),
  decode: (bytes, file) => {
    const { history, anchors, moments, seconds } = decodeFitState<PatternMetrics>(bytes, file);
    return { step: history.at(-1)!.step, history, parameters: anchors, moments, seconds };
  },
};

/** Learns the plane of a spec, or reads it back where that is done; dispose of its span. */
async function learnPattern(
  folder: RunFolder,
  { network, spec, data, seed }: { network: Network; spec: PatternJobSpec; data: RunData; seed: number },
  options: JobOptions,
): Promise<PatternPlane> {
  const { fit, picture, init } = spec;
  const rng = Rng.fromSeed(seed).split("pattern");
  const parameters = patternParameters(network, init, rng.split("init"));
  const problem = {
    network,
    loss: data.loss,
    mask: patternMask(picture),
    parameters,
    train: data.train.examples,
  };
  options.onStage?.(`drawing a picture of ${picture.rows} x ${picture.columns} cells`);
  try {
    await trainingStage(
      folder,
      "pattern",
      PATTERN,
      ({ resume, save }) =>
        fitPattern(problem, fit, rng, {
          ...options,
          resume,
          every: Math.min(MOST_STEPS, Math.ceil(fit.steps / LINES)),
          onMetrics: (metrics, state) => {
            save(metrics, state);
            const { step, goodLoss, badLoss } = metrics;
            options.onNote?.(
              `step ${step}: loss of good cells ${goodLoss.toFixed(3)}, of bad ones ${badLoss.toFixed(3)}`,
            );
          },
        }),
      () => {
        const { span, map } = patternPlane(parameters, fit.parametrisation);
        const fixed = span.anchors.map(() => false);
        folder.writeBytes(FILE, encodeSubspace(network.spec, network.layout, span.anchors, map.spec, fixed));
        span[Symbol.dispose]();
      },
    );
  } finally {
    releaseVector(...Object.values(parameters));
  }
  const { map, anchors } = decodeSubspace(folder.readBytes(FILE), folder.pathOf(FILE), allocateVector);
  return { span: new Span(anchors), map: fromSpec(map) };
}

/** The test loss in the plane, over all cells with their padding, on some of the test examples. */
async function landscapeOf(
  { span, map }: PatternPlane,
  { width, height }: { width: number; height: number },
  { network, data }: { network: Network; data: RunData },
  options: JobOptions,
): Promise<{ arrays: Record<string, NdArray>; examples: number }> {
  const nodes = (cells: number) => {
    const n = Math.min(MOST_NODES, NODES_PER_CELL * cells + 1);
    return Float64Array.from({ length: n }, (_, i) => cells * (i / (n - 1) - 0.5));
  };
  const [xs, ys] = [nodes(width), nodes(height)];
  options.onStage?.(`evaluating ${xs.length} x ${ys.length} points of the plane`);
  const coordinates = Array.from(ys).flatMap((y) => Array.from(xs).flatMap((x) => [x, y]));
  const { dataset, loss } = data;
  const count = Math.min(LANDSCAPE_EXAMPLES, dataset.test.count);
  // Evenly spread, since examples may be sorted by their class.
  const rows = Int32Array.from({ length: count }, (_, i) => Math.floor((i * dataset.test.count) / count));
  using examples = new Examples(dataset, takeRows(dataset.test, rows));
  using landscape = new NetworkLandscape(network, examples, loss);
  const values = await landscape.evaluateSpan(span.anchors, coefficientMatrix(map, coordinates), options);
  return {
    examples: count,
    arrays: {
      landscape_x: { shape: [xs.length], data: xs },
      landscape_y: { shape: [ys.length], data: ys },
      landscape_loss: { shape: [ys.length, xs.length], data: values.loss },
    },
  };
}

/** The size and skew of a cell: steps of one in x and in y, measured in weight space. */
function cellShape({ span, map }: PatternPlane): PatternResult["cell"] {
  const { size: m, values } = span.gram();
  const [across, up] = [map.jacobian([0, 0]).subarray(0, m), map.jacobian([0, 0]).subarray(m)];
  const inner = (a: Float64Array, b: Float64Array) =>
    values.reduce((sum, g, i) => sum + a[Math.floor(i / m)] * g * b[i % m], 0);
  const [width, height] = [Math.sqrt(inner(across, across)), Math.sqrt(inner(up, up))];
  return { width, height, cosine: inner(across, up) / (width * height) };
}
