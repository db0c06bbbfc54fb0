import { allocateVector, dot, gram, type Program, type Rng, releaseVector } from "../engine/index.ts";
import { lengthNodes } from "../geometry/index.ts";
import {
  Batch,
  type Examples,
  type PathShapes,
  pathGradientProgram,
  pathLossProgram,
  type WorkOptions,
} from "../landscape/index.ts";
import type { Network } from "../model/index.ts";
import { bezier, coefficientMatrix, type PathMap } from "../subspace/index.ts";
import { Optimiser, type OptimiserSpec } from "./optimiser.ts";
import { centreOf, type PathGeometry, pathGeometry } from "./path-geometry.ts";
import { DivergenceError } from "./training.ts";

export const UNIFORM_IN = ["s", "t"] as const;

/** How Bézier paths with all control points free are trained (Dold et al. 2025, section 2 and code). */
export interface PathFitSpec extends OptimiserSpec {
  /** K, of K + 1 control points. */
  degree: number;
  steps: number;
  /** Learning rate. */
  rate: number;
  /** Positions t in one step. */
  samples: number;
  /**
   * What the loss is averaged over: arc length s, by weights |B'(t)| / S of positions that are uniform in t, through which
   * the gradient goes, too; or t, where a path can lower its loss by rushing through bad regions.
   */
  uniform: (typeof UNIFORM_IN)[number];
  /** Examples in one step; 0 for all of them. */
  batch: number;
  /** Of a regression: the standard deviation of its Gaussian likelihood, at the start where it is learnt. */
  scale: number;
  learnScale: boolean;
  /** Steps from one validation to the next. */
  validateEvery: number;
  /** Positions t, fresh each time, of a validation. */
  validationSamples: number;
}

/** Paths that are trained beside each other, from different starts, on the same data. */
export interface PathProblem {
  network: Network;
  train: Examples;
  /** Chooses the step whose control points are kept; without it the last is kept. */
  validation?: Examples;
  /** R × (K + 1) control points one after the other, in the vector memory; changed in place. */
  anchors: Float32Array;
  /** R, the logarithms of the noise scales, in the vector memory; changed in place. */
  logScales: Float32Array;
  /** R */
  paths: number;
}

/** One line of the history, of one of the paths. */
export interface PathMetrics extends PathGeometry {
  /** Which path, from 1. */
  path: number;
  /** Steps done. */
  step: number;
  /** Mean over the positions of the step, without weights. */
  loss: number;
  /** Mean norm of the gradient in a control point (Dold et al. 2025, code). */
  gradientNorm: number;
  /** Mean over all coordinates of the variance that the gradient has over the positions of the step, from two draws of them. */
  gradientVariance: number;
  /** At the last validation, weighted like the training loss; NaN before. */
  validationLoss: number;
  /** Noise scale. */
  scale: number;
}

/** All that the next step depends on; vectors are live, so copy or save them before going on. */
export interface PathFitState {
  history: PathMetrics[];
  /** Unused, as every path has its own. */
  bestEpoch: number;
  /** Control points; logarithms of the noise scales. */
  anchors: readonly Float32Array[];
  /** The same at the best validation of each path; then, not in the vector memory, the losses there and the steps. */
  bestAnchors: readonly Float32Array[];
  moments: readonly (readonly Float32Array[])[];
}

export interface PathFitOptions extends WorkOptions {
  /** A state to go on from, with vectors of the same shapes (they are copied). */
  resume?: PathFitState;
  /** Called with each new line of the history, of every path in turn; save the state here. */
  onLine?: (line: PathMetrics, state: PathFitState) => void;
}

/** Quadrature of the length of a path: eight nodes on each panel. A path of high degree is no wigglier than one of low. */
const PANELS = 8;
/** Elements of the activations of a layer that a validation may have at a time. */
const VALIDATION_ELEMENTS = 4e6;
/** Lines of the history: as many for every factor of ten, and as many evenly spaced ones. */
const LINES = { decade: 20, even: 50 };

/**
 * Minimises the expected loss along Bézier paths over all their control points, by stochastic gradient descent on random
 * positions t. Where there are validation examples, the control points of the step with the lowest loss along the path
 * there are kept, for each path its own.
 *
 * Every random draw depends on the seed and the number of its step alone, so that a fit that is resumed ends with the same
 * bytes as one that was not interrupted.
 *
 * @throws DivergenceError if a loss is not finite; RangeError for a specification that makes no sense
 */
