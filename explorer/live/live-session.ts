import type { Dataset } from "../../src/data/index.ts";
import {
  adamStep,
  allocateVector,
  axpy,
  combine,
  dot,
  gram,
  type Program,
  Rng,
  releaseVector,
} from "../../src/engine/index.ts";
import { planeThrough, type SpanPlane } from "../../src/geometry/index.ts";
import {
  Batch,
  crossEntropy,
  Examples,
  type Loss,
  NetworkLandscape,
  pointGradientProgram,
  squaredError,
} from "../../src/landscape/index.ts";
import { initialise, leafViews, mlp, type Network } from "../../src/model/index.ts";
import { bezier, coefficientMatrix, evenly, line, type PathMap } from "../../src/subspace/index.ts";
import { type Band, pathPosterior, posteriorBand } from "./path-posterior.ts";
import { TrainingPast } from "./training-past.ts";

export interface LiveSpec {
  /** Hidden widths. */
  hidden: number[];
  seed: number;
  /** Learning rate of Adam. */
  rate: number;
  /** Steps of the two networks before the curve between them is fitted. */
  optimumSteps: number;
}

export type Phase = "optima" | "curve";

/** What the page draws; plain data, to be posted from a worker. */
export interface LiveFrame {
  phase: Phase;
  step: number;
  /** Milliseconds of a training step, median of the last ones. */
  stepTime: number;
  /** The training so far. */
  past: Pick<TrainingPast, "step" | "columns">;
  /** Along the straight line and the curve. */
  profile: { t: number[]; line: number[]; curve?: number[]; lineError: number[]; curveError?: number[] };
  /** The plane through both networks and the middle of the curve (or the origin). */
  plane?: {
    xs: number[];
    ys: number[];
    values: Float64Array;
    points: { label: string; x: number; y: number }[];
    path?: { x: number[]; y: number[] };
  };
  /** Outputs at a position of the path on a grid of inputs: a class probability, or a function. */
  outputs?: { size: number; values: Float32Array };
  /** Functions along the path, of one-dimensional regression: x, y of each position, and the posterior of those on the curve. */
  functions?: { x: number[]; y: Float32Array; positions: number[]; band?: Band };
}

const POSITIONS = 41;
const PLANE = 31;
/** Points of the curve in one step. */
const SAMPLES = 4;
const BATCH = 128;
/** Inputs along each axis of the picture of a classifier, and of a function. */
const GRID = 56;
const CURVE_POSITIONS = 9;
/** Positions at which the posterior on the curve is weighed. */
const POSTERIOR_POSITIONS = 201;

/**
 * Two networks that learn, and then the curve that joins them, one step at a time: what the page plays with. It draws batches
 * and positions from named streams, so that the same seed shows the same.
 */
export class LiveSession implements Disposable {
  readonly network: Network;
  readonly dataset: Dataset;
  rate: number;
  /** Of the posterior on the curve. */
  temperature = 1;
  phase: Phase = "optima";
  step = 0;
  readonly #spec: LiveSpec;
  readonly #cleanup = new DisposableStack();
  readonly #landscape: NetworkLandscape;
  readonly #loss: Loss;
  readonly #batch: Batch;
  readonly #rng: Rng;
  /** Both networks and the bend between them. */
  readonly anchors: readonly Float32Array[];
  readonly #moments: readonly (readonly Float32Array[])[];
  readonly #points: readonly Float32Array[];
  readonly #gradients: readonly Float32Array[];
  readonly #gradient: Float32Array;
  readonly #programs = new Map<number, Promise<Program>>();
  readonly #inputs: NetworkLandscape | undefined;
  readonly #times: number[] = [];
  #order: Int32Array = new Int32Array();
  #losses: number[] = [];
  readonly #past = new TrainingPast();
  #bendSteps = 0;

