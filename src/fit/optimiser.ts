import { adamStep, allocateVector, releaseVector, sgdStep } from "../engine/index.ts";

export const OPTIMISERS = ["sgd", "adam", "adamw"] as const;
export type OptimiserKind = (typeof OPTIMISERS)[number];

export interface OptimiserSpec {
  kind: OptimiserKind;
  /** Momentum of SGD, in [0, 1). */
  momentum: number;
  /** L2 penalty added to the gradient (sgd, adam) or decoupled decay (adamw). */
  weightDecay: number;
}

/** An optimiser and its state for several vectors that are updated together. */
export class Optimiser implements Disposable {
  private readonly spec: OptimiserSpec;
  /** Momentum, or first and second moments, of each vector. */
  readonly state: readonly (readonly Float32Array[])[];

  constructor(spec: OptimiserSpec, vectors: readonly Float32Array[]) {
    this.spec = spec;
    const each = spec.kind === "sgd" ? 1 : 2;
    this.state = vectors.map((v) => Array.from({ length: each }, () => allocateVector(v.length)));
  }

  /**
   * One step of vector `i`.
   * @param step number of this step, from 1
   * @param scale factor of the gradient
   */
  update(
    i: number,
    theta: Float32Array,
    gradient: Float32Array,
    rate: number,
    step: number,
    scale = 1,
  ): void {
    const { kind, momentum, weightDecay } = this.spec;
    const [first, second] = this.state[i];
    if (kind === "sgd") sgdStep(theta, gradient, first, { rate, step, momentum, decay: weightDecay, scale });
    else {
      const decay = kind === "adam" ? { decay: weightDecay } : { decoupledDecay: weightDecay };
      adamStep(theta, gradient, first, second, { rate, step, scale, ...decay });
    }
  }

  [Symbol.dispose](): void {
    for (const vectors of this.state) releaseVector(...vectors);
  }
}
