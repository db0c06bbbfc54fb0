import { allocateVector, axpy, combine, type Program, releaseVector } from "../engine/index.ts";
import { leafViews, type Network } from "../model/index.ts";
import { Batch, type Examples } from "./examples.ts";
import type { Loss } from "./loss.ts";
import { columns, type PointMetrics, type SpanMetrics, Tally } from "./metrics.ts";
import {
  evaluationProgram,
  outputsProgram,
  pointGradientProgram,
  projectionProgram,
  restSize,
  spanEvaluationProgram,
  spanGradientProgram,
} from "./programs.ts";

export interface WorkOptions {
  signal?: AbortSignal;
  /** Called with the fraction done, in [0, 1]. */
  onProgress?: (done: number) => void;
}

export interface EvaluationOptions extends WorkOptions {
  /** Whether standard errors over the examples are wanted, too; default false. */
  standardErrors?: boolean;
}

/** Examples in one run when a single point is evaluated. */
const TILE = 2000;
/** Points of a span in one run, and floats of first-layer activations in it; measured over 8 to 64 and 0.4 to 8 million. */
const SPAN_POINTS = 16;
const SPAN_TILE_FLOATS = 3_300_000;
/** Multiply-adds that a matrix product does in the time that memory delivers one float. */
const WORK_PER_FLOAT = 8;

/**
 * The loss of a network on a split of data, as a function of the parameter vector and on spans of vectors.
 * Dropout is off. Owns native memory: dispose of it.
 */
export class NetworkLandscape implements Disposable {
  readonly network: Network;
  readonly examples: Examples;
  readonly loss: Loss;
  private readonly programs = new Map<string, Promise<Program>>();

  constructor(network: Network, examples: Examples, loss: Loss) {
    if (examples.width !== network.inputSize) {
      throw new Error(
        `The examples have ${examples.width} inputs, the network takes ${network.inputSize}; change the first width.`,
      );
    }
    this.network = network;
    this.examples = examples;
    this.loss = loss;
  }

  /** D */
  get size(): number {
    return this.network.layout.size;
  }

  private program(key: string, make: () => Promise<Program>): Promise<Program> {
    let program = this.programs.get(key);
    if (!program) {
      program = make();
      this.programs.set(key, program);
    }
    return program;
  }

  /** Loss and error at θ (length D, in the vector memory). */
  async evaluate(theta: Float32Array, options: EvaluationOptions = {}): Promise<PointMetrics> {
    const parameters = leafViews(this.network.layout, theta);
    const spread = options.standardErrors ?? false;
    const sums = sumsOf(1, spread);
    const tally = new Tally(1, this.loss.task, spread);
    await this.forTiles(TILE, options, async (batch) => {
      const size = batch.index.length;
      const program = await this.program(`evaluate ${size} ${spread}`, () =>
        evaluationProgram(this.network, this.loss, size, spread),
      );
      await program.run([...parameters, batch.x, batch.y], sums);
      tally.add(0, 1, sums, size);
      tally.count += size;
    });
    return tally.point(0);
  }

  /** Outputs of the network at θ (length D, in the vector memory) for every example: [n, outputs], such as logits. */
  async predict(theta: Float32Array, options: WorkOptions = {}): Promise<Float32Array> {
    const parameters = leafViews(this.network.layout, theta);
    const { outputs } = this.network;
    const result = new Float32Array(this.examples.count * outputs);
    let done = 0;
    await this.forTiles(TILE, options, async (batch) => {
      const size = batch.index.length;
      const program = await this.program(`predict ${size}`, () => outputsProgram(this.network, size));
      await program.run([...parameters, batch.x], [result.subarray(done * outputs, (done + size) * outputs)]);
      done += size;
    });
    return result;
  }

  /** Mean loss at θ and its gradient over all examples, written into `gradient` (length D, in the vector memory). */
  async gradient(theta: Float32Array, gradient: Float32Array, options: WorkOptions = {}): Promise<number> {
    const parameters = leafViews(this.network.layout, theta);
    const part = allocateVector(theta.length);
    const loss = new Float32Array(1);
    let total = 0;
    gradient.fill(0);
    try {
      await this.forTiles(TILE, options, async (batch) => {
        const size = batch.index.length;
        const program = await this.program(`gradient ${size}`, () =>
          pointGradientProgram({ ...this.network, masks: [] }, this.loss, 1, size),
        );
        await program.run([...parameters, batch.x, batch.y], [loss, ...leafViews(this.network.layout, part)]);
        const weight = size / this.examples.count;
        total += loss[0] * weight;
        axpy(gradient, weight, part);
      });
    } finally {
      releaseVector(part);
    }
    return total;
  }