  constructor(dataset: Dataset, spec: LiveSpec) {
    this.dataset = dataset;
    this.#spec = spec;
    this.rate = spec.rate;
    const inputs = dataset.shape.reduce((a, b) => a * b, 1);
    this.network = mlp([inputs, ...spec.hidden, dataset.classes || 1], inputs < 10 ? "tanh" : "relu");
    this.#loss = dataset.classes ? crossEntropy : squaredError;
    const { layout } = this.network;
    const vectors = (count: number) => {
      const made = Array.from({ length: count }, () => allocateVector(layout.size));
      this.#cleanup.defer(() => releaseVector(...made));
      return made;
    };
    const examples = this.#cleanup.use(new Examples(dataset, dataset.train));
    this.#landscape = this.#cleanup.use(new NetworkLandscape(this.network, examples, this.#loss));
    this.#batch = this.#cleanup.use(new Batch(examples, Math.min(BATCH, examples.count)));
    this.#rng = Rng.fromSeed(spec.seed).split("live");
    this.anchors = vectors(3);
    this.#moments = [vectors(2), vectors(2), vectors(2)];
    this.#points = vectors(SAMPLES);
    this.#gradients = vectors(SAMPLES);
    this.#gradient = vectors(1)[0];
    for (const i of [0, 1])
      initialise(this.network, this.anchors[i], "pytorch", this.#rng.split(`init ${i}`));
    // Pictures are of two classes in the plane, and of functions of one number.
    if ((inputs === 2 && dataset.classes === 2) || (inputs === 1 && !dataset.classes)) {
      const grid = inputGrid(dataset);
      const gridExamples = this.#cleanup.use(new Examples(grid, grid.test));
      this.#inputs = this.#cleanup.use(new NetworkLandscape(this.network, gridExamples, this.#loss));
    }
  }

  /** The path in the span of the anchors. */
  get #map(): PathMap {
    return this.phase === "curve" ? bezier(2) : line();
  }

  #program(points: number): Promise<Program> {
    let program = this.#programs.get(points);
    if (!program) {
      program = pointGradientProgram(this.network, this.#loss, points, this.#batch.index.length);
      this.#programs.set(points, program);
    }
    return program;
  }

