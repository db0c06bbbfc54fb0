import type { PathMap } from "../subspace/index.ts";
import { type Embedding, embed, place } from "./embedding.ts";
import type { Gram } from "./gram.ts";

/** How a path turns at n positions. */
export interface Frenet {
  /** q, generalised curvatures at each position */
  count: number;
  /**
   * χ₁ … χ_q at each position, n × q, row-major, each 0 or more and per unit of weight-space distance: χ₁ is
   * the curvature, χ₂ the torsion (without sign, which needs an orientation of the whole weight space), χ₃ … how fast
   * the path leaves the space of three, … dimensions that it moves in. The first that is 0 leaves the rest NaN.
   */
  curvatures: Float64Array;
  /**
   * The frame e₁ … e_{q+1} at each position, n × (q + 1) × m, row-major: the tangent, the normal, the binormal …, each
   * as the coefficients of a vector of weight space with norm 1. NaN where undefined.
   */
  frames: Float64Array;
}

/** Below this fraction of the terms that it is the sum of, a vector is rounding. */
const ROUNDING = 1e-10;

/**
 * Curvature, torsion and all higher curvatures of a path, with its Frenet frame, by Gram–Schmidt of its derivatives:
 * with ρ_j the length of the part of the j-th derivative across all those before it, χ_j = ρ_{j+1} / (ρ_j ρ₁). (By
 * arc length that part is χ₁ ⋯ χ_{j−1} e_j, and each derivative by t brings a factor of the speed ρ₁.)
 *
 * Where the path stands still everything is NaN. A chain has χ₁ = 0 on its legs and no χ₂.
 *
 * @param ts positions
 * @param count q, a whole number from 1; by default as many as the anchors have dimensions, less one (1 or more), of
 *   which a path with fewer derivatives (a Bézier curve of low degree) has 0 and then NaN
 */
export function frenet(path: PathMap, gram: Gram, ts: ArrayLike<number>, count?: number): Frenet {
  const anchors = embed(gram);
  const q = count ?? Math.max(1, anchors.dimension - 1);
  if (!Number.isInteger(q) || q < 1) {
    throw new RangeError(`${q} generalised curvatures were asked for; give a whole number from 1.`);
  }
  const m = path.anchors;
  const norms = Float64Array.from({ length: m }, (_, i) =>
    Math.hypot(...anchors.points.subarray(i * anchors.dimension, (i + 1) * anchors.dimension)),
  );
  const curvatures = new Float64Array(ts.length * q);
  const frames = new Float64Array(ts.length * (q + 1) * m).fill(Number.NaN);
  for (let i = 0; i < ts.length; i++) {
    // The highest first, from which a neural curve knows the others.
    const derivatives = Array.from({ length: q + 1 }, (_, j) => path.derivative(ts[i], q + 1 - j)).reverse();
    const { lengths, frame } = orthonormalise(anchors, norms, derivatives);
    for (let j = 0; j < q; j++) curvatures[i * q + j] = lengths[j + 1] / (lengths[j] * lengths[0]);
    frame.forEach((c, j) => {
      frames.set(c, (i * (q + 1) + j) * m);
    });
  }
  return { count: q, curvatures, frames };
}

/** Torsion of a path at each t, χ₂ of {@link frenet}; NaN where the path is straight or stands still. */
export function torsions(path: PathMap, gram: Gram, ts: ArrayLike<number>): Float64Array {
  return frenet(path, gram, ts, 2).curvatures.filter((_, i) => i % 2 === 1);
}

/**
 * Gram–Schmidt of directions given by coefficients, until one has no part across those before it: that has length
 * 0, and those after it have length NaN.
 *
 * @param norms of the anchors
 */
function orthonormalise(anchors: Embedding, norms: Float64Array, directions: readonly Float64Array[]) {
  const r = anchors.dimension;
  const lengths = new Float64Array(directions.length).fill(Number.NaN);
  const frame: Float64Array[] = [];
  const placed: Float64Array[] = [];
  for (const [j, direction] of directions.entries()) {
    const c = Float64Array.from(direction);
    const p = new Float64Array(r);
    place(anchors, c, p);
    // Twice, so that the rounding of the first pass is taken out as well.
    for (let pass = 0; pass < 2; pass++) {
      for (const [k, earlier] of placed.entries()) {
        const along = p.reduce((sum, x, d) => sum + x * earlier[d], 0);
        for (let d = 0; d < r; d++) p[d] -= along * earlier[d];
        for (let i = 0; i < c.length; i++) c[i] -= along * frame[k][i];
      }
    }
    const length = Math.hypot(...p);
    const terms = direction.reduce((sum, x, i) => sum + Math.abs(x) * norms[i], 0);
    if (!(length > ROUNDING * terms)) {
      lengths[j] = 0;
      break;
    }
    lengths[j] = length;
    placed.push(p.map((x) => x / length));
    frame.push(c.map((x) => x / length));
  }
  return { lengths, frame };
}
