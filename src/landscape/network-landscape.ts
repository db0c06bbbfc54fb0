import { allocateVector, axpy, combine, type Program, releaseVector } from "../engine/index.ts";
import { leafViews, type Network } from "../model/index.ts";
import { Batch, type Examples } from "./examples.ts";
import { gaussNewtonProgram, gaussNewtonTile } from "./gauss-newton.ts";
import type { HessianOperator, Landscape } from "./landscape.ts";
import type { Loss } from "./loss.ts";
import { columns, type PointMetrics, type SpanMetrics, Tally } from "./metrics.ts";
import { hessianProgram, NetworkHessian } from "./network-hessian.ts";
import { NetworkRuns, type WorkOptions } from "./network-runs.ts";
import { PointsGradient } from "./points-gradient.ts";
import { pointsGradientProgram, pointsOutputsProgram } from "./points-programs.ts";
import {
  evaluationProgram,
  outputsProgram,
  pointGradientProgram,
  spanEvaluationProgram,
  spanGradientProgram,
  spanOutputsProgram,
} from "./programs.ts";
import {
  GRADIENT_MEMORY,
  type GradientMemory,
  hiddenSize,
  projectionPays,
  stackRest,
} from "./projected-span.ts";
import { SpanGradient } from "./span-gradient.ts";

export interface EvaluationOptions extends WorkOptions {
  /** Whether standard errors over the examples are wanted, too; default false. */
  standardErrors?: boolean;
}

/** Examples in one run when a single point is evaluated. */
const TILE = 2000;
/** Parameter vectors in one run of predictions. */
const VECTORS = 32;

/**
 * The loss of a network on a split of data, as a function of the parameter vector and on spans of vectors.
 * Dropout is off. Owns native memory: dispose of it.
 */
export class NetworkLandscape implements Landscape {
  readonly network: Network;
  readonly examples: Examples;
  readonly loss: Loss;
  private readonly runs: NetworkRuns;

  constructor(network: Network, examples: Examples, loss: Loss) {
    if (examples.width !== network.inputSize) {
      throw new Error(
        `The examples have ${examples.width} inputs, the network takes ${network.inputSize}; change the first width.`,
      );
    }
    this.network = network;
    this.examples = examples;
    this.loss = loss;
    this.runs = new NetworkRuns(network, examples);
  }

  /** D */
  get size(): number {
    return this.network.layout.size;
  }

