import { allocateVector, dot, type Program, releaseVector } from "../engine/index.ts";
import { type Batch, cappedGradientProgram } from "../landscape/index.ts";
import { leafViews } from "../model/index.ts";
import type { PatternProblem, PatternSpec } from "./pattern.ts";
import { cellsOf } from "./pattern-mask.ts";
import { cellCoordinates, PatternAxes, type PatternParameters, vectorsOf } from "./pattern-plane.ts";

/** What one step saw. */
export interface PatternStepLosses {
  /** Mean losses of the batch over the good and over the bad cells, without the ceiling. */
  goodLoss: number;
  badLoss: number;
  /** What is minimised: good - c · mean of the bad cells' losses up to the ceiling, plus the penalty. */
  objective: number;
  /** Length of the gradient of all parameters together. */
  norm: number;
}

/** A ceiling that no loss reaches. */
const NO_CEILING = 3e38;

/** The gradient of the objective of one step: all its cells in one program, projected through the anchors o, R and U. */
export class PatternGradient implements Disposable {
  /** Gradient with respect to the parameters, after a run. */
  readonly result: PatternParameters;
  private readonly problem: PatternProblem;
  private readonly spec: PatternSpec;
  private readonly axes: PatternAxes;
  /** (x, y) of every cell of the mask. */
  private readonly coordinates: Float64Array;
  /** How many good and bad cells a step takes; the good ones come first. */
  private readonly good: number;
  private readonly bad: number;
  private readonly program: Promise<Program>;
  /** Gradients with respect to o, R and U. */
  private readonly anchorGradients: readonly Float32Array[];
  private readonly coefficients: Float32Array;
  private readonly weights: Float32Array;
  private readonly ceilings: Float32Array;
  private readonly losses: Float32Array;

  constructor(problem: PatternProblem, spec: PatternSpec, batch: number) {
    const { network, loss, mask, parameters } = problem;
    const count = (kind: 1 | -1, name: "goodCells" | "badCells") => {
      if (!Number.isInteger(spec[name]) || spec[name] < 1)
        throw new RangeError(`${name} of the pattern is ${spec[name]}; give a whole number from 1.`);
      return Math.min(spec[name], cellsOf(mask, kind).length);
    };
    this.problem = problem;
    this.spec = spec;
    this.good = count(1, "goodCells");
    this.bad = count(-1, "badCells");
    const points = this.good + this.bad;
    const perPoint = (good: number, bad: number) =>
      Float32Array.from({ length: points }, (_, p) => (p < this.good ? good : bad));
    this.weights = perPoint(1 / this.good, -spec.badWeight / this.bad);
    this.ceilings = perPoint(NO_CEILING, spec.ceiling);
    this.losses = new Float32Array(points);
    this.coefficients = new Float32Array(3 * points).fill(1);
    this.coordinates = cellCoordinates(mask);
    this.axes = new PatternAxes(parameters, spec.parametrisation);
    const vector = () => allocateVector(network.layout.size);
    this.anchorGradients = [vector(), vector(), vector()];
    this.result = { origin: vector(), right: vector(), up: vector(), scale: allocateVector(1) };
    this.program = cappedGradientProgram(network, loss, 3, points, batch);
  }

  /**
   * Evaluates the batch at the given cells, and puts the gradient into `result`.
   * @param good @param bad numbers of cells of the mask, as many as the spec says or as there are
   */
  async run(batch: Batch, good: readonly number[], bad: readonly number[]): Promise<PatternStepLosses> {
    const { axes, coefficients, coordinates, problem, spec, weights, ceilings, losses } = this;
    const { layout } = problem.network;
    const [origin, right, up] = this.anchorGradients;
    axes.update();
    const s = problem.parameters.scale[0];
    [...good, ...bad].forEach((cell, p) => {
      coefficients[3 * p + 1] = s * coordinates[2 * cell];
      coefficients[3 * p + 2] = s * coordinates[2 * cell + 1];
    });
    const leaves = (vectors: readonly Float32Array[]) => vectors.flatMap((v) => leafViews(layout, v));
    const program = await this.program;
    await program.run(
      [...leaves(axes.anchors), coefficients, weights, ceilings, batch.x, batch.y],
      [losses, ...leaves(this.anchorGradients)],
    );
    const penalty = axes.chain({ origin, right, up }, this.result, spec.penalty);
    return {
      goodLoss: mean(losses.subarray(0, this.good)),
      badLoss: mean(losses.subarray(this.good)),
      objective: penalty + losses.reduce((sum, l, p) => sum + weights[p] * Math.min(l, ceilings[p]), 0),
      norm: Math.sqrt(vectorsOf(this.result).reduce((sum, g) => sum + dot(g, g), 0)),
    };
  }

  [Symbol.dispose](): void {
    void this.program.then((program) => program[Symbol.dispose]());
    this.axes[Symbol.dispose]();
    releaseVector(...this.anchorGradients, ...vectorsOf(this.result));
  }
}

const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
