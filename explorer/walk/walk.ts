import { type Dataset, subset } from "../../src/data/index.ts";
import { allocateVector, gram } from "../../src/engine/index.ts";
import { arcLengthAt, arcLengthTable, curvatures, distance, type Gram } from "../../src/geometry/index.ts";
import { crossEntropy, Examples, NetworkLandscape, squaredError } from "../../src/landscape/index.ts";
import { type Network, networkOf } from "../../src/model/index.ts";
import { decodeSubspace } from "../../src/run/index.ts";
import { coefficientMatrix, fromSpec, isPath } from "../../src/subspace/index.ts";
import { embeddedImages } from "../source/embedded-data.ts";
import { datasetOfRun } from "../source/page-datasets.ts";
import type { Walk, WalkedFunctions, WalkedImages, WalkRequest } from "./walk-protocol.ts";

const POSITIONS = 101;
/** Examples that are examined, and those of the images that are shown. */
const EXAMINED = 500;
const SHOWN = 12;
/** Inputs at which functions are drawn. */
const INPUTS = 81;

/**
 * Follows a path from its checkpoint: geometry from the Gram matrix, and what the networks on it say of the data of the run.
 * @param tell is given the geometry, which comes at once, and then all there is
 */
export async function walkAlong(
  { checkpoint, file, spec: dataSpec, checksum, measure, site }: WalkRequest,
  tell: (walk: Walk) => void,
): Promise<void> {
  const { network: spec, map: mapSpec, anchors } = decodeSubspace(checkpoint, file, allocateVector);
  const map = fromSpec(mapSpec);
  if (!spec || !isPath(map)) throw new Error(`${file} holds no path of networks; give a curve or a path.`);
  const t = Array.from({ length: POSITIONS }, (_, i) => i / (POSITIONS - 1));
  const c = coefficientMatrix(map, Float64Array.from(t));
  const m = anchors.length;
  const row = (p: number) => c.subarray(p * m, (p + 1) * m);
  const products: Gram = { size: m, values: gram(anchors, anchors[0]) };
  const table = arcLengthTable(map, products);
  const walk: Walk = {
    complete: false,
    t,
    fromFirst: t.map((_, p) => distance(products, row(p), row(0))),
    toLast: t.map((_, p) => distance(products, row(p), row(POSITIONS - 1))),
    length: t.map((at) => arcLengthAt(table, at)),
    curvature: [...curvatures(map, products, Float64Array.from(t))],
  };
  tell(walk);
  const network = networkOf(spec);
  const dataset = await datasetOfRun(dataSpec, checksum, site);
  const fits = dataset?.shape.reduce((a, b) => a * b, 1) === network.inputSize;
  if (dataset && fits) Object.assign(walk, await onData(network, { anchors, c }, dataset, measure));
  // Of the full Fashion-MNIST the page has these test images.
  else if (dataSpec.data === "fashion-mnist" && network.inputSize === 784)
    walk.images = await walkImages(
      network,
      anchors,
      c,
      subset(await embeddedImages(site), { test: EXAMINED }),
    );
  tell({ ...walk, complete: true });
}

/** What there is to say of the networks on the path, with the data of their run. */
async function onData(
  network: Network,
  { anchors, c }: { anchors: readonly Float32Array[]; c: Float64Array },
  dataset: Dataset,
  measure: boolean,
): Promise<Partial<Walk>> {
  const found: Partial<Walk> = {};
  const counts = { train: dataset.train.count, test: dataset.test.count };
  const some = subset(dataset, {
    train: Math.min(EXAMINED, counts.train),
    test: Math.min(EXAMINED, counts.test),
  });
  if (measure) {
    found.values = await walkValues(network, anchors, c, some);
    if (counts.train > EXAMINED || counts.test > EXAMINED) found.values.examples = EXAMINED;
  }
  if (dataset.name.startsWith("fashion-mnist")) found.images = await walkImages(network, anchors, c, some);
  else if (network.inputSize === 1 && dataset.task === "regression")
    found.functions = await walkFunctions(network, anchors, c, dataset);
  return found;
}

