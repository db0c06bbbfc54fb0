import { allocateVector, axpy, type Program, releaseVector } from "../engine/index.ts";
import type { Batch } from "./examples.ts";

/** Values and gradients of a summed loss at several parameter vectors at once. Owns native memory: dispose of it. */
export class PointsGradient implements Disposable {
  private readonly tiles: readonly { program: Program; batch: Batch }[];
  private readonly part: Float32Array;
  private readonly partLosses: Float32Array;
  /** Parameter vectors [points, D] of the next call. */
  readonly thetas: Float32Array;
  /** Summed losses [points] and their gradients [points, D] after a call. */
  readonly losses: Float64Array;
  readonly gradients: Float32Array;

  /** @param tiles of the examples, each with the program for their number */
  constructor(tiles: readonly { program: Program; batch: Batch }[], points: number, D: number) {
    this.tiles = tiles;
    this.thetas = allocateVector(points * D);
    this.gradients = allocateVector(points * D);
    this.part = allocateVector(points * D);
    this.partLosses = new Float32Array(points);
    this.losses = new Float64Array(points);
  }

  /** Evaluates at `thetas`, into `losses` and `gradients`. */
  async run(signal?: AbortSignal): Promise<void> {
    this.losses.fill(0);
    this.gradients.fill(0);
    for (const { program, batch } of this.tiles) {
      signal?.throwIfAborted();
      await program.run([this.thetas, batch.x, batch.y], [this.partLosses, this.part]);
      this.partLosses.forEach((loss, i) => {
        this.losses[i] += loss;
      });
      axpy(this.gradients, 1, this.part);
    }
  }

  [Symbol.dispose](): void {
    releaseVector(this.thetas, this.gradients, this.part);
    for (const { batch } of this.tiles) batch[Symbol.dispose]();
  }
}
