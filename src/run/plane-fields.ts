import type { EvaluationOptions, NetworkLandscape, SpanMetrics } from "../landscape/index.ts";
import { type CoefficientMap, coefficientMatrix, type Span } from "../subspace/index.ts";

/** A grid on a plane in a span: (x, y) of every node, and the map from there to coefficients. */
export interface GridOnSpan {
  span: Span;
  map: CoefficientMap;
  nodes: Float64Array;
}

/** Names of the arrays in plane.npz, after that of the split. */
const FIELDS: Record<keyof SpanMetrics, string> = {
  loss: "loss",
  error: "error",
  lossStandardError: "loss_standard_error",
  errorStandardError: "error_standard_error",
};

/** The values of a plane at the nodes that have been evaluated so far. */
export class PlaneFields {
  private readonly landscapes: Record<string, NetworkLandscape>;
  private readonly plane: GridOnSpan;
  private readonly options: EvaluationOptions;
  private readonly masks = new Map<string, Uint8Array>();
  private readonly values = new Map<string, Float64Array>();
  /** Evaluations of a network on an example: of all nodes, and so far. */
  private readonly whole: number;
  private done = 0;
  private rounds = 0;

  /** @param landscapes that of each split */
  constructor(
    landscapes: Record<string, NetworkLandscape>,
    plane: GridOnSpan,
    options: EvaluationOptions = {},
  ) {
    this.landscapes = landscapes;
    this.plane = plane;
    this.options = options;
    const splits = Object.entries(landscapes);
    for (const [split] of splits) this.masks.set(split, new Uint8Array(this.count));
    this.whole = splits.reduce((sum, [, { examples }]) => sum + this.count * examples.count, 0);
  }

  /** Nodes of the grid. */
  private get count(): number {
    return this.plane.nodes.length / 2;
  }

  /** 1 where a split has been evaluated. */
  evaluated(split: string): Uint8Array {
    return this.masks.get(split)!;
  }

  /** The arrays of a split by their names in plane.npz. */
  of(split: string): [string, Float64Array][] {
    return [...this.values].filter(([key]) => key.startsWith(`${split}_`));
  }

  /**
   * Evaluates those of some nodes that are new on the given splits.
   *
   * @param wanted name of an array
   * @returns its values at the nodes
   */
  async at(nodes: Int32Array, splits: readonly string[], wanted: string): Promise<Float64Array> {
    const { span, map, nodes: places } = this.plane;
    const before = this.done;
    for (const split of splits) {
      const mask = this.evaluated(split);
      const landscape = this.landscapes[split];
      const fresh = nodes.filter((node) => !mask[node]);
      if (fresh.length === 0) continue;
      const zs = Float64Array.from(
        { length: 2 * fresh.length },
        (_, i) => places[2 * fresh[i >> 1] + (i & 1)],
      );
      const work = fresh.length * landscape.examples.count;
      const metrics = await landscape.evaluateSpan(span.anchors, coefficientMatrix(map, zs), {
        ...this.options,
        onProgress: (part) => this.options.onProgress?.((this.done + part * work) / this.whole),
      });
      this.done += work;
      this.keep(split, fresh, metrics);
    }
    if (this.done > before) this.rounds++;
    const values = this.values.get(wanted)!;
    return Float64Array.from(nodes, (node) => values[node]);
  }

  private keep(split: string, nodes: Int32Array, metrics: SpanMetrics): void {
    const mask = this.evaluated(split);
    for (const node of nodes) mask[node] = 1;
    for (const [quantity, found] of Object.entries(metrics) as [keyof SpanMetrics, Float64Array][]) {
      const key = `${split}_${FIELDS[quantity]}`;
      const values = this.values.get(key) ?? new Float64Array(this.count).fill(Number.NaN);
      this.values.set(key, values);
      nodes.forEach((node, i) => {
        values[node] = found[i];
      });
    }
  }

  /** How much was evaluated: of all nodes and examples, and of the nodes of each split. */
  share(): { fraction: number; splits: Record<string, number>; rounds: number } {
    const share = (split: string) => this.evaluated(split).reduce((sum, one) => sum + one, 0) / this.count;
    return {
      fraction: this.done / this.whole,
      splits: Object.fromEntries([...this.masks.keys()].map((split) => [split, share(split)])),
      rounds: this.rounds,
    };
  }
}