export async function fitPaths(
  problem: PathProblem,
  spec: PathFitSpec,
  rng: Rng,
  options: PathFitOptions = {},
): Promise<PathFitState> {
  const { validation } = problem;
  const { resume, onLine, onProgress, signal } = options;
  using fit = new PathFit(problem, spec, rng);
  const { state } = fit;
  if (resume) fit.restore(resume);
  const lines = linesAt(spec.steps);
  for (let step = state.history.at(-1)?.step ?? 0; step < spec.steps; step++) {
    signal?.throwIfAborted();
    const done = step + 1;
    const losses = await fit.step(step, lines.has(done));
    const wrong = losses.find((loss) => !Number.isFinite(loss));
    if (wrong !== undefined) throw new DivergenceError(done, wrong, spec.rate);
    if (validation && (done % spec.validateEvery === 0 || done === spec.steps)) await fit.validate(done);
    onProgress?.(done / spec.steps);
    if (!lines.has(done)) continue;
    const own = fit.describe().map((line, r) => ({ path: r + 1, step: done, loss: losses[r], ...line }));
    state.history.push(...own);
    for (const line of own) onLine?.(line, state);
  }
  if (validation) fit.takeBest();
  return state;
}

/** Steps after which a line of the history is written. */
function linesAt(steps: number): Set<number> {
  const at = new Set<number>([steps]);
  for (let j = 0; ; j++) {
    const step = Math.round(10 ** (j / LINES.decade));
    if (step > steps) break;
    at.add(step);
  }
  for (let j = 1; j < LINES.even; j++) at.add(Math.max(1, Math.round((j * steps) / LINES.even)));
  return at;
}

/** The working parts of a fit. */
class PathFit implements Disposable {
  readonly state: PathFitState;
  private readonly problem: PathProblem;
  private readonly spec: PathFitSpec;
  private readonly map: PathMap;
  private readonly points: Optimiser;
  private readonly scales: Optimiser;
  private readonly batch: Batch;
  private readonly streams: Record<"positions" | "noise" | "shuffle" | "validation", Rng>;
  private readonly nodes: { derivatives: Float32Array; weights: Float32Array };
  private readonly startCentres: readonly Float32Array[];
  /** Of the control points and of the logarithms of the noise scales. */
  private readonly gradients: readonly [Float32Array, Float32Array];
  /** The same at other positions. */
  private readonly otherGradients: readonly [Float32Array, Float32Array];
  private readonly programs = new Map<string, Program>();
  private readonly cleanup = new DisposableStack();
  /** Of each path at the last validation. */
  private validationLosses: number[];
  private order: { epoch: number; numbers: Int32Array } = { epoch: -1, numbers: new Int32Array(0) };

  constructor(problem: PathProblem, spec: PathFitSpec, rng: Rng) {
    check(problem, spec);
    const { train, anchors, logScales, paths } = problem;
    this.problem = problem;
    this.spec = spec;
    this.map = bezier(spec.degree);
    this.points = this.cleanup.use(new Optimiser(spec, [anchors]));
    this.scales = this.cleanup.use(new Optimiser({ ...spec, weightDecay: 0 }, [logScales]));
    const size = spec.batch > 0 ? Math.min(spec.batch, train.count) : train.count;
    this.batch = this.cleanup.use(new Batch(train, size));
    this.batch.loadFrom(0);
    this.streams = {
      positions: rng.split("positions"),
      noise: rng.split("noise"),
      shuffle: rng.split("shuffle"),
      validation: rng.split("validation"),
    };
    const { t, weights } = lengthNodes(PANELS);
    const derivatives = derivativesAt(this.map, t);
    this.nodes = {
      derivatives: Float32Array.from(
        { length: paths * derivatives.length },
        (_, i) => derivatives[i % derivatives.length],
      ),
      weights: Float32Array.from(weights),
    };
    this.startCentres = this.each(anchors).map((own) => this.own(centreOf(own)));
    this.gradients = [this.vector(anchors.length), this.vector(paths)];
    this.otherGradients = [this.vector(anchors.length), this.vector(paths)];
    this.validationLosses = new Array<number>(paths).fill(Number.NaN);
    const best = [
      this.vector(anchors.length),
      this.vector(paths),
      new Float32Array(paths),
      new Float32Array(paths),
    ];
    best[BEST.loss].fill(Number.POSITIVE_INFINITY);
    this.state = {
      history: [],
      bestEpoch: 0,
      anchors: [anchors, logScales],
      bestAnchors: best,
      moments: [...this.points.state, ...this.scales.state],
    };
  }

