import {
  adamOuterStep,
  adamStep,
  allocateVector,
  axpy,
  combine,
  combineSeveral,
  dropoutMask,
  gate,
  gram,
  type Program,
  type Rng,
  rectify,
  releaseVector,
} from "../engine/index.ts";
import { type Batch, type Loss, pointGradientProgram } from "../landscape/index.ts";
import { type LayoutPart, type Network, partsOf } from "../model/index.ts";
import { type TrunkPass, trunkGradient, trunkPass } from "../subspace/index.ts";
import type { NeuralCurve, NeuralCurveFitSpec } from "./neural-curve.ts";
import { allocateParts, joinInto, partLeaves, splitInto } from "./parts.ts";
import { cosinePenalty } from "./regulariser.ts";
import type { TrainingStep } from "./training.ts";

/** A vector that is trained, with its first and second moment. */
interface Trained {
  vector: Float32Array;
  first: Float32Array;
  second: Float32Array;
}

/**
 * Training of a neural curve. The gradient of its last layer, 40 to 400 times as large as that of the network, is the
 * outer product of the gradients at t, 0 and 1 with the last hidden activations there: it is never formed, and one
 * pass over the anchors and their moments updates them and yields the gradient of the activations.
 */
export class NeuralCurveStep implements TrainingStep, Disposable {
  readonly vectors: readonly Float32Array[];
  readonly moments: readonly (readonly Float32Array[])[];
  private readonly network: Network;
  private readonly loss: Loss;
  private readonly curve: NeuralCurve;
  private readonly spec: NeuralCurveFitSpec;
  private readonly parts: readonly LayoutPart[];
  /** Trained vectors of each part: one an anchor, or one alone where the part is constant along the curve. */
  private readonly pieces: readonly (readonly Trained[])[];
  private readonly trunks: readonly Trained[];
  /** Points and gradients in parts: at t, 0 and 1 (and, to repel, on the chord). */
  private readonly points: readonly (readonly Float32Array[])[];
  private readonly gradients: readonly (readonly Float32Array[])[];
  private readonly trunkBuffer: Float32Array;
  private readonly lossBuffer = new Float32Array(1);
  private readonly programs = new Map<number, Promise<Program>>();
  private readonly masks = new Map<number, Float32Array[]>();
  private readonly streams: Record<"coordinates" | "dropout" | "repel", Rng>;
  private readonly owned: Float32Array[] = [];

  constructor(network: Network, loss: Loss, curve: NeuralCurve, spec: NeuralCurveFitSpec, rng: Rng) {
    this.network = network;
    this.loss = loss;
    this.curve = curve;
    this.spec = spec;
    const { layout } = network;
    const { parts, groups } = partsOf(layout, { layerwise: spec.perLayer, sharedBiases: spec.sharedBiases });
    this.parts = parts;
    const own = (vectors: Float32Array[]) => {
      this.owned.push(...vectors);
      return vectors;
    };
    const trained = (vector: Float32Array): Trained => {
      const [first, second] = own([allocateVector(vector.length), allocateVector(vector.length)]);
      return { vector, first, second };
    };
    const { anchors } = curve;
    const last = anchors.length - 1;
    const split = anchors.map((anchor) => {
      if (parts.length === 1) return [anchor];
      const pieces = own(allocateParts(parts));
      splitInto(parts, anchor, pieces);
      return pieces;
    });
    const constant = spec.sharedBiases ? groups - 1 : -1;
    this.pieces = parts.map(({ group }, p) =>
      group === constant ? [trained(split[last][p])] : split.map((pieces) => trained(pieces[p])),
    );
    this.trunks = curve.trunks.map(trained);
    const all = [...this.pieces.flat(), ...this.trunks];
    this.vectors = all.map(({ vector }) => vector);
    this.moments = all.map(({ first, second }) => [first, second]);
    const vectors = (count: number) => Array.from({ length: count }, () => own(allocateParts(parts)));
    this.points = vectors(spec.repel > 0 ? 4 : 3);
    this.gradients = vectors(spec.repel > 0 ? 4 : 3);
    this.trunkBuffer = own([allocateVector(curve.trunks[0].length)])[0];
    this.streams = {
      coordinates: rng.split("coordinates"),
      dropout: rng.split("dropout"),
      repel: rng.split("repel"),
    };
  }

