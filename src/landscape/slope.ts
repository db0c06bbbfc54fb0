import type { Program, Rng } from "../engine/index.ts";
import { leafViews, type Network } from "../model/index.ts";
import { Batch, type Examples } from "./examples.ts";
import type { Landscape } from "./landscape.ts";
import type { NetworkLandscape } from "./network-landscape.ts";
import { pointGradientProgram } from "./programs.ts";

/** Gradients for a descent: of the whole loss, or of that of a batch of examples. */
export interface Slope extends Disposable {
  /** D */
  readonly size: number;
  /** Share of all examples that one gradient is of, in (0, 1]. */
  readonly share: number;
  /**
   * The loss at θ and its gradient, written into `gradient`; both of length D, in the vector memory.
   * @param step number of the step, on which alone a batch depends
   */
  gradient(theta: Float32Array, gradient: Float32Array, step: number): Promise<number>;
}

/** Gradients of the whole loss. */
export function wholeSlope(landscape: Landscape, signal?: AbortSignal): Slope {
  return {
    size: landscape.size,
    share: 1,
    gradient: (theta, gradient) => landscape.gradient(theta, gradient, { signal }),
    [Symbol.dispose]: () => {},
  };
}

/** Gradients of the mean loss of random batches, drawn with replacement; dropout is off. Owns native memory. */
export class BatchSlope implements Slope {
  readonly size: number;
  readonly share: number;
  private readonly network: Network;
  private readonly examples: Examples;
  private readonly rng: Rng;
  private readonly batch: Batch;
  private readonly program: Program;
  private loaded = -1;

  private constructor(network: Network, examples: Examples, batch: Batch, program: Program, rng: Rng) {
    this.size = network.layout.size;
    this.share = batch.index.length / examples.count;
    this.network = network;
    this.examples = examples;
    this.batch = batch;
    this.program = program;
    this.rng = rng;
  }

  /**
   * @param count examples in a batch
   * @param rng stream of the batches
   */
  static async of(
    { network, examples, loss }: NetworkLandscape,
    count: number,
    rng: Rng,
  ): Promise<BatchSlope> {
    const size = Math.min(count, examples.count);
    const program = await pointGradientProgram({ ...network, masks: [] }, loss, 1, size);
    return new BatchSlope(network, examples, new Batch(examples, size), program, rng);
  }

  async gradient(theta: Float32Array, gradient: Float32Array, step: number): Promise<number> {
    if (step !== this.loaded) {
      const { index } = this.batch;
      this.batch.load(this.rng.foldIn(step).integers(index.length, this.examples.count));
      this.loaded = step;
    }
    const { layout } = this.network;
    const loss = new Float32Array(1);
    const inputs = [...leafViews(layout, theta), this.batch.x, this.batch.y];
    await this.program.run(inputs, [loss, ...leafViews(layout, gradient)]);
    return loss[0];
  }

  [Symbol.dispose](): void {
    this.batch[Symbol.dispose]();
    this.program[Symbol.dispose]();
  }
}