  /**
   * Loss and error at P points Σ cᵢ Aᵢ of the span of m anchors, with coefficients [P, m] row-major. Projects the data
   * through the first layer of each anchor once, unless evaluating each point on its own costs less.
   */
  async evaluateSpan(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options: EvaluationOptions = {},
  ): Promise<SpanMetrics> {
    const m = anchors.length;
    const points = coefficients.length / m;
    const { firstCost, hiddenShape } = this.network;
    const n = this.examples.count;
    const hidden = hiddenShape.reduce((a, b) => a * b, 1);
    const projected = m * n * firstCost + points * n * m * hidden * (1 + WORK_PER_FLOAT / 4);
    const direct = points * (n * firstCost + m * this.size * WORK_PER_FLOAT);
    return projected < direct
      ? this.evaluateProjected(anchors, coefficients, options)
      : this.evaluateEach(anchors, coefficients, options);
  }

  private async evaluateEach(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options: EvaluationOptions,
  ): Promise<SpanMetrics> {
    const m = anchors.length;
    const place = (p: number, theta: Float32Array) =>
      combine(theta, anchors, coefficients.subarray(p * m, (p + 1) * m));
    return this.evaluateSeveral(coefficients.length / m, place, options);
  }

  /** Loss and error at P points, each written by `place` into a vector of D parameters. */
  async evaluateSeveral(
    points: number,
    place: (p: number, theta: Float32Array) => void,
    { signal, standardErrors, onProgress }: EvaluationOptions = {},
  ): Promise<SpanMetrics> {
    const found: PointMetrics[] = [];
    const theta = allocateVector(this.size);
    try {
      for (let p = 0; p < points; p++) {
        place(p, theta);
        found.push(await this.evaluate(theta, { signal, standardErrors }));
        onProgress?.((p + 1) / points);
      }
    } finally {
      releaseVector(theta);
    }
    return columns(found);
  }

  private async evaluateProjected(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options: EvaluationOptions,
  ): Promise<SpanMetrics> {
    const m = anchors.length;
    const points = coefficients.length / m;
    const perRun = Math.min(points, SPAN_POINTS);
    const hidden = this.network.hiddenShape.reduce((a, b) => a * b, 1);
    const tile = evenTile(this.examples.count, Math.floor(SPAN_TILE_FLOATS / (perRun * hidden)));
    const spread = options.standardErrors ?? false;
    const tally = new Tally(points, this.loss.task, spread);
    const projections = allocateVector(m * tile * hidden);
    const rest = stackRest(this.network, anchors);
    // Points that fill the last run are copies of the last point.
    const runs = Math.ceil(points / perRun);
    const c = Array.from({ length: runs }, (_, r) =>
      Float32Array.from({ length: perRun * m }, (_, i) => {
        const p = Math.min(points - 1, r * perRun + Math.floor(i / m));
        return coefficients[p * m + (i % m)];
      }),
    );
    const sums = sumsOf(perRun, spread);
    try {
      await this.forTiles(tile, options, async (batch) => {
        const size = batch.index.length;
        const used = projections.subarray(0, m * size * hidden);
        await this.project(anchors, batch, used);
        const program = await this.program(`span ${m} ${perRun} ${size} ${spread}`, () =>
          spanEvaluationProgram(this.network, this.loss, m, perRun, size, spread),
        );
        for (let r = 0; r < runs; r++) {
          await program.run([used, rest, c[r], batch.y], sums);
          tally.add(r * perRun, Math.min(perRun, points - r * perRun), sums, size);
        }
        tally.count += size;
      });
    } finally {
      releaseVector(projections, rest);
    }
    return columns(Array.from({ length: points }, (_, p) => tally.point(p)));
  }