  async run(batch: Batch, number: number, rate: number): Promise<number> {
    const { spec, parts, pieces, trunks, points, gradients } = this;
    const options = { rate, step: number + 1, decoupledDecay: spec.weightDecay };
    const [t] = this.streams.coordinates.foldIn(number).uniform64(1);
    const ends = spec.beta > 0 || spec.repel > 0;
    const ts = ends ? [t, 0, 1] : [t];
    const passes = ts.map((at) => this.pass(at));
    const coefficients = passes.map((pass) => this.coefficients(pass));
    this.place(coefficients);

    const rng = this.streams.dropout.foldIn(number);
    const mean = await this.gradient(batch, points[0], gradients[0], rng);
    if (!Number.isFinite(mean)) return mean;
    const factor = spec.reduction === "sum" ? batch.index.length : 1;
    if (ends) this.penalise();
    const repelled = spec.repel > 0 ? await this.repelChord(batch, number, factor) : false;
    if (spec.rectified) {
      parts.forEach((_, p) => {
        if (!this.onCurve(p)) return;
        for (let k = 0; k < ts.length; k++) gate(gradients[k][p], points[k][p]);
      });
    }

    // Gradients in the last hidden activations of each trunk at each t.
    const back = trunks.map(() => ts.map(() => new Float64Array(this.width)));
    parts.forEach(({ group }, p) => {
      if (!this.onCurve(p)) {
        const [{ vector, first, second }] = pieces[p];
        if (repelled) axpy(gradients[0][p], -spec.repel, gradients[3][p]);
        adamStep(vector, gradients[0][p], first, second, { ...options, scale: factor });
        return;
      }
      const scales = Array.from({ length: this.width + 1 }, (_, i) =>
        coefficients.map((c, k) => (k === 0 ? factor : 1) * c[group][i]),
      );
      const dots = adamOuterStep(
        pieces[p].map(({ vector }) => vector),
        pieces[p].map(({ first }) => first),
        pieces[p].map(({ second }) => second),
        ts.map((_, k) => gradients[k][p]),
        scales,
        options,
      );
      back[group].forEach((row, k) => {
        for (let i = 0; i < this.width; i++) row[i] += (k === 0 ? factor : 1) * dots[i * ts.length + k];
      });
    });
    trunks.forEach(({ vector, first, second }, g) => {
      const gradient = new Float64Array(vector.length);
      passes.forEach((pass, k) => {
        trunkGradient(spec, vector, pass[g], back[g][k], gradient);
      });
      this.trunkBuffer.set(gradient);
      adamStep(vector, this.trunkBuffer, first, second, options);
    });
    return mean;
  }

  probe(theta: Float32Array): void {
    this.place([this.coefficients(this.pass(0.5))]);
    joinInto(this.parts, this.points[0], theta);
  }

  /** Writes what was trained in parts back into the anchors. */
  finish(): void {
    const { parts, pieces } = this;
    if (parts.length === 1) return;
    this.curve.anchors.forEach((anchor, i) => {
      parts.forEach(({ offset }, p) => {
        if (this.onCurve(p)) anchor.set(pieces[p][i].vector, offset);
        else if (i === this.width) anchor.set(pieces[p][0].vector, offset);
      });
    });
  }

  [Symbol.dispose](): void {
    for (const program of this.programs.values()) void program.then((p) => p[Symbol.dispose]());
    releaseVector(...this.owned, ...[...this.masks.values()].flat());
  }

