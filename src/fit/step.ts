import {
  allocateVector,
  dropoutMask,
  type Program,
  type ProgramArray,
  type Rng,
  releaseVector,
} from "../engine/index.ts";
import { anchorGradientProgram, type Batch, type Loss, pointGradientProgram } from "../landscape/index.ts";
import { type LayoutPart, type Network, partsOf } from "../model/index.ts";
import { allocateParts, combineParts, partLeaves } from "./parts.ts";

/** Points of the span that a step evaluates: coefficients [points, groups · m] row-major. */
export interface StepPoints {
  count: number;
  coefficients: Float64Array;
}

/** A gradient as a combination: Σ terms[k].scale * terms[k].vector. */
export interface GradientTerm {
  vector: Float32Array;
  scale: number;
}

/** The anchors of a span in parts. */
export interface PartedAnchors {
  parts: readonly LayoutPart[];
  groups: number;
  /** The anchors of each part, in the vector memory. */
  pieces: readonly (readonly Float32Array[])[];
}

/** The anchors of a span whose parameters all have the same coefficients. */
export function inOnePart(network: Network, anchors: readonly Float32Array[]): PartedAnchors {
  const { parts, groups } = partsOf(network.layout, { layerwise: false, sharedBiases: false });
  return { parts, groups, pieces: [anchors] };
}

/**
 * Gradients of the mean loss of a batch over several points of a span, in one program. Either each point is formed
 * and differentiated, or (with more points than anchors, whose parameters all have the same coefficients) the batch is
 * projected through the anchors; by count of multiply-adds.
 */
export class StepGradient implements Disposable {
  private readonly network: Network;
  private readonly loss: Loss;
  private readonly anchors: PartedAnchors;
  private readonly m: number;
  private readonly free: readonly number[];
  private readonly points: number;
  private readonly projected: boolean;
  private readonly programs = new Map<number, Promise<Program>>();
  private readonly masks = new Map<number, Float32Array[]>();
  /** Points θ in parts (unless the only anchor is the point), or nothing if projected. */
  private readonly thetas: Float32Array[][];
  /** Gradient in parts of each point, or of each free anchor if projected. */
  private readonly gradients: Float32Array[][];
  /** Anchor order that the projecting program takes: fixed first. */
  private readonly order: number[];
  /** Mean loss of the batch at each point, after a run. */
  readonly losses: Float32Array;

  constructor(
    network: Network,
    loss: Loss,
    anchors: PartedAnchors,
    fixed: readonly boolean[],
    points: number,
  ) {
    this.network = network;
    this.loss = loss;
    this.anchors = anchors;
    this.points = points;
    const m = fixed.length;
    this.m = m;
    const all = fixed.map((_, i) => i);
    this.free = all.filter((i) => !fixed[i]);
    this.order = [...all.filter((i) => fixed[i]), ...this.free];
    this.projected = anchors.groups === 1 && m + this.free.length < 2 * points;
    const vectors = (count: number) => Array.from({ length: count }, () => allocateParts(anchors.parts));
    this.thetas = this.projected || m === 1 ? [] : vectors(points);
    this.gradients = vectors(this.projected ? this.free.length : points);
    this.losses = allocateVector(points);
  }

  private program(batch: number): Promise<Program> {
    let program = this.programs.get(batch);
    if (!program) {
      const { network, loss, points, free, m } = this;
      program = this.projected
        ? anchorGradientProgram(network, loss, m - free.length, free.length, points, batch)
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
   * Evaluates the batch at the points, and returns the gradient of each free anchor, part by part, as terms to combine.
   * @param rng this step's stream of dropout masks
   */
  async run(batch: Batch, { count, coefficients }: StepPoints, rng: Rng): Promise<GradientTerm[][][]> {
    const { parts, groups, pieces } = this.anchors;
    const { m } = this;
    const program = await this.program(batch.index.length);
    const masks = this.drawMasks(batch.index.length, rng);
    const leaves = (vectors: readonly (readonly Float32Array[])[]): ProgramArray[] =>
      vectors.flatMap((v) => partLeaves(parts, v));
    const anchor = (i: number) => pieces.map((part) => part[i]);
    const outputs = [this.losses, ...leaves(this.gradients)];
    if (this.projected) {
      const c = Float32Array.from({ length: count * m }, (_, i) => {
        return coefficients[Math.floor(i / m) * m + this.order[i % m]];
      });
      await program.run([...leaves(this.order.map(anchor)), c, batch.x, batch.y, ...masks], outputs);
      return this.gradients.map((vectors) => vectors.map((vector) => [{ vector, scale: 1 }]));
    }
    const each = groups * m;
    this.thetas.forEach((theta, p) => {
      combineParts(parts, theta, pieces, coefficients.subarray(p * each, (p + 1) * each));
    });
    const thetas = m === 1 ? new Array<Float32Array[]>(count).fill(anchor(0)) : this.thetas;
    await program.run([...leaves(thetas), batch.x, batch.y, ...masks], outputs);
    return this.free.map((i) =>
      parts.map(({ group }, b) =>
        this.gradients.map((vectors, p) => ({
          vector: vectors[b],
          scale: coefficients[p * each + group * m + i] / count,
        })),
      ),
    );
  }

  [Symbol.dispose](): void {
    for (const program of this.programs.values()) void program.then((p) => p[Symbol.dispose]());
    releaseVector(
      ...this.thetas.flat(),
      ...this.gradients.flat(),
      this.losses,
      ...[...this.masks.values()].flat(),
    );
  }
}
