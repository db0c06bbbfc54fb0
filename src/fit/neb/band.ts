import { allocateVector, axpy, combine, dot, releaseVector } from "../../engine/index.ts";
import type { Slope } from "../../landscape/index.ts";
import { Optimiser } from "../optimiser.ts";
import { DivergenceError } from "../training.ts";
import { tangentWeights } from "./tangent.ts";

/** How a nudged elastic band is relaxed. */
export interface BandSpec {
  steps: number;
  rate: number;
  /** Momentum of SGD, in [0, 1). */
  momentum: number;
  /** L2 term λ: λ p is added to the gradient of each pivot before it is projected. */
  weightDecay: number;
}

/**
 * A band of pivots between two fixed ends, in the vector memory; the pivots are the caller's and change in place. Without
 * springs: before each step the pivots are spread along the polygon through them, which is the limit of infinitely stiff
 * springs (Draxler et al. 2018, section 2.1; E et al. 2002).
 */
export class Band implements Disposable {
  /** Ends and pivots, in order. */
  readonly points: readonly Float32Array[];
  /** What each of its legs is to have of the length of the band, in any unit. */
  readonly shares: readonly number[];
  private readonly optimiser: Optimiser;
  private readonly spare: readonly Float32Array[];
  private readonly gradients: readonly Float32Array[];
  private readonly difference: Float32Array;
  private readonly spec: BandSpec;

  constructor(points: readonly Float32Array[], shares: readonly number[], spec: BandSpec) {
    this.points = points;
    this.shares = shares;
    this.spec = spec;
    const pivots = points.slice(1, -1);
    const make = () => pivots.map((pivot) => allocateVector(pivot.length));
    this.spare = make();
    this.gradients = make();
    this.difference = allocateVector(points[0].length);
    this.optimiser = new Optimiser({ kind: "sgd", momentum: spec.momentum, weightDecay: 0 }, pivots);
  }

  /** Lengths of the legs. */
  lengths(): number[] {
    const { points, difference } = this;
    return points.slice(1).map((point, i) => {
      combine(difference, [point, points[i]], [1, -1]);
      return Math.sqrt(dot(difference, difference));
    });
  }

  /** Spreads the pivots along the polygon through them, so that each leg gets its share of its length. */
  redistribute(): void {
    const { points, shares, spare } = this;
    const lengths = this.lengths();
    const whole = lengths.reduce((a, b) => a + b, 0);
    const total = shares.reduce((a, b) => a + b, 0);
    let wanted = 0;
    let [leg, passed] = [0, 0];
    spare.forEach((vector, i) => {
      wanted += (shares[i] / total) * whole;
      while (leg < lengths.length - 1 && passed + lengths[leg] < wanted) passed += lengths[leg++];
      const fraction = lengths[leg] > 0 ? Math.min(1, (wanted - passed) / lengths[leg]) : 0;
      combine(vector, [points[leg], points[leg + 1]], [1 - fraction, fraction]);
    });
    spare.forEach((vector, i) => {
      points[i + 1].set(vector);
    });
  }

  /**
   * Spreads the pivots and moves each down the part of its gradient across the band.
   * @param batch number of the batch that all pivots see
   * @param step number of the step of this band, from 0
   * @param ends losses of the two ends
   * @returns losses of the pivots before the step
   * @throws DivergenceError where a loss is no number
   */
  async step(slope: Slope, batch: number, step: number, ends: readonly [number, number]): Promise<number[]> {
    const { points, gradients, spec } = this;
    this.redistribute();
    const losses: number[] = [ends[0]];
    for (const [i, gradient] of gradients.entries()) {
      const loss = await slope.gradient(points[i + 1], gradient, batch);
      if (!Number.isFinite(loss)) throw new DivergenceError(step + 1, loss, spec.rate);
      losses.push(loss);
    }
    losses.push(ends[1]);
    // All tangents are those of the band before any pivot moves.
    const lengths = this.lengths();
    gradients.forEach((gradient, i) => {
      const [last, next] = tangentWeights(losses[i], losses[i + 1], losses[i + 2]);
      const [a, b] = [last / lengths[i], next / lengths[i + 1]];
      combine(this.difference, [points[i], points[i + 1], points[i + 2]], [-a, a - b, b]);
      const length2 = dot(this.difference, this.difference);
      if (spec.weightDecay > 0) axpy(gradient, spec.weightDecay, points[i + 1]);
      if (length2 > 0) axpy(gradient, -dot(gradient, this.difference) / length2, this.difference);
    });
    gradients.forEach((gradient, i) => {
      this.optimiser.update(i, points[i + 1], gradient, spec.rate, step + 1);
    });
    return losses.slice(1, -1);
  }

  [Symbol.dispose](): void {
    this.optimiser[Symbol.dispose]();
    releaseVector(...this.spare, ...this.gradients, this.difference);
  }
}
