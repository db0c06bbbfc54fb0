import type { Dataset, Split } from "../data/index.ts";
import type { Rng } from "../engine/index.ts";
import type { SpanMetric } from "../geometry/index.ts";
import {
  accuracyOfAveragedClasses,
  type Calibration,
  calibrationOf,
  type GaussianPredictions,
  meanFunction,
  type Predictions,
  predictiveQuantiles,
  rmseOfNoisyDraws,
  softmax,
} from "../inference/index.ts";
import { Examples, NetworkLandscape, type WorkOptions } from "../landscape/index.ts";
import type { Span } from "../subspace/index.ts";
import type { RunData } from "./data-node.ts";
import { pointsOfDraws, readDraws } from "./draws-node.ts";
import type { RunFolder } from "./folder-node.ts";
import { outputsOf, type PosteriorPoints } from "./posterior-points.ts";
import { type PosteriorScores, scorePoints } from "./posterior-scores.ts";
import type { JobOptions } from "./train-node.ts";

/** What `isthmus predict` found. */
export interface PredictResult {
  temperature: number;
  /** Draws that were averaged, of all chains. */
  draws: number;
  split: "train" | "test";
  examples: number;
  scores: PosteriorScores;
  /** As the published code computes them, if that was asked for. */
  published?: { accuracy?: number; rmse?: number };
  /** Of a classification. */
  calibration?: Calibration;
  /** Whether there is a curve over the only input. */
  curve: boolean;
}

/** Levels of the 90 and 50 % bands. */
const LEVELS = [0.05, 0.25, 0.75, 0.95];
const NAMES = ["q05", "q25", "q75", "q95"];
/** Outputs that all draws together have at most; draws are thinned to that. */
const HELD = 1e7;
/** Nodes of the curve over the only input. */
const CURVE = 241;

/**
 * The job of `isthmus predict`: what the draws of a `sample` run predict together. Of a regression it writes
 * results/predictions.csv and .npz (`mean`, `deviation`, `q05` … `q95` and `target` of each example) and, for a single
 * input, results/curve.npz (`x` and the same over it, `function_q05` … without the noise, and the data, `train_x` …); of a classification
 * results/predictions.npz (`probabilities` [n, classes], `target`). Scores are in results/predict.json.
 *
 * @param setup.range of the curve over a single input; default that of the data, a quarter wider
 */
export async function predictJob(
  folder: RunFolder,
  setup: {
    source: RunFolder;
    temperature: number;
    metric: SpanMetric;
    data: RunData;
    span: Span;
    split: "train" | "test";
    range?: readonly [number, number];
    /** Stream of the draws that the published scores are computed from, where they are wanted. */
    published?: Rng;
  },
  options: JobOptions,
): Promise<PredictResult> {
  const { data, span, split, temperature, source, published } = setup;
  const { dataset } = data;
  const landscape = data[split];
  const { targets, count } = dataset[split];
  const all = readDraws(source, temperature);
  const most = Math.max(1, Math.floor(HELD / (count * landscape.network.outputs)));
  const thin = Math.max(1, Math.ceil((all.chains * all.draws) / most));
  const draws = thin === 1 ? all : readDraws(source, temperature, thin);
  const points = pointsOfDraws(draws, span, setup.metric);
  options.onStage?.("predicting");
  const { scores } = await scorePoints(landscape, targets, points, options);
  const result: PredictResult = {
    temperature,
    draws: draws.chains * draws.draws,
    split,
    examples: count,
    scores,
    curve: false,
  };
  const target = { shape: [count], data: targets };
  if (dataset.task === "regression") {
    const predictions = await predictionsOf(landscape, points, options);
    if (published) result.published = { rmse: rmseOfNoisyDraws(predictions, targets, published) };
    const columns = summarise(predictions);
    folder.writeArrays("predictions", { target, ...asArrays(columns) });
    folder.writeText("results/predictions.csv", csvOf({ target: Float64Array.from(targets), ...columns }));
    if (landscape.network.inputSize === 1 && dataset.train.inputs instanceof Float32Array) {
      const curve = asArrays(await curveOf(setup, points, options));
      for (const name of ["train", "test"] as const) {
        const { count: n, inputs, targets: y } = dataset[name];
        curve[`${name}_x`] = { shape: [n], data: Float64Array.from(inputs) };
        curve[`${name}_y`] = { shape: [n], data: Float64Array.from(y) };
      }
      folder.writeArrays("curve", curve);
      result.curve = true;
    }
  } else {
    const members = await probabilitiesOf(landscape, points, options);
    if (published) {
      result.published = { accuracy: accuracyOfAveragedClasses(members, targets, published).value };
    }
    const mean = meanProbabilities(members);
    result.calibration = calibrationOf({ classes: dataset.classes, values: mean }, targets);
    const probabilities = { shape: [count, dataset.classes], data: mean };
    folder.writeArrays("predictions", { target, probabilities });
  }
  folder.writeJson("predict", result);
  return result;
}

