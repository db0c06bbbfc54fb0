/** The workloads that are timed; each returns what one call costs, as `bench/peer/torch_peer.py` does for PyTorch. */
import { allocateVector, Rng } from "../src/engine/index.ts";
import {
  initialiseNeuralCurve,
  inOnePart,
  type NeuralCurveFitSpec,
  Optimiser,
  StepGradient,
  type TrainingStep,
} from "../src/fit/index.ts";
import { NeuralCurveStep } from "../src/fit/neural-curve-step.ts";
import { SubspaceStep } from "../src/fit/subspace-step.ts";
import { curvatures } from "../src/geometry/index.ts";
import { Batch, crossEntropy, Examples, gaussian, NetworkLandscape } from "../src/landscape/index.ts";
import { initialise, mlp, type Network } from "../src/model/index.ts";
import { bezier, line, Span } from "../src/subspace/index.ts";

/** Something to time: `call` does `units` units of work. */
export interface Workload {
  name: string;
  /** What one unit is. */
  unit: string;
  calls: number;
  prepare(): Promise<{ call: () => Promise<void>; units?: number }>;
}

const BATCH = 128;
const network = mlp([784, 512, 10]);
const rng = Rng.fromSeed(1);

function parameters(of: Network, name: string): Float32Array {
  const theta = allocateVector(of.layout.size);
  initialise(of, theta, "pytorch", rng.split(name));
  return theta;
}

function images(count: number): Examples {
  const inputs = Uint8Array.from(rng.split("images").integers(count * 784, 256));
  const targets = rng.split("labels").integers(count, 10);
  const split = { count, inputs, targets };
  const dataset = {
    name: "random images",
    task: "classification" as const,
    shape: [28, 28],
    classes: 10,
    byteScale: 1 / 255,
    byteShift: 0,
    train: split,
    test: split,
    checksum: "",
    source: "",
  };
  return new Examples(dataset, split);
}

function batchOf(examples: Examples): Batch {
  const batch = new Batch(examples, BATCH);
  batch.loadFrom(0);
  return batch;
}

/** A training step with the given anchors, coefficients and optimiser. */
function stepWorkload(
  anchors: Float32Array[],
  fixed: boolean[],
  points: number,
  draw: (t: number) => ArrayLike<number>,
  kind: "sgd" | "adam" | "adamw",
) {
  const batch = batchOf(images(BATCH));
  const gradient = new StepGradient(network, crossEntropy, inOnePart(network, anchors), fixed, points);
  const free = anchors.filter((_, i) => !fixed[i]);
  const spec = { kind, momentum: 0.9, weightDecay: kind === "sgd" ? 5e-4 : kind === "adam" ? 0 : 0.01 };
  const optimiser = new Optimiser(spec, free);
  const m = anchors.length;
  const coefficients = new Float64Array(points * m);
  let step = 0;
  return async () => {
    for (let p = 0; p < points; p++) coefficients.set(draw(Math.random()), p * m);
    const terms = await gradient.run(batch, { count: points, coefficients }, rng);
    step++;
    terms.forEach(([[{ vector, scale }]], i) => {
      optimiser.update(i, free[i], vector, 1e-3, step, scale);
    });
  };
}

const TRAINING = {
  kind: "adamw" as const,
  momentum: 0.9,
  weightDecay: 0.01,
  epochs: 1,
  batch: BATCH,
  rate: 1e-3,
  schedule: "constant" as const,
  reduction: "mean" as const,
  beta: 1,
  keepBest: false,
  patience: 0,
};

/** Step after step on one batch. */
function numbered(step: TrainingStep, examples: Examples): () => Promise<void> {
  const batch = batchOf(examples);
  let number = 0;
  return async () => {
    await step.run(batch, number++, TRAINING.rate);
  };
}

const vectors = (count: number) =>
  Array.from({ length: count }, (_, i) => parameters(network, `anchor ${i}`));

