import {
  allocateVector,
  axpy,
  compileSplit,
  divide,
  grad,
  jvp,
  type ProgramArray,
  releaseVector,
  type SplitProgram,
  sum,
  type TensorSpec,
  type Value,
} from "../engine/index.ts";
import { leafViews, type Network } from "../model/index.ts";
import { Batch, type Examples } from "./examples.ts";
import type { HessianOperator } from "./landscape.ts";
import type { Loss } from "./loss.ts";
import type { WorkOptions } from "./network-runs.ts";
import { batchSpecs, outputs } from "./programs.ts";
import { evenTile, hiddenSize } from "./projected-span.ts";

/** Floats of first-layer activations in one run: what caches hold; measured over 0.4 to 3 million. */
const TILE_FLOATS = 1_300_000;
const MOST_EXAMPLES = 2000;
/** Bytes of residuals that are kept; where there are more, they are made anew at each call. */
const KEPT_BYTES = 1e9;

/** Examples in one run. */
export const hessianTile = (network: Network, count: number): number =>
  evenTile(count, Math.min(MOST_EXAMPLES, Math.floor(TILE_FLOATS / hiddenSize(network))));

/**
 * H v of the mean loss of a batch, array by array: the derivative of the gradient along v (forward over reverse; Pearlmutter
 * 1994). All that does not depend on v, the activations and the gradients by them, is computed once: [θ, x, y] -> residuals,
 * and then [v, θ, x, y, residuals] -> H v.
 */
export function hessianProgram(network: Network, loss: Loss, batch: number): Promise<SplitProgram> {
  const objective = (parameters: Value[], x: Value, y: Value) =>
    divide(sum(loss.perExample(outputs(network, parameters, x), y)), batch);
  const fn = (vector: Value[], parameters: Value[], x: Value, y: Value) => {
    const gradient = (...own: Value[]) => grad(objective as never, { argnums: 0 })(own, x, y);
    return jvp(gradient as never, parameters, vector)[1];
  };
  const leaves: TensorSpec[] = network.layout.leaves.map(({ shape }) => ({ shape }));
  return compileSplit(fn as never, [leaves], [leaves, ...batchSpecs(network, loss, batch)]);
}

interface Tile {
  program: SplitProgram;
  batch: Batch;
  /** Shared by all tiles where they are not kept. */
  residuals: ProgramArray[];
  prepared: boolean;
}

/** The Hessian of the mean loss of a network over examples at one θ, dropout off. Products are float32, as gradients are. */
export class NetworkHessian implements HessianOperator {
  readonly size: number;
  private readonly network: Network;
  private readonly count: number;
  private readonly theta: Float32Array;
  private readonly tiles: Tile[];
  private readonly keeps: boolean;
  private readonly part: Float32Array;

  /**
   * @param theta is copied
   * @param program of a batch of so many examples
   */
  static async make(
    network: Network,
    examples: Examples,
    theta: Float32Array,
    program: (batch: number) => Promise<SplitProgram>,
  ): Promise<NetworkHessian> {
    const { count } = examples;
    const most = hessianTile(network, count);
    const sizes = Array.from({ length: Math.ceil(count / most) }, (_, i) => Math.min(most, count - i * most));
    const programs = await Promise.all(sizes.map(program));
    return new NetworkHessian(network, examples, theta, programs, sizes);
  }

  private constructor(
    network: Network,
    examples: Examples,
    theta: Float32Array,
    programs: SplitProgram[],
    sizes: number[],
  ) {
    this.size = network.layout.size;
    this.network = network;
    this.count = examples.count;
    this.theta = allocateVector(this.size);
    this.theta.set(theta);
    this.part = allocateVector(this.size);
    const first = programs[0].prepare?.allocateOutputs() ?? [];
    const bytes = first.reduce((total, { byteLength }) => total + byteLength, 0);
    this.keeps = (bytes * examples.count) / sizes[0] <= KEPT_BYTES;
    let start = 0;
    this.tiles = sizes.map((size, i) => {
      const batch = new Batch(examples, size);
      batch.loadFrom(start);
      start += size;
      const shared = i === 0 || (!this.keeps && size === sizes[0]);
      const residuals = shared ? first : (programs[i].prepare?.allocateOutputs() ?? []);
      return { program: programs[i], batch, residuals, prepared: false };
    });
  }

  async multiply(
    vectors: readonly Float32Array[],
    products: readonly Float32Array[],
    { signal, onProgress }: WorkOptions = {},
  ): Promise<void> {
    const { layout } = this.network;
    const parameters = leafViews(layout, this.theta);
    const results = leafViews(layout, this.part);
    for (const product of products) product.fill(0);
    for (const [i, tile] of this.tiles.entries()) {
      const { program, batch, residuals } = tile;
      const fixed = [...parameters, batch.x, batch.y];
      signal?.throwIfAborted();
      if (!tile.prepared) await program.prepare?.run(fixed, residuals);
      tile.prepared = this.keeps;
      for (const [k, vector] of vectors.entries()) {
        await program.apply.run([...leafViews(layout, vector), ...fixed, ...residuals], results);
        axpy(products[k], batch.index.length / this.count, this.part);
      }
      onProgress?.((i + 1) / this.tiles.length);
    }
  }

  [Symbol.dispose](): void {
    for (const { batch } of this.tiles) batch[Symbol.dispose]();
    releaseVector(this.theta, this.part);
  }
}
