import { allocateVector, combine, type Rng, releaseVector } from "../../engine/index.ts";
import type { Batch, Loss } from "../../landscape/index.ts";
import type { Network } from "../../model/index.ts";
import { Optimiser, type OptimiserSpec } from "../optimiser.ts";
import { inOnePart, StepGradient } from "../step.ts";
import type { TrainingStep } from "../training.ts";
import type { RandomSubspace } from "./subspace.ts";

/**
 * Training of the coordinates of a random subspace on batches, from z = 0 (Li et al. 2018, section 2). The only vector that is
 * trained, and that the optimiser has moments of, is z. Owns native memory: dispose of it.
 */
export class RandomSubspaceStep implements TrainingStep, Disposable {
  readonly vectors: readonly [Float32Array];
  private readonly subspace: RandomSubspace;
  private readonly theta: Float32Array;
  private readonly slope: Float32Array;
  private readonly gradient: StepGradient;
  private readonly optimiser: Optimiser;
  private readonly dropout: Rng;

  constructor(network: Network, loss: Loss, subspace: RandomSubspace, spec: OptimiserSpec, rng: Rng) {
    const { origin, dimension } = subspace;
    this.subspace = subspace;
    this.vectors = [allocateVector(dimension)];
    this.theta = allocateVector(origin.length);
    this.slope = allocateVector(dimension);
    this.gradient = new StepGradient(network, loss, inOnePart(network, [this.theta]), [false], 1);
    this.optimiser = new Optimiser(spec, this.vectors);
    this.dropout = rng.split("dropout");
  }

  get moments(): readonly (readonly Float32Array[])[] {
    return this.optimiser.state;
  }

  async run(batch: Batch, number: number, rate: number): Promise<number> {
    const { subspace, theta, slope, gradient, optimiser, vectors } = this;
    const [z] = vectors;
    const factor = subspace.place(z, theta);
    const points = { count: 1, coefficients: Float64Array.of(1) };
    const [[terms]] = await gradient.run(batch, points, this.dropout.foldIn(number));
    const [loss] = gradient.losses;
    // The optimiser must not see what is not a number: the last good state stays good.
    if (!Number.isFinite(loss)) return loss;
    const [{ vector, scale }] = terms;
    if (scale !== 1) combine(vector, [vector], [scale]);
    subspace.contract(theta, factor, vector, slope);
    optimiser.update(0, z, slope, rate, number + 1);
    return loss;
  }

  probe(theta: Float32Array): void {
    this.subspace.place(this.vectors[0], theta);
  }

  [Symbol.dispose](): void {
    this.gradient[Symbol.dispose]();
    this.optimiser[Symbol.dispose]();
    releaseVector(...this.vectors, this.theta, this.slope);
  }
}
