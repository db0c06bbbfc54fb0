import { affineSpan, type SpanMetric, volumeSpace } from "../geometry/index.ts";
import type { Span } from "../subspace/index.ts";
import type { RunFolder } from "./folder-node.ts";
import type { PosteriorPoints } from "./posterior-points.ts";

/** The draws of a finished `sample` run at one temperature; all arrays are [C, S, …] row-major. */
export interface SavedDraws {
  temperature: number;
  /** C */
  chains: number;
  /** S */
  draws: number;
  /** k of λ, or D of θ; and K of φ. */
  dimension: number;
  spanDimension: number;
  /** Coordinates in a space around the path, or parameter vectors in the full space. */
  lambda?: Float64Array;
  theta?: Float32Array;
  /** In the affine span; of θ projected onto it. */
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
  const [chains, all, dimension] = (arrays.lambda ?? arrays.theta).shape;
  const draws = Math.ceil(all / thin);
  const take = <A extends Float32Array | Float64Array = Float64Array>(name: string): A => {
    const { data, shape } = arrays[name] as { data: A; shape: number[] };
    if (thin === 1) return data;
    const each = shape[2] ?? 1;
    const taken = data.slice(0, chains * draws * each) as A;
    for (let draw = 0; draw < chains * draws; draw++) {
      const from = (Math.floor(draw / draws) * all + (draw % draws) * thin) * each;
      taken.set(data.subarray(from, from + each), draw * each);
    }
    return taken;
  };
  return {
    temperature,
    chains,
    draws,
    dimension,
    spanDimension: arrays.phi.shape[2],
    lambda: arrays.lambda && take("lambda"),
    theta: arrays.theta && take<Float32Array>("theta"),
    phi: take("phi"),
    scale: take("scale"),
    logDensity: take("log_density"),
    diverging: Uint8Array.from(take("diverging")),
  };
}

/** The networks that the draws are, chain after chain. */
export function pointsOfDraws(draws: SavedDraws, span: Span, metric: SpanMetric): PosteriorPoints {
  const { phi, scale, theta } = draws;
  if (theta) return { thetas: theta, scales: scale };
  // Whatever the space around the path was, its coordinates φ say which network a draw is.
  const volume = volumeSpace(affineSpan(span.gram(0), metric));
  const coefficients = new Float64Array(draws.chains * draws.draws * span.terms);
  volume.lifting().lift(phi, coefficients);
  return { anchors: span.anchors, coefficients, scales: scale };
}