/** 8-50-50-1 at 300 points, in 5 coordinates, for several chains at once. */
async function tiny(chains: number) {
  const small = mlp([8, 50, 50, 1]);
  const inputs = rng.split("x").normal(300 * 8);
  const split = { count: 300, inputs, targets: rng.split("y").normal(300) };
  const dataset = { name: "random table", task: "regression" as const, shape: [8], classes: 0 };
  const rest = { byteScale: 1, byteShift: 0, train: split, test: split, checksum: "", source: "" };
  const landscape = new NetworkLandscape(small, new Examples({ ...dataset, ...rest }, split), gaussian(1));
  const anchors = Array.from({ length: 5 }, (_, i) => parameters(small, `anchor ${i}`));
  const gradient = await landscape.onSpan(anchors, chains);
  gradient.coefficients.set(rng.split("z").normal(5 * chains));
  return { call: () => gradient.run(), units: chains };
}

export const WORKLOADS: Workload[] = [
  {
    name: "train_step",
    unit: "gradient + AdamW step of 784-512-10, batch 128",
    calls: 60,
    prepare: async () => ({ call: stepWorkload(vectors(1), [false], 1, () => [1], "adamw") }),
  },
  {
    name: "curve_step",
    unit: "SGD step of the bend of a quadratic Bézier curve, batch 128",
    calls: 40,
    prepare: async () => {
      const map = bezier(2);
      return { call: stepWorkload(vectors(3), [true, false, true], 1, (t) => map.at([t]), "sgd") };
    },
  },
  {
    name: "path_step",
    unit: "Adam step of a Bézier path, 6 free control points, 10 values of t, batch 128",
    calls: 6,
    prepare: async () => {
      const map = bezier(5);
      const free = new Array<boolean>(6).fill(false);
      return { call: stepWorkload(vectors(6), free, 10, (t) => map.at([t]), "adam") };
    },
  },
  {
    name: "line_step",
    unit: "AdamW step of a line learnt from scratch, cos² penalty, batch 128",
    calls: 40,
    prepare: async () => {
      const anchors = vectors(2);
      const examples = images(BATCH);
      const fixed = [false, false];
      const problem = { network, loss: crossEntropy, map: line(), anchors, fixed, train: examples };
      const step = new SubspaceStep(problem, { ...TRAINING, samples: 1, pointDecay: 0 }, rng);
      return { call: numbered(step, examples) };
    },
  },
  {
    name: "neural_curve_step",
    unit: "AdamW step of the tanh neural curve, 16.7 million parameters, cos² of its ends, batch 128",
    calls: 4,
    prepare: async () => {
      const spec: NeuralCurveFitSpec = {
        ...TRAINING,
        widths: [10, 20, 40],
        activation: "tanh",
        perLayer: true,
        sharedBiases: true,
        rectified: false,
        repel: 0,
        repelLimit: 2.5,
        repelRange: [0.25, 0.75],
      };
      const curve = initialiseNeuralCurve(network, spec, rng);
      return { call: numbered(new NeuralCurveStep(network, crossEntropy, curve, spec, rng), images(BATCH)) };
    },
  },
  {
    name: "plane_point",
    unit: "loss and error of one point of a plane on 10,000 images",
    calls: 1,
    prepare: async () => {
      const landscape = new NetworkLandscape(network, images(10_000), crossEntropy);
      const anchors = vectors(3);
      const units = 51 * 51;
      const coefficients = Float64Array.from({ length: 3 * units }, () => Math.random());
      const call = async () => {
        await landscape.evaluateSpan(anchors, coefficients);
      };
      return { call, units };
    },
  },
  {
    name: "tiny_grad",
    unit: "log-likelihood of 8-50-50-1 at 300 points and its gradient in 5 coordinates, one chain",
    calls: 200,
    prepare: () => tiny(1),
  },
  {
    name: "tiny_grad_10",
    unit: "the same, ten chains at once, for each chain",
    calls: 50,
    prepare: () => tiny(10),
  },
  {
    name: "curvature_points",
    unit: "curvature of a point of a Bézier path of degree 5, D = 407,050",
    calls: 5,
    prepare: async () => {
      const gram = new Span(vectors(6)).gram(0);
      const map = bezier(5);
      const ts = Float64Array.from({ length: 10_000 }, (_, i) => i / 9_999);
      const call = async () => {
        curvatures(map, gram, ts);
      };
      return { call, units: ts.length };
    },
  },
];
