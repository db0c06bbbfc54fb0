import { affineSpan, type SpanMetric, volumeSpace } from "../geometry/index.ts";
import type { Span } from "../subspace/index.ts";
import type { RunFolder } from "./folder-node.ts";
import type { PosteriorPoints } from "./posterior-scores.ts";

/** The draws of a finished `sample` run at one temperature; all arrays are [C, S, …] row-major. */
export interface SavedDraws {
  temperature: number;
  /** C */
  chains: number;
  /** S */
  draws: number;
  /** k of λ, and K of φ. */
  dimension: number;
  spanDimension: number;
  lambda: Float64Array;
  phi: Float64Array;
  /** Of the noise; NaN of a classification. */
  scale: Float64Array;
  logDensity: Float64Array;
  /** 0 or 1 */
  diverging: Uint8Array;
}

/**
 * Reads the draws of a temperature, every `thin`-th of each chain.
 *
 * @param thin default 1
 */
export function readDraws(folder: RunFolder, temperature: number, thin = 1): SavedDraws {
  const arrays = folder.readArrays(`draws-${temperature}`);
  const [chains, all, dimension] = arrays.lambda.shape;
  const draws = Math.ceil(all / thin);
  const take = (name: string): Float64Array => {
    const { data, shape } = arrays[name];
    const each = shape[2] ?? 1;
    return Float64Array.from({ length: chains * draws * each }, (_, at) => {
      const [draw, j] = [Math.floor(at / each), at % each];
      const [chain, s] = [Math.floor(draw / draws), draw % draws];
      return Number(data[(chain * all + s * thin) * each + j]);
    });
  };
  return {
    temperature,
    chains,
    draws,
    dimension,
    spanDimension: arrays.phi.shape[2],
    lambda: take("lambda"),
    phi: take("phi"),
    scale: take("scale"),
    logDensity: take("log_density"),
    diverging: Uint8Array.from(take("diverging")),
  };
}

/** The draws as points of the span that they were drawn in, chain after chain. */
export function pointsOfDraws(draws: SavedDraws, span: Span, metric: SpanMetric): PosteriorPoints {
  const { phi, scale } = draws;
  // Whatever the space of the sampler was, its coordinates φ say which network a draw is.
  const volume = volumeSpace(affineSpan(span.gram(0), metric));
  const coefficients = new Float64Array(draws.chains * draws.draws * span.terms);
  volume.lifting().lift(phi, coefficients);
  return { anchors: span.anchors, coefficients, scales: scale };
}