  /** One step of Adam on both networks, or on the bend of the curve at random positions. */
  async advance(): Promise<void> {
    const start = performance.now();
    const rng = this.#rng.split("steps").foldIn(this.step);
    this.#loadBatch();
    const optima = this.phase === "optima";
    if (optima) {
      await this.#differentiate([this.anchors[0], this.anchors[1]]);
      for (const i of [0, 1]) this.#update(i, this.#gradients[i], this.step + 1);
      if (this.step + 1 === this.#spec.optimumSteps) this.#beginCurve();
    } else {
      const ts = rng.split("t").uniform(SAMPLES, 0, 1);
      const c = coefficientMatrix(this.#map, Float64Array.from(ts));
      const order = [this.anchors[0], this.anchors[2], this.anchors[1]];
      for (let p = 0; p < SAMPLES; p++) combine(this.#points[p], order, c.subarray(3 * p, 3 * p + 3));
      await this.#differentiate(this.#points);
      this.#gradient.fill(0);
      for (let p = 0; p < SAMPLES; p++) axpy(this.#gradient, c[3 * p + 1] / SAMPLES, this.#gradients[p]);
      this.#update(2, this.#gradient, ++this.#bendSteps);
    }
    this.step++;
    const losses = this.#losses;
    const kept = optima ? losses : [losses.reduce((a, b) => a + b, 0) / losses.length];
    this.#past.add(this.step, kept);
    this.#times.push(performance.now() - start);
    if (this.#times.length > 51) this.#times.shift();
  }

  /** The next examples; they are shuffled once an epoch, which takes longer than a step. */
  #loadBatch(): void {
    const { count } = this.#landscape.examples;
    const size = this.#batch.index.length;
    const batches = Math.floor(count / size);
    const k = this.step % batches;
    if (k === 0) {
      const epoch = this.step / batches;
      this.#order = this.#rng.split("shuffle").foldIn(epoch).permutation(count);
    }
    this.#batch.load(this.#order.subarray(k * size, (k + 1) * size));
  }

  async #differentiate(points: readonly Float32Array[]): Promise<void> {
    const { layout } = this.network;
    const program = await this.#program(points.length);
    const losses = new Float32Array(points.length);
    const views = (vectors: readonly Float32Array[]) =>
      vectors.flatMap((vector) => leafViews(layout, vector));
    await program.run(
      [...views(points), this.#batch.x, this.#batch.y],
      [losses, ...views(this.#gradients.slice(0, points.length))],
    );
    this.#losses = [...losses];
    if (!this.#losses.every(Number.isFinite)) {
      throw new Error("The training has diverged; lower the learning rate and reset.");
    }
  }

  #update(i: number, gradient: Float32Array, step: number): void {
    const [first, second] = this.#moments[i];
    adamStep(this.anchors[i], gradient, first, second, { rate: this.rate, step });
  }

  #beginCurve(): void {
    this.phase = "curve";
    combine(this.anchors[2], [this.anchors[0], this.anchors[1]], [0.5, 0.5]);
  }

  /** Moves the bend by (dx, dy) of the plane, such as a hand on the picture does. */
  moveBend(dx: number, dy: number): void {
    if (this.phase !== "curve") return;
    const { plane, order } = this.#plane();
    // The middle of a quadratic curve moves half as far as its bend.
    const rows = plane.map.spec as { axes: readonly (readonly number[])[] };
    const move = order.map((_, i) => 2 * (dx * rows.axes[0][i] + dy * rows.axes[1][i]));
    combine(this.anchors[2], [this.anchors[2], ...order], [1, ...move]);
  }

  #plane(): { plane: SpanPlane; order: readonly Float32Array[] } {
    const order = [this.anchors[0], this.anchors[2], this.anchors[1]];
    const products = { size: 3, values: gram(order, order[0]) };
    return { plane: planeThrough(products, [1, 0, 0], [0.25, 0.5, 0.25], [0, 0, 1]), order };
  }

  /** Everything that the page shows. @param t position at which outputs are drawn */
  async frame(t: number, withPlane: boolean): Promise<LiveFrame> {
    const positions = even(POSITIONS);
    const [a, b, bend] = this.anchors;
    const straight = await this.#landscape.evaluateSpan(
      [a, b],
      coefficientMatrix(line(), Float64Array.from(positions)),
    );
    const curved =
      this.phase === "curve"
        ? await this.#landscape.evaluateSpan(
            [a, bend, b],
            coefficientMatrix(bezier(2), Float64Array.from(positions)),
          )
        : undefined;
    const sorted = [...this.#times].sort((x, y) => x - y);
    const path = this.phase === "curve" ? [a, bend, b] : [a, b];
    const { step, columns } = this.#past;
    return {
      phase: this.phase,
      step: this.step,
      stepTime: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
      past: { step, columns },
      profile: {
        t: positions,
        line: [...straight.loss],
        lineError: [...straight.error],
        ...(curved ? { curve: [...curved.loss], curveError: [...curved.error] } : {}),
      },
      ...(withPlane && this.phase === "curve" && this.#bends() ? { plane: await this.#planeFrame() } : {}),
      ...(await this.#outputs(path, t)),
    };
  }

  /** Whether the curve has left the straight line, so that there is a plane through it. */
  #bends(): boolean {
    const [a, b, bend] = this.anchors;
    const [u, v] = [allocateVector(a.length), allocateVector(a.length)];
    combine(u, [b, a], [1, -1]);
    combine(v, [bend, a], [1, -1]);
    const off = dot(v, v) - dot(u, v) ** 2 / dot(u, u);
    const far = off > 1e-6 * dot(u, u);
    releaseVector(u, v);
    return far;
  }

  async #planeFrame(): Promise<LiveFrame["plane"]> {
    const { plane, order } = this.#plane();
    const place = (c: ArrayLike<number>): [number, number] => {
      const { x, y } = plane.coordinates(c);
      return [x, y];
    };
    const ends = [place([1, 0, 0]), place([0.25, 0.5, 0.25]), place([0, 0, 1])];
    const curve = coefficientMatrix(bezier(2), evenly(bezier(2), POSITIONS));
    const track = Array.from({ length: POSITIONS }, (_, p) => place(curve.subarray(3 * p, 3 * p + 3)));
    const range = (axis: 0 | 1) => {
      const values = [...ends, ...track].map((point) => point[axis]);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return { low, high };
    };
    const [x, y] = [range(0), range(1)];
    const room = 0.25 * (x.high - x.low);
    // As high as wide, so that the picture keeps its shape while the curve bends.
    const half = Math.max((x.high - x.low) / 2, (y.high - y.low) / 2) + room;
    const nodes = (middle: number) =>
      Array.from({ length: PLANE }, (_, i) => middle - half + (2 * half * i) / (PLANE - 1));
    const [xs, ys] = [nodes((x.low + x.high) / 2), nodes((y.low + y.high) / 2)];
    const zs = Float64Array.from(ys.flatMap((v) => xs.flatMap((u) => [u, v])));
    const { loss } = await this.#landscape.evaluateSpan(order, coefficientMatrix(plane.map, zs));
    return {
      xs,
      ys,
      values: loss,
      points: ["network 1", "middle", "network 2"].map((label, i) => ({
        label,
        x: ends[i][0],
        y: ends[i][1],
      })),
      path: { x: track.map(([u]) => u), y: track.map(([, v]) => v) },
    };
  }

  async #outputs(path: readonly Float32Array[], t: number): Promise<Partial<LiveFrame>> {
    const landscape = this.#inputs;
    if (!landscape) return {};
    if (this.dataset.classes) {
      const logits = await landscape.predictSpan(path, coefficientMatrix(this.#map, Float64Array.of(t)));
      const values = new Float32Array(GRID * GRID);
      for (let i = 0; i < values.length; i++)
        values[i] = 1 / (1 + Math.exp(logits[2 * i] - logits[2 * i + 1]));
      return { outputs: { size: GRID, values } };
    }
    const positions = [...even(CURVE_POSITIONS), t];
    const y = await landscape.predictSpan(path, coefficientMatrix(this.#map, Float64Array.from(positions)));
    const band = this.phase === "curve" ? await this.#band(landscape, path) : undefined;
    return { functions: { x: gridLine(this.dataset), y, positions, ...(band ? { band } : {}) } };
  }

  async #band(inputs: NetworkLandscape, path: readonly Float32Array[]): Promise<Band> {
    const c = coefficientMatrix(this.#map, Float64Array.from(even(POSTERIOR_POSITIONS)));
    const { loss } = await this.#landscape.evaluateSpan(path, c);
    const weights = pathPosterior(loss, this.#landscape.examples.count, this.temperature);
    return posteriorBand(weights, await inputs.predictSpan(path, c));
  }

  [Symbol.dispose](): void {
    for (const program of this.#programs.values()) void program.then((p) => p[Symbol.dispose]());
    this.#cleanup.dispose();
  }
}

/** Even positions on a path, both ends included. */
const even = (count: number) => Array.from({ length: count }, (_, i) => i / (count - 1));

/** Bounds of the inputs with some room. */
export function inputBounds({ train, shape }: Dataset): [low: number, high: number][] {
  const d = shape[0];
  return Array.from({ length: d }, (_, k) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = k; i < train.inputs.length; i += d) {
      low = Math.min(low, train.inputs[i]);
      high = Math.max(high, train.inputs[i]);
    }
    const room = 0.15 * (high - low);
    return [low - room, high + room];
  });
}

const gridLine = (dataset: Dataset): number[] => {
  const [[low, high]] = inputBounds(dataset);
  return Array.from({ length: 101 }, (_, i) => low + ((high - low) * i) / 100);
};

/** A data set whose test inputs are a grid over the inputs of another; its targets mean nothing. */
function inputGrid(dataset: Dataset): Dataset {
  const bounds = inputBounds(dataset);
  const at = ([low, high]: [number, number], i: number) => low + ((high - low) * (i + 0.5)) / GRID;
  const inputs =
    bounds.length === 1
      ? Float32Array.from(gridLine(dataset))
      : Float32Array.from({ length: 2 * GRID * GRID }, (_, i) => {
          const node = i >> 1;
          return i & 1 ? at(bounds[1], GRID - 1 - Math.floor(node / GRID)) : at(bounds[0], node % GRID);
        });
  const count = inputs.length / bounds.length;
  const targets = dataset.classes ? new Int32Array(count) : new Float32Array(count);
  return { ...dataset, test: { count, inputs, targets } };
}
