import { allocateVector, type Program, releaseVector } from "../engine/index.ts";
import { Batch, type Examples } from "./examples.ts";
import type { NetworkRuns } from "./network-runs.ts";
import { evenTile, type GradientMemory } from "./projected-span.ts";

/** What a span gradient is of, and the programs that it runs. */
interface SpanGradientSetup {
  examples: Examples;
  runs: NetworkRuns;
  anchors: readonly Float32Array[];
  /** S, points of each call. */
  points: number;
  /** Elements of the first-layer activations of an example. */
  hidden: number;
  /** The remaining parameters of the anchors, side by side, in the vector memory; released at the end. */
  rest: Float32Array;
  memory: GradientMemory;
  /** For so many examples. */
  program(batch: number): Promise<Program>;
}

/** Some of the examples. Where projections are not kept, tiles of the same size share the place that they are made in. */
interface Tile extends Place {
  start: number;
  program: Program;
}
interface Place {
  batch: Batch;
  /** [m, batch, ...hidden] */
  projections: Float32Array;
}

/**
 * Value and gradient of a summed loss in the coefficients of a span, tile by tile of the examples. The data are projected
 * through the first layer of each anchor once, if there is memory to keep that, or else at each call.
 */
export class SpanGradient implements Disposable {
  private readonly setup: SpanGradientSetup;
  private readonly tiles: readonly Tile[];
  private readonly places: readonly Place[];
  private readonly kept: boolean;
  /** Coefficients [points, m] of the next call. */
  readonly coefficients: Float32Array;
  /** Summed losses [points] and their gradients [points, m] after a call. */
  readonly losses: Float64Array;
  readonly gradients: Float64Array;

  private constructor(setup: SpanGradientSetup, tiles: Tile[], places: Place[], kept: boolean) {
    const { points, anchors } = setup;
    this.setup = setup;
    this.tiles = tiles;
    this.places = places;
    this.kept = kept;
    this.coefficients = new Float32Array(points * anchors.length);
    this.losses = new Float64Array(points);
    this.gradients = new Float64Array(points * anchors.length);
  }

  static async make(setup: SpanGradientSetup): Promise<SpanGradient> {
    const { examples, anchors, points, hidden, runs, memory } = setup;
    const n = examples.count;
    const most = evenTile(n, Math.floor(memory.tile / (points * hidden)));
    const kept = anchors.length * n * hidden <= memory.kept;
    const places: Place[] = [];
    const tiles: Tile[] = [];
    for (let start = 0; start < n; start += most) {
      const size = Math.min(most, n - start);
      let place = kept ? undefined : places.find(({ batch }) => batch.index.length === size);
      if (!place) {
        const projections = allocateVector(anchors.length * size * hidden);
        place = { batch: new Batch(examples, size), projections };
        places.push(place);
      }
      const tile = { ...place, start, program: await setup.program(size) };
      if (kept) {
        tile.batch.loadFrom(start);
        await runs.project(anchors, tile.batch, tile.projections);
      }
      tiles.push(tile);
    }
    return new SpanGradient(setup, tiles, places, kept);
  }

  /** Evaluates at `coefficients`, into `losses` and `gradients`. */
  async run(signal?: AbortSignal): Promise<void> {
    const { runs, anchors, rest } = this.setup;
    const losses = new Float32Array(this.losses.length);
    const gradients = new Float32Array(this.gradients.length);
    this.losses.fill(0);
    this.gradients.fill(0);
    for (const { start, batch, projections, program } of this.tiles) {
      signal?.throwIfAborted();
      if (!this.kept) {
        batch.loadFrom(start);
        await runs.project(anchors, batch, projections);
      }
      await program.run([projections, rest, this.coefficients, batch.y], [losses, gradients]);
      losses.forEach((loss, i) => {
        this.losses[i] += loss;
      });
      gradients.forEach((gradient, i) => {
        this.gradients[i] += gradient;
      });
    }
  }

  [Symbol.dispose](): void {
    releaseVector(this.setup.rest);
    for (const { batch, projections } of this.places) {
      releaseVector(projections);
      batch[Symbol.dispose]();
    }
  }
}
