import { type Program, releaseVector } from "../engine/index.ts";
import type { Batch } from "./examples.ts";

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
