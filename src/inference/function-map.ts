import { TSNE } from "@keckelt/tsne";
import type { Rng } from "../engine/index.ts";
import type { Predictions } from "./predictive.ts";

export interface FunctionMapOptions {
  /** Neighbours that count, about; default 30, at most a third of the points. */
  perplexity?: number;
  /** Default 1000. */
  steps?: number;
}

/** The library draws its start from Math.random; this one from a stream. */
class SeededTSNE extends TSNE {
  readonly #draws: Float32Array;
  #next = 0;

  constructor(options: object, draws: Float32Array) {
    super(options);
    this.#draws = draws;
  }

  override gaussRandom(): number {
    return this.#draws[this.#next++ % this.#draws.length];
  }
}

/**
 * Predictors in two coordinates by t-SNE (van der Maaten and Hinton 2008) of their class probabilities: near each other where they
 * predict alike (Fort et al. 2019, figure 2). The coordinates have no unit, and distances between groups say little.
 *
 * @returns [P][2]
 * @throws RangeError for fewer than 4 predictors
 */
export function functionMap(
  members: readonly Predictions[],
  rng: Rng,
  { perplexity = 30, steps = 1000 }: FunctionMapOptions = {},
): [number, number][] {
  const count = members.length;
  if (count < 4) {
    throw new RangeError(`A map of ${count} predictors was asked for; give 4 or more.`);
  }
  const tsne = new SeededTSNE(
    { epsilon: 10, perplexity: Math.min(perplexity, (count - 1) / 3), dim: 2 },
    rng.normal(4 * count),
  );
  tsne.initDataRaw(members.map(({ values }) => Array.from(values)));
  for (let step = 0; step < steps; step++) tsne.step();
  return tsne.getSolution() as [number, number][];
}