  restore(from: PathFitState): void {
    const { history, anchors, bestAnchors, moments } = this.state;
    history.push(...from.history);
    const last = from.history.slice(-this.problem.paths);
    last.forEach(({ validationLoss }, r) => {
      this.validationLosses[r] = validationLoss;
    });
    const copy = (source: readonly Float32Array[], target: readonly Float32Array[]) => {
      target.forEach((vector, i) => {
        vector.set(source[i]);
      });
    };
    copy(from.anchors, anchors);
    copy(from.bestAnchors, bestAnchors);
    moments.forEach((own, i) => {
      copy(from.moments[i], own);
    });
  }

  /**
   * One step; returns the mean loss of each path at its positions.
   * @param described whether the noise of the gradient is to be described: then it is taken at other positions, too
   */
  async step(number: number, described: boolean): Promise<number[]> {
    const { problem, spec, streams } = this;
    this.loadBatch(number);
    const means = await this.gradientAt(streams.positions.foldIn(number), this.gradients);
    // The optimiser must not see what is not a number: the last good state stays good.
    if (!means.every(Number.isFinite)) return means;
    if (described) await this.gradientAt(streams.noise.foldIn(number), this.otherGradients);
    this.points.update(0, problem.anchors, this.gradients[0], spec.rate, number + 1);
    if (spec.learnScale && problem.network.outputs === 1) {
      this.scales.update(0, problem.logScales, this.gradients[1], spec.rate, number + 1);
    }
    return means;
  }

  /** Writes the gradients at random positions; returns the mean loss of each path there. */
  private async gradientAt(rng: Rng, gradients: readonly Float32Array[]): Promise<number[]> {
    const { batch } = this;
    const { paths } = this.problem;
    const { samples } = this.spec;
    const inputs = this.inputs(rng.uniform64(paths * samples));
    const program = await this.program("gradient", samples, batch.index.length, pathGradientProgram);
    const losses = new Float32Array(paths * samples);
    await program.run([...inputs, batch.x, batch.y], [losses, losses.slice(), ...gradients]);
    return Array.from({ length: paths }, (_, r) => {
      const own = losses.subarray(r * samples, (r + 1) * samples);
      return own.reduce((a, b) => a + b, 0) / samples;
    });
  }

  /** Measures the loss along each path on the validation examples, and keeps the control points of a new best. */
  async validate(step: number): Promise<void> {
    const { validation, paths } = this.problem;
    const { validationSamples } = this.spec;
    const totals = new Float64Array(paths);
    using batch = new Batch(validation!, validation!.count);
    batch.loadFrom(0);
    const widest = Math.max(...this.problem.network.layout.leaves.map(({ shape }) => shape[0]));
    const most = Math.max(1, Math.floor(VALIDATION_ELEMENTS / (paths * validation!.count * widest)));
    const rng = this.streams.validation.foldIn(step);
    for (let from = 0; from < validationSamples; from += most) {
      const samples = Math.min(most, validationSamples - from);
      const program = await this.program("loss", samples, validation!.count, pathLossProgram);
      const weighted = new Float32Array(paths * samples);
      const inputs = this.inputs(rng.foldIn(from).uniform64(paths * samples));
      await program.run([...inputs, batch.x, batch.y], [weighted.slice(), weighted]);
      weighted.forEach((loss, i) => {
        totals[Math.floor(i / samples)] += loss / validationSamples;
      });
    }
    const [anchors, scales, losses, steps] = this.state.bestAnchors;
    const each = anchors.length / paths;
    totals.forEach((total, r) => {
      // As it is kept, so that a fit that is resumed compares the same numbers.
      const loss = Math.fround(total);
      if (!(loss < losses[r])) return;
      losses[r] = loss;
      steps[r] = step;
      scales[r] = this.problem.logScales[r];
      anchors.set(this.problem.anchors.subarray(r * each, (r + 1) * each), r * each);
    });
    this.validationLosses = [...totals];
  }

