import { allocateVector, type Program, releaseVector, type SplitProgram } from "../engine/index.ts";
import { leafViews, type Network } from "../model/index.ts";
import { Batch, type Examples } from "./examples.ts";
import { projectionProgram } from "./programs.ts";
import { hiddenSize, runCoefficients, runSize, stackRest } from "./projected-span.ts";

export interface WorkOptions {
  signal?: AbortSignal;
  /** Called with the fraction done, in [0, 1]. */
  onProgress?: (done: number) => void;
}

/** One run of the points of a span through the projected first layer, on a batch of examples. */
interface SpanRun {
  /** Projections [m, n H], remaining parameters [m, R] and coefficients [perRun, m]: what the programs begin with. */
  inputs: Float32Array[];
  perRun: number;
  batch: Batch;
  /** Number of the first point of the run, and how many of its points are wanted. */
  first: number;
  wanted: number;
  /** Number of the first example of the batch, and whether the run is the last on it. */
  start: number;
  last: boolean;
}

/** The compiled programs of a network, each made once, and how they are run over all examples, tile by tile. */
export class NetworkRuns implements Disposable {
  private readonly network: Network;
  private readonly examples: Examples;
  private readonly programs = new Map<string, Promise<Program>>();
  private readonly splits = new Map<string, Promise<SplitProgram>>();

  constructor(network: Network, examples: Examples) {
    this.network = network;
    this.examples = examples;
  }

  /** The program of this key, made at the first call. */
  program(key: string, make: () => Promise<Program>): Promise<Program> {
    let program = this.programs.get(key);
    if (!program) {
      program = make();
      this.programs.set(key, program);
    }
    return program;
  }

  /** The program in two parts of this key, made at the first call. */
  split(key: string, make: () => Promise<SplitProgram>): Promise<SplitProgram> {
    let program = this.splits.get(key);
    if (!program) {
      program = make();
      this.splits.set(key, program);
    }
    return program;
  }

  /** Calls `body` with each tile of the examples and the number of its first example. */
  async forTiles(
    tile: number,
    { signal, onProgress }: WorkOptions,
    body: (batch: Batch, start: number) => Promise<void>,
  ): Promise<void> {
    const { count } = this.examples;
    let batch: Batch | undefined;
    try {
      for (let start = 0; start < count; ) {
        signal?.throwIfAborted();
        const size = Math.min(tile, count - start);
        if (batch?.index.length !== size) {
          batch?.[Symbol.dispose]();
          batch = new Batch(this.examples, size);
        }
        batch.loadFrom(start);
        await body(batch, start);
        start += size;
        onProgress?.(start / count);
      }
    } finally {
      batch?.[Symbol.dispose]();
    }
  }

  /** Projects the examples, tile by tile, and calls `body` for each run of points on a tile. */
  async forProjected(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options: WorkOptions,
    body: (run: SpanRun) => Promise<void>,
  ): Promise<void> {
    const m = anchors.length;
    const points = coefficients.length / m;
    const hidden = hiddenSize(this.network);
    const { perRun, tile } = runSize(this.network, points, this.examples.count);
    const projections = allocateVector(m * tile * hidden);
    const rest = stackRest(this.network, anchors);
    const runs = runCoefficients(coefficients, m, perRun);
    try {
      await this.forTiles(tile, options, async (batch, start) => {
        const used = projections.subarray(0, m * batch.index.length * hidden);
        await this.project(anchors, batch, used);
        for (const [r, c] of runs.entries()) {
          const first = r * perRun;
          const wanted = Math.min(perRun, points - first);
          const last = r === runs.length - 1;
          await body({ inputs: [used, rest, c], perRun, batch, first, wanted, start, last });
        }
      });
    } finally {
      releaseVector(projections, rest);
    }
  }

  /** First-layer projections of a batch through every anchor, [m, n, ...hidden]. */
  async project(anchors: readonly Float32Array[], batch: Batch, out: Float32Array): Promise<void> {
    const size = batch.index.length;
    const program = await this.program(`project ${size}`, () => projectionProgram(this.network, size));
    const each = out.length / anchors.length;
    for (let i = 0; i < anchors.length; i++) {
      const first = leafViews(this.network.layout, anchors[i]).slice(0, this.network.firstLeaves);
      await program.run([...first, batch.x], [out.subarray(i * each, (i + 1) * each)]);
    }
  }

  [Symbol.dispose](): void {
    for (const program of this.programs.values()) void program.then((p) => p[Symbol.dispose]());
    for (const program of this.splits.values()) {
      void program.then(({ prepare, apply }) => {
        prepare?.[Symbol.dispose]();
        apply[Symbol.dispose]();
      });
    }
    this.programs.clear();
    this.splits.clear();
  }
}