  /** Units of the last hidden layer. */
  private get width(): number {
    return this.curve.anchors.length - 1;
  }

  private onCurve(part: number): boolean {
    return this.pieces[part].length > 1;
  }

  private pass(t: number): TrunkPass[] {
    return this.trunks.map(({ vector }) => trunkPass(this.spec, vector, t));
  }

  /** Coefficients of each group: the last hidden activations, and 1. */
  private coefficients(pass: readonly TrunkPass[]): Float64Array[] {
    return pass.map(({ layers }) => Float64Array.of(...layers[layers.length - 1], 1));
  }

  /** Forms the points with the given coefficients [point][group]. */
  private place(coefficients: readonly Float64Array[][]): void {
    const { parts, pieces, points } = this;
    parts.forEach(({ group }, p) => {
      const outs = coefficients.map((_, k) => points[k][p]);
      if (this.onCurve(p)) {
        combineSeveral(
          outs,
          pieces[p].map(({ vector }) => vector),
          coefficients.map((c) => c[group]),
        );
        if (this.spec.rectified) for (const out of outs) rectify(out);
      } else for (const out of outs) out.set(pieces[p][0].vector);
    });
  }

  /** Mean loss of a batch at a point and its gradient, both in parts. */
  private async gradient(
    batch: Batch,
    point: readonly Float32Array[],
    gradient: readonly Float32Array[],
    rng: Rng,
  ): Promise<number> {
    const size = batch.index.length;
    let program = this.programs.get(size);
    let masks = this.masks.get(size);
    if (!program || !masks) {
      program = pointGradientProgram(this.network, this.loss, 1, size);
      masks = this.network.masks.map(({ shape }) => allocateVector(size * shape.reduce((a, b) => a * b, 1)));
      this.programs.set(size, program);
      this.masks.set(size, masks);
    }
    masks.forEach((mask, site) => {
      dropoutMask(mask, this.network.masks[site].rate, rng.foldIn(site));
    });
    const inputs = [...partLeaves(this.parts, point), batch.x, batch.y, ...masks];
    await (await program).run(inputs, [this.lossBuffer, ...partLeaves(this.parts, gradient)]);
    return this.lossBuffer[0];
  }

  /** Gradients at the ends: those of β cos²(g(0), g(1)), over what is on the curve. */
  private penalise(): void {
    const { parts, points, gradients, spec } = this;
    const total = new Float64Array(4);
    parts.forEach((_, p) => {
      if (!this.onCurve(p)) return;
      gram([points[1][p], points[2][p]]).forEach((value, k) => {
        total[k] += value;
      });
    });
    const { weights } = cosinePenalty(total, 2, 0, 1, spec.beta);
    parts.forEach((_, p) => {
      [0, 1].forEach((e) => {
        combine(gradients[1 + e][p], [points[1][p], points[2][p]], weights.subarray(2 * e, 2 * e + 2));
      });
    });
  }

  /** Adds the gradients of the repelling loss to those at the ends; says whether it counts. */
  private async repelChord(batch: Batch, number: number, factor: number): Promise<boolean> {
    const { parts, points, gradients, spec } = this;
    const rng = this.streams.repel.foldIn(number);
    const [u] = rng.split("place").uniform64(1);
    const gamma = spec.repelRange[0] + u * (spec.repelRange[1] - spec.repelRange[0]);
    parts.forEach((_, p) => {
      combine(points[3][p], [points[1][p], points[2][p]], [gamma, 1 - gamma]);
    });
    const loss = await this.gradient(batch, points[3], gradients[3], rng.split("dropout"));
    if (!(loss < spec.repelLimit)) return false;
    parts.forEach((_, p) => {
      if (!this.onCurve(p)) return;
      axpy(gradients[1][p], -spec.repel * factor * gamma, gradients[3][p]);
      axpy(gradients[2][p], -spec.repel * factor * (1 - gamma), gradients[3][p]);
    });
    return true;
  }
}