  /** What the lines of the history say of the paths as they are, and of the gradients of the last step. */
  describe(): Omit<PathMetrics, "path" | "step" | "loss">[] {
    const { anchors, logScales } = this.problem;
    const [gradients, others] = [this.gradients, this.otherGradients].map(([points]) => this.each(points));
    return this.each(anchors).map((own, r) => {
      const norms = gradients[r].map((g) => Math.sqrt(dot(g, g)));
      const squares = gradients[r].map((g, k) => gram([g], others[r][k])[0]);
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      return {
        gradientNorm: mean(norms),
        gradientVariance: mean(squares) / (2 * own[0].length),
        ...pathGeometry(this.map, own, this.startCentres[r]),
        validationLoss: this.validationLosses[r],
        scale: Math.exp(logScales[r]),
      };
    });
  }

  /**
   * Puts the control points of the best validations in place of the last ones.
   * @throws DivergenceError where no validation loss was finite, so that there is no best
   */
  takeBest(): void {
    const [anchors, scales, losses] = this.state.bestAnchors;
    const never = losses.find((loss) => loss === Number.POSITIVE_INFINITY);
    if (never !== undefined) throw new DivergenceError(this.spec.steps, never, this.spec.rate);
    this.problem.anchors.set(anchors);
    this.problem.logScales.set(scales);
  }

  [Symbol.dispose](): void {
    for (const program of this.programs.values()) program[Symbol.dispose]();
    this.cleanup[Symbol.dispose]();
  }

  /** The arguments of a program but the data, at positions t [R, S]. */
  private inputs(ts: Float64Array): Float32Array[] {
    const { anchors, logScales } = this.problem;
    const c = Float32Array.from(coefficientMatrix(this.map, ts));
    const { derivatives, weights } = this.nodes;
    return [anchors, logScales, c, derivativesAt(this.map, ts), derivatives, weights];
  }

  private loadBatch(number: number): void {
    const { train } = this.problem;
    const size = this.batch.index.length;
    if (size === train.count) return;
    const perEpoch = Math.floor(train.count / size);
    const epoch = Math.floor(number / perEpoch);
    if (epoch !== this.order.epoch) {
      this.order = { epoch, numbers: this.streams.shuffle.foldIn(epoch).permutation(train.count) };
    }
    const k = number % perEpoch;
    this.batch.load(this.order.numbers.subarray(k * size, (k + 1) * size));
  }

  private async program(
    name: string,
    samples: number,
    batch: number,
    make: (network: Network, shapes: PathShapes) => Promise<Program>,
  ): Promise<Program> {
    const key = `${name} ${samples}`;
    let program = this.programs.get(key);
    if (!program) {
      const shapes = {
        paths: this.problem.paths,
        anchors: this.map.anchors,
        samples,
        batch,
        nodes: this.nodes.weights.length,
        weighted: this.spec.uniform === "s",
      };
      program = await make(this.problem.network, shapes);
      this.programs.set(key, program);
    }
    return program;
  }

  /** The control points of each path. */
  private each(anchors: Float32Array): Float32Array[][] {
    const m = this.map.anchors;
    const size = this.problem.network.layout.size;
    return Array.from({ length: this.problem.paths }, (_, r) =>
      Array.from({ length: m }, (_, k) => anchors.subarray((r * m + k) * size, (r * m + k + 1) * size)),
    );
  }

  private vector(length: number): Float32Array {
    return this.own(allocateVector(length));
  }

  private own(vector: Float32Array): Float32Array {
    this.cleanup.defer(() => releaseVector(vector));
    return vector;
  }
}

/** Places in `bestAnchors`. */
const BEST = { loss: 2 };

/** c'(t) for several t, a row each. */
function derivativesAt(map: PathMap, ts: Float64Array): Float32Array {
  const rows = new Float32Array(ts.length * map.anchors);
  const c = new Float64Array(map.anchors);
  for (let i = 0; i < ts.length; i++) rows.set(map.derivative(ts[i], 1, c), i * map.anchors);
  return rows;
}

function check({ network, train, anchors, paths }: PathProblem, spec: PathFitSpec): void {
  const expected = paths * (spec.degree + 1) * network.layout.size;
  if (anchors.length !== expected) {
    throw new RangeError(
      `${anchors.length} numbers were given for the control points; ${paths} paths of degree ${spec.degree} in ${network.layout.size} dimensions need ${expected}.`,
    );
  }
  if (network.outputs === 1 && train.labelled) {
    throw new RangeError(
      "The network has one output and the data have classes; give as many outputs as there are classes.",
    );
  }
  if (!(spec.scale > 0)) throw new RangeError(`The noise scale is ${spec.scale}; give a number above 0.`);
}
