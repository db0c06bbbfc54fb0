import type { Rng } from "../engine/index.ts";
import { affineSpan, projectOntoSpan, type SpanMetric } from "../geometry/index.ts";
import { materialise, type PathMap, type Span } from "../subspace/index.ts";

/** Numbers that the draws of parameter vectors may have: while chains run they are held in float64, several times. */
const MOST = 2 ** 25;

/** Prior of the logarithm of the noise scale in the full space (Dold et al. 2025, code). */
export const FULL_SPACE_NOISE = { logMean: -1, logSd: 0.1 };

/** Why the draws of whole parameter vectors do not fit, if they do not. */
export function excessOf(chains: number, draws: number, D: number): string | undefined {
  const numbers = chains * draws * D;
  if (numbers <= MOST) return undefined;
  const bytes = (x: number) => `${((4 * x) / 2 ** 20).toFixed(0)} MiB (${4 * x} bytes)`;
  return `${chains} chains of ${draws} draws of ${D} parameters take ${bytes(numbers)}, and at most ${bytes(MOST)} are kept: ask for ${Math.max(1, Math.floor(MOST / D / chains))} draws or fewer with so many chains, or for a space around the path`;
}

/** Parameter vectors [C, D] of points of a path at random t. */
export function pointsAtRandom(span: Span, path: PathMap, chains: number, rng: Rng): Float64Array {
  using points = materialise(span, path, rng.split("starts").uniform64(chains));
  return sideBySide(points.anchors);
}

/** Vectors as the rows of one array. */
export function sideBySide(vectors: readonly ArrayLike<number>[]): Float64Array {
  const D = vectors[0].length;
  const rows = new Float64Array(vectors.length * D);
  vectors.forEach((vector, i) => {
    rows.set(vector, i * D);
  });
  return rows;
}

/**
 * What is kept of draws of parameter vectors [C, S, D]: `theta` in float32, and `phi` [C, S, K], their projections onto the
 * affine span of the path.
 */
export async function fullSpaceArrays(
  lambda: Float64Array,
  [C, S]: readonly [number, number],
  span: Span,
  metric: SpanMetric,
) {
  const theta = Float32Array.from(lambda);
  const phi = await projectOntoSpan(affineSpan(span.gram(0), metric), span.anchors, theta);
  return {
    theta: { shape: [C, S, span.size], data: theta },
    phi: { shape: [C, S, phi.length / (C * S)], data: phi },
  };
}