  /** First-layer projections of a batch through every anchor, [m, n, ...hidden]. */
  private async project(anchors: readonly Float32Array[], batch: Batch, out: Float32Array): Promise<void> {
    const size = batch.index.length;
    const program = await this.program(`project ${size}`, () => projectionProgram(this.network, size));
    const each = out.length / anchors.length;
    for (let i = 0; i < anchors.length; i++) {
      const first = leafViews(this.network.layout, anchors[i]).slice(0, this.network.firstLeaves);
      await program.run([...first, batch.x], [out.subarray(i * each, (i + 1) * each)]);
    }
  }

  /**
   * The loss summed over all examples and its gradient, in the coefficients of a span: what a sampler in the span
   * needs. The data are projected once, here; each call then costs no more than the layers after the first.
   * @param points how many points each call takes
   */
  async onSpan(anchors: readonly Float32Array[], points: number): Promise<SpanGradient> {
    const m = anchors.length;
    const n = this.examples.count;
    const hidden = this.network.hiddenShape.reduce((a, b) => a * b, 1);
    const projections = allocateVector(m * n * hidden);
    const batch = new Batch(this.examples, n);
    batch.loadFrom(0);
    await this.project(anchors, batch, projections);
    const rest = stackRest(this.network, anchors);
    const program = await this.program(`span gradient ${m} ${points}`, () =>
      spanGradientProgram(this.network, this.loss, m, points, n),
    );
    return new SpanGradient(program, projections, rest, batch, points, m);
  }

  private async forTiles(
    tile: number,
    { signal, onProgress }: WorkOptions,
    body: (batch: Batch) => Promise<void>,
  ): Promise<void> {
    const { count } = this.examples;
    for (let start = 0, batch: Batch | undefined; start < count; ) {
      signal?.throwIfAborted();
      const size = Math.min(tile, count - start);
      if (batch?.index.length !== size) {
        batch?.[Symbol.dispose]();
        batch = new Batch(this.examples, size);
      }
      batch.loadFrom(start);
      await body(batch);
      start += size;
      onProgress?.(start / count);
      if (start === count) batch[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    for (const program of this.programs.values()) void program.then((p) => p[Symbol.dispose]());
    this.programs.clear();
  }
}

/** Outputs of an evaluation program at P points. */
const sumsOf = (points: number, spread: boolean): Float32Array[] =>
  Array.from({ length: spread ? 4 : 2 }, () => new Float32Array(points));

/** The largest tile up to `most` that divides the count, so that all runs are alike; `most` if that were too small. */
function evenTile(count: number, most: number): number {
  const limit = Math.max(1, Math.min(count, most));
  for (let tile = limit; tile > limit / 2; tile--) if (count % tile === 0) return tile;
  return limit;
}

/** The parameters after the first layer of every anchor, side by side [m, R]. */
function stackRest(network: Network, anchors: readonly Float32Array[]): Float32Array {
  const size = restSize(network);
  const rest = allocateVector(anchors.length * size);
  anchors.forEach((anchor, i) => {
    rest.set(anchor.subarray(anchor.length - size), i * size);
  });
  return rest;
}

/** Value and gradient of a summed loss in the coefficients of a span. */
export class SpanGradient implements Disposable {
  private readonly program: Program;
  private readonly projections: Float32Array;
  private readonly rest: Float32Array;
  private readonly batch: Batch;
  /** Coefficients [points, m] of the next call. */
  readonly coefficients: Float32Array;
  /** Summed losses [points] and their gradients [points, m] after a call. */
  readonly losses: Float32Array;
  readonly gradients: Float32Array;

  constructor(
    program: Program,
    projections: Float32Array,
    rest: Float32Array,
    batch: Batch,
    points: number,
    m: number,
  ) {
    this.program = program;
    this.projections = projections;
    this.rest = rest;
    this.batch = batch;
    this.coefficients = new Float32Array(points * m);
    this.losses = new Float32Array(points);
    this.gradients = new Float32Array(points * m);
  }

  /** Evaluates at `coefficients`, into `losses` and `gradients`. */
  async run(): Promise<void> {
    await this.program.run(
      [this.projections, this.rest, this.coefficients, this.batch.y],
      [this.losses, this.gradients],
    );
  }

  [Symbol.dispose](): void {
    releaseVector(this.projections, this.rest);
    this.batch[Symbol.dispose]();
  }
}