const lossOf = ({ task }: Dataset) => (task === "classification" ? crossEntropy : squaredError);

async function walkValues(
  network: Network,
  anchors: readonly Float32Array[],
  c: Float64Array,
  dataset: Dataset,
): Promise<NonNullable<Walk["values"]>> {
  const on = async (split: "train" | "test") => {
    using examples = new Examples(dataset, dataset[split]);
    using landscape = new NetworkLandscape(network, examples, lossOf(dataset));
    const { loss, error } = await landscape.evaluateSpan(anchors, c);
    return { loss: [...loss], error: [...error] };
  };
  return {
    train: await on("train"),
    test: await on("test"),
    classification: dataset.task === "classification",
  };
}

async function walkFunctions(
  network: Network,
  anchors: readonly Float32Array[],
  c: Float64Array,
  dataset: Dataset,
): Promise<WalkedFunctions> {
  const inputs = Array.from(dataset.test.inputs as Float32Array);
  const [low, high] = [Math.min(...inputs), Math.max(...inputs)];
  const x = Array.from({ length: INPUTS }, (_, i) => low + ((high - low) * i) / (INPUTS - 1));
  const split = { count: INPUTS, inputs: Float32Array.from(x), targets: new Float32Array(INPUTS) };
  using examples = new Examples(dataset, split);
  using landscape = new NetworkLandscape(network, examples, squaredError);
  return {
    x,
    y: await landscape.predictSpan(anchors, c),
    points: dataset.train.inputs as Float32Array,
    targets: [...dataset.train.targets],
  };
}

async function walkImages(
  network: Network,
  anchors: readonly Float32Array[],
  c: Float64Array,
  dataset: Dataset,
): Promise<WalkedImages> {
  using examples = new Examples(dataset, dataset.test);
  using landscape = new NetworkLandscape(network, examples, crossEntropy);
  const logits = await landscape.predictSpan(anchors, c);
  const K = network.outputs;
  const n = examples.count;
  const probabilities = softmaxRows(logits, K);
  const classOf = (p: number, i: number) => {
    const own = probabilities.subarray((p * n + i) * K, (p * n + i + 1) * K);
    return own.indexOf(Math.max(...own));
  };
  const classes = Array.from({ length: POSITIONS }, (_, p) =>
    Array.from({ length: n }, (_, i) => classOf(p, i)),
  );
  const changed = classes.map((row) => row.filter((k, i) => k !== classes[0][i]).length / n);
  const flips = Array.from({ length: n }, (_, i) => ({
    i,
    flips: classes.reduce((sum, row, p) => sum + (p > 0 && row[i] !== classes[p - 1][i] ? 1 : 0), 0),
  }));
  // Most of the images shown are those that the networks on the path disagree about; a few are plain.
  const often = [...flips].sort((a, b) => b.flips - a.flips || a.i - b.i).slice(0, SHOWN - 3);
  const never = flips.filter(({ flips: count }) => count === 0).slice(0, SHOWN - often.length);
  const chosen = [...often, ...never].map(({ i }) => i);
  const inputs = dataset.test.inputs as Uint8Array;
  const pixels = new Uint8Array(chosen.length * 784);
  const kept = new Float32Array(POSITIONS * chosen.length * K);
  chosen.forEach((i, j) => {
    pixels.set(inputs.subarray(i * 784, (i + 1) * 784), j * 784);
    for (let p = 0; p < POSITIONS; p++) {
      kept.set(probabilities.subarray((p * n + i) * K, (p * n + i + 1) * K), (p * chosen.length + j) * K);
    }
  });
  return {
    pixels,
    labels: chosen.map((i) => Number(dataset.test.targets[i])),
    probabilities: kept,
    classes: K,
    changed,
    examined: n,
  };
}

function softmaxRows(logits: Float32Array, K: number): Float32Array {
  const result = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += K) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) most = Math.max(most, logits[at + k]);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += result[at + k] = Math.exp(logits[at + k] - most);
    for (let k = 0; k < K; k++) result[at + k] /= sum;
  }
  return result;
}
