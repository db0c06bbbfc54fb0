import {
  allocateVector,
  combine,
  dropoutMask,
  type Program,
  type ProgramArray,
  type Rng,
  releaseVector,
} from "../engine/index.ts";
import { anchorGradientProgram, type Batch, type Loss, pointGradientProgram } from "../landscape/index.ts";
import { leafViews, type Network } from "../model/index.ts";

/** Points of the span that a step evaluates: coefficients [points, m] row-major. */
export interface StepPoints {
  count: number;
  coefficients: Float64Array;
}

/** A gradient as a combination: Σ terms[k].scale * terms[k].vector. */
export interface GradientTerm {
  vector: Float32Array;
  scale: number;
}

/**
 * Gradients of the mean loss of a batch over several points of a span, in one program. Either each point is formed
 * and differentiated, or (with more points than anchors) the batch is projected through the anchors; by count of
 * multiply-adds.
 */
export class StepGradient implements Disposable {
  private readonly network: Network;
  private readonly loss: Loss;
  private readonly anchors: readonly Float32Array[];
  private readonly free: readonly number[];
  private readonly points: number;
  private readonly projected: boolean;
  private readonly programs = new Map<number, Promise<Program>>();
  private readonly masks = new Map<number, Float32Array[]>();
  /** Points θ (unless the only anchor is the point), or nothing if projected. */
  private readonly thetas: Float32Array[];
  /** Gradient of each point, or of each free anchor if projected. */
  private readonly gradients: Float32Array[];
  /** Anchor order that the projecting program takes: fixed first. */
  private readonly order: number[];
  /** Mean loss of the batch at each point, after a run. */
  readonly losses: Float32Array;

  constructor(
    network: Network,
    loss: Loss,
    anchors: readonly Float32Array[],
    fixed: readonly boolean[],
    points: number,
  ) {
    this.network = network;
    this.loss = loss;
    this.anchors = anchors;
    this.points = points;
    const all = anchors.map((_, i) => i);
    this.free = all.filter((i) => !fixed[i]);
    this.order = [...all.filter((i) => fixed[i]), ...this.free];
    this.projected = anchors.length + this.free.length < 2 * points;
    const size = network.layout.size;
    const vectors = (count: number) => Array.from({ length: count }, () => allocateVector(size));
    this.thetas = this.projected || anchors.length === 1 ? [] : vectors(points);
    this.gradients = vectors(this.projected ? this.free.length : points);
    this.losses = allocateVector(points);
  }

  private program(batch: number): Promise<Program> {
    let program = this.programs.get(batch);
    if (!program) {
      const { network, loss, points, free, anchors } = this;
      program = this.projected
        ? anchorGradientProgram(network, loss, anchors.length - free.length, free.length, points, batch)
        : pointGradientProgram(network, loss, points, batch);
      this.programs.set(batch, program);
    }
    return program;
  }

  /** Fresh dropout masks [points, n, ...], one independent mask a point. */
  private drawMasks(batch: number, rng: Rng): Float32Array[] {
    let masks = this.masks.get(batch);
    if (!masks) {
      masks = this.network.masks.map(({ shape }) =>
        allocateVector(this.points * batch * shape.reduce((a, b) => a * b, 1)),
      );
      this.masks.set(batch, masks);
    }
    masks.forEach((mask, site) => {
      dropoutMask(mask, this.network.masks[site].rate, rng.foldIn(site));
    });
    return masks;
  }

  /**
   * Evaluates the batch at the points, and returns the gradient of each free anchor as terms to combine.
   * @param rng this step's stream of dropout masks
   */
  async run(batch: Batch, { count, coefficients }: StepPoints, rng: Rng): Promise<GradientTerm[][]> {
    const { layout } = this.network;
    const m = this.anchors.length;
    const program = await this.program(batch.index.length);
    const masks = this.drawMasks(batch.index.length, rng);
    const leaves = (vectors: readonly Float32Array[]): ProgramArray[] =>
      vectors.flatMap((v) => leafViews(layout, v));
    const outputs = [this.losses, ...leaves(this.gradients)];
    if (this.projected) {
      const c = Float32Array.from({ length: count * m }, (_, i) => {
        return coefficients[Math.floor(i / m) * m + this.order[i % m]];
      });
      const anchors = this.order.map((i) => this.anchors[i]);
      await program.run([...leaves(anchors), c, batch.x, batch.y, ...masks], outputs);
      return this.gradients.map((vector) => [{ vector, scale: 1 }]);
    }
    this.thetas.forEach((theta, p) => {
      combine(theta, this.anchors, coefficients.subarray(p * m, (p + 1) * m));
    });
    const thetas = m === 1 ? new Array<Float32Array>(count).fill(this.anchors[0]) : this.thetas;
    await program.run([...leaves(thetas), batch.x, batch.y, ...masks], outputs);
    return this.free.map((i) =>
      this.gradients.map((vector, p) => ({ vector, scale: coefficients[p * m + i] / count })),
    );
  }

  [Symbol.dispose](): void {
    for (const program of this.programs.values()) void program.then((p) => p[Symbol.dispose]());
    releaseVector(...this.thetas, ...this.gradients, this.losses, ...[...this.masks.values()].flat());
  }
}