  /** Loss and error at θ (length D, in the vector memory). */
  async evaluate(theta: Float32Array, options: EvaluationOptions = {}): Promise<PointMetrics> {
    const parameters = leafViews(this.network.layout, theta);
    const spread = options.standardErrors ?? false;
    const sums = sumsOf(1, spread);
    const tally = new Tally(1, this.loss.task, spread);
    await this.runs.forTiles(TILE, options, async (batch) => {
      const size = batch.index.length;
      const program = await this.runs.program(`evaluate ${size} ${spread}`, () =>
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
    const result = new Float32Array(this.examples.count * this.network.outputs);
    await this.predictInto(theta, result, options);
    return result;
  }

  private async predictInto(theta: Float32Array, result: Float32Array, options: WorkOptions): Promise<void> {
    const parameters = leafViews(this.network.layout, theta);
    const { outputs } = this.network;
    await this.runs.forTiles(TILE, options, async (batch, start) => {
      const size = batch.index.length;
      const program = await this.runs.program(`predict ${size}`, () => outputsProgram(this.network, size));
      await program.run(
        [...parameters, batch.x],
        [result.subarray(start * outputs, (start + size) * outputs)],
      );
    });
  }

  /** Mean loss at θ and its gradient over all examples, written into `gradient` (length D, in the vector memory). */
  async gradient(theta: Float32Array, gradient: Float32Array, options: WorkOptions = {}): Promise<number> {
    const parameters = leafViews(this.network.layout, theta);
    const part = allocateVector(theta.length);
    const loss = new Float32Array(1);
    let total = 0;
    gradient.fill(0);
    try {
      await this.runs.forTiles(TILE, options, async (batch) => {
        const size = batch.index.length;
        const program = await this.runs.program(`gradient ${size}`, () =>
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
   * Products of the Hessian of the mean loss at θ with several vectors: products[k] = H vectors[k] (all of length D, in the
   * vector memory). In float32, as the gradients are.
   */
  async hessianProducts(
    theta: Float32Array,
    vectors: readonly Float32Array[],
    products: readonly Float32Array[],
    options: WorkOptions = {},
  ): Promise<void> {
    using hessian = await this.hessianAt(theta);
    await hessian.multiply(vectors, products, options);
  }

  /** The Hessian of the mean loss at θ (length D; it is copied), for many products: all else is computed once. */
  hessianAt(theta: Float32Array): Promise<HessianOperator> {
    const { network, loss, examples, runs } = this;
    return NetworkHessian.make(network, examples, theta, (batch) =>
      runs.split(`hessian ${batch}`, () => hessianProgram(network, loss, batch)),
    );
  }

  /**
   * The diagonal of the Gauss-Newton matrix at θ, summed over all examples, written into `diagonal` (both of length D, in
   * the vector memory): of the cross-entropy, where it is the Fisher information of the predicted classes; of a regression
   * Σ (∂f/∂θ)², to be divided by σ² for that of its Gaussian log-likelihood. Its work grows with D · examples · outputs.
   */
  async gaussNewtonDiagonal(
    theta: Float32Array,
    diagonal: Float32Array,
    options: WorkOptions = {},
  ): Promise<void> {
    const { network, loss } = this;
    const parameters = leafViews(network.layout, theta);
    const part = allocateVector(theta.length);
    const classes = loss.task === "regression" ? 1 : network.outputs;
    const choices = Array.from({ length: classes }, (_, c) => {
      const choice = new Float32Array(network.outputs);
      choice[c] = 1;
      return choice;
    });
    diagonal.fill(0);
    try {
      await this.runs.forTiles(gaussNewtonTile(network), options, async (batch) => {
        const size = batch.index.length;
        const program = await this.runs.program(`gauss-newton ${size}`, () =>
          gaussNewtonProgram(network, loss.task, size),
        );
        await program.run([...parameters, batch.x, ...choices], leafViews(network.layout, part));
        axpy(diagonal, 1, part);
      });
    } finally {
      releaseVector(part);
    }
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
    return this.projects(anchors, coefficients)
      ? this.evaluateProjected(anchors, coefficients, options)
      : this.evaluateEach(anchors, coefficients, options);
  }

  /**
   * Outputs of the network at P points Σ cᵢ Aᵢ of the span of m anchors for every example, [P, n, outputs], such as
   * logits; coefficients [P, m] row-major. Projects the data as `evaluateSpan` does, where that costs less.
   */
  async predictSpan(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options: WorkOptions = {},
  ): Promise<Float32Array> {
    const points = coefficients.length / anchors.length;
    const result = new Float32Array(points * this.examples.count * this.network.outputs);
    await (this.projects(anchors, coefficients)
      ? this.predictProjected(anchors, coefficients, result, options)
      : this.predictEach(anchors, coefficients, result, options));
    return result;
  }

  /**
   * Outputs of the network at P parameter vectors for every example, [P, n, outputs], such as logits.
   *
   * @param thetas P × D
   */
  async predictPoints(thetas: Float32Array, { signal, onProgress }: WorkOptions = {}): Promise<Float32Array> {
    const D = this.size;
    const points = thetas.length / D;
    const perRun = Math.min(VECTORS, points);
    const { outputs } = this.network;
    const n = this.examples.count;
    const result = new Float32Array(points * n * outputs);
    await this.runs.forTiles(TILE, { signal }, async (batch, start) => {
      const size = batch.index.length;
      const each = size * outputs;
      const found = new Float32Array(perRun * each);
      const program = await this.runs.program(`points outputs ${perRun} ${size}`, () =>
        pointsOutputsProgram(this.network, perRun, size),
      );
      for (let done = 0; done < points; done += perRun) {
        signal?.throwIfAborted();
        // The last run goes back so far that it is full.
        const first = Math.min(done, points - perRun);
        await program.run([thetas.subarray(first * D, (first + perRun) * D), batch.x], [found]);
        for (let i = 0; i < perRun; i++) {
          result.set(found.subarray(i * each, (i + 1) * each), ((first + i) * n + start) * outputs);
        }
        onProgress?.((start + (size * Math.min(points, done + perRun)) / points) / n);
      }
    });
    return result;
  }

  private projects(anchors: readonly Float32Array[], coefficients: Float64Array): boolean {
    const m = anchors.length;
    return projectionPays(this.network, m, coefficients.length / m, this.examples.count);
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

  private async predictEach(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    result: Float32Array,
    { signal, onProgress }: WorkOptions,
  ): Promise<void> {
    const m = anchors.length;
    const points = coefficients.length / m;
    const each = result.length / points;
    const theta = allocateVector(this.size);
    try {
      for (let p = 0; p < points; p++) {
        combine(theta, anchors, coefficients.subarray(p * m, (p + 1) * m));
        await this.predictInto(theta, result.subarray(p * each, (p + 1) * each), { signal });
        onProgress?.((p + 1) / points);
      }
    } finally {
      releaseVector(theta);
    }
  }

  private async evaluateProjected(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options: EvaluationOptions,
  ): Promise<SpanMetrics> {
    const m = anchors.length;
    const points = coefficients.length / m;
    const spread = options.standardErrors ?? false;
    const tally = new Tally(points, this.loss.task, spread);
    await this.runs.forProjected(anchors, coefficients, options, async (run) => {
      const { inputs, perRun, batch, first, wanted, last } = run;
      const size = batch.index.length;
      const sums = sumsOf(perRun, spread);
      const program = await this.runs.program(`span ${m} ${perRun} ${size} ${spread}`, () =>
        spanEvaluationProgram(this.network, this.loss, m, perRun, size, spread),
      );
      await program.run([...inputs, batch.y], sums);
      tally.add(first, wanted, sums, size);
      if (last) tally.count += size;
    });
    return columns(Array.from({ length: points }, (_, p) => tally.point(p)));
  }

  private async predictProjected(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    result: Float32Array,
    options: WorkOptions,
  ): Promise<void> {
    const m = anchors.length;
    const n = this.examples.count;
    const { outputs } = this.network;
    await this.runs.forProjected(anchors, coefficients, options, async (run) => {
      const { inputs, perRun, batch, first, wanted, start } = run;
      const size = batch.index.length;
      const found = new Float32Array(perRun * size * outputs);
      const program = await this.runs.program(`span outputs ${m} ${perRun} ${size}`, () =>
        spanOutputsProgram(this.network, m, perRun, size),
      );
      await program.run(inputs, [found]);
      for (let i = 0; i < wanted; i++) {
        const own = found.subarray(i * size * outputs, (i + 1) * size * outputs);
        result.set(own, ((first + i) * n + start) * outputs);
      }
    });
  }

  /**
   * The loss summed over all examples and its gradient, in the coefficients of a span: what a sampler in the span
   * needs. The data are projected once, here, if there is memory to keep that; each call then costs no more than the
   * layers after the first.
   * @param points how many points each call takes
   */
  onSpan(
    anchors: readonly Float32Array[],
    points: number,
    memory: GradientMemory = GRADIENT_MEMORY,
  ): Promise<SpanGradient> {
    const { network, loss, examples, runs } = this;
    const m = anchors.length;
    return SpanGradient.make({
      examples,
      runs,
      anchors,
      points,
      hidden: hiddenSize(network),
      rest: stackRest(network, anchors),
      memory,
      program: (batch) =>
        runs.program(`span gradient ${m} ${points} ${batch}`, () =>
          spanGradientProgram(network, loss, m, points, batch),
        ),
    });
  }

  /**
   * The loss summed over all examples and its gradient, at several parameter vectors at once: what a sampler in the full
   * space needs.
   * @param points how many vectors each call takes
   */
  async onPoints(points: number): Promise<PointsGradient> {
    const { count } = this.examples;
    const fitting = Math.floor(GRADIENT_MEMORY.tile / (points * hiddenSize(this.network)));
    const tile = Math.max(1, Math.min(TILE, fitting));
    const tiles: { program: Program; batch: Batch }[] = [];
    for (let start = 0; start < count; start += tile) {
      const size = Math.min(tile, count - start);
      const batch = new Batch(this.examples, size);
      batch.loadFrom(start);
      const program = await this.runs.program(`points gradient ${points} ${size}`, () =>
        pointsGradientProgram(this.network, this.loss, points, size),
      );
      tiles.push({ program, batch });
    }
    return new PointsGradient(tiles, points, this.size);
  }

  [Symbol.dispose](): void {
    this.runs[Symbol.dispose]();
  }
}

/** Outputs of an evaluation program at P points. */
const sumsOf = (points: number, spread: boolean): Float32Array[] =>
  Array.from({ length: spread ? 4 : 2 }, () => new Float32Array(points));