async function predictionsOf(
  landscape: NetworkLandscape,
  points: PosteriorPoints,
  options: WorkOptions,
): Promise<GaussianPredictions> {
  const { scales } = points;
  const means = Float64Array.from(await outputsOf(landscape, points, options));
  return { draws: scales.length, examples: landscape.examples.count, means, deviations: scales };
}

/** Mean, standard deviation and quantiles of the predictive distribution of each example. */
function summarise(predictions: GaussianPredictions): Record<string, Float64Array> {
  const { draws, examples, means, deviations } = predictions;
  const mean = meanFunction(predictions);
  const noise = deviations.reduce((sum, d) => sum + (d * d) / draws, 0);
  const squares = new Float64Array(examples);
  for (let s = 0; s < draws; s++) {
    for (let i = 0; i < examples; i++) squares[i] += (means[s * examples + i] - mean[i]) ** 2 / draws;
  }
  const quantiles = predictiveQuantiles(predictions, LEVELS);
  return {
    mean,
    deviation: squares.map((square) => Math.sqrt(square + noise)),
    ...Object.fromEntries(
      NAMES.map((name, k) => [name, quantiles.filter((_, at) => at % LEVELS.length === k)]),
    ),
  };
}

const asArrays = (columns: Record<string, Float64Array>) =>
  Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, { shape: [data.length], data }]));

function csvOf(columns: Record<string, Float64Array>): string {
  const names = Object.keys(columns);
  const rows = Array.from(columns[names[0]], (_, i) => names.map((name) => columns[name][i]).join(","));
  return `${[names.join(","), ...rows].join("\n")}\n`;
}

/** Predictions over the only input, with the noise and of the function alone. */
async function curveOf(
  { data, range }: Parameters<typeof predictJob>[1],
  points: PosteriorPoints,
  options: WorkOptions,
): Promise<Record<string, Float64Array>> {
  const { dataset, loss, train } = data;
  const [from, to] = range ?? rangeOf(dataset);
  const x = Float32Array.from({ length: CURVE }, (_, i) => from + ((to - from) * i) / (CURVE - 1));
  const grid: Split = { count: CURVE, inputs: x, targets: new Float32Array(CURVE) };
  using examples = new Examples(dataset, grid);
  using landscape = new NetworkLandscape(train.network, examples, loss);
  const predictions = await predictionsOf(landscape, points, options);
  const noisy = summarise(predictions);
  const result: Record<string, Float64Array> = { x: Float64Array.from(x), ...noisy };
  const { draws, means } = predictions;
  const own = new Float64Array(draws);
  for (const name of NAMES) result[`function_${name}`] = new Float64Array(CURVE);
  for (let i = 0; i < CURVE; i++) {
    for (let s = 0; s < draws; s++) own[s] = means[s * CURVE + i];
    own.sort();
    NAMES.forEach((name, k) => {
      result[`function_${name}`][i] = own[Math.round(LEVELS[k] * (draws - 1))];
    });
  }
  return result;
}

/** The range of a data set's only input, a quarter wider. */
function rangeOf(dataset: Dataset): readonly [number, number] {
  const inputs = [dataset.train, dataset.validation, dataset.test].flatMap((part) =>
    part ? Array.from(part.inputs) : [],
  );
  const [low, high] = inputs.reduce(
    ([a, b], x) => [Math.min(a, x), Math.max(b, x)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const air = (high - low) / 8;
  return [low - air, high + air];
}

/** Probabilities of the classes by each draw. */
async function probabilitiesOf(
  landscape: NetworkLandscape,
  points: PosteriorPoints,
  options: WorkOptions,
): Promise<Predictions[]> {
  const classes = landscape.network.outputs;
  const logits = await outputsOf(landscape, points, options);
  const { values } = softmax({ classes, values: logits });
  const each = landscape.examples.count * classes;
  return Array.from({ length: values.length / each }, (_, p) => ({
    classes,
    values: values.subarray(p * each, (p + 1) * each),
  }));
}

/** Their averages over the draws, [n, classes]. */
function meanProbabilities(members: readonly Predictions[]): Float64Array {
  const mean = new Float64Array(members[0].values.length);
  for (const { values } of members) {
    for (let at = 0; at < mean.length; at++) mean[at] += values[at] / members.length;
  }
  return mean;
}
