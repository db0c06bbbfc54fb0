import type { Rng } from "../../engine/index.ts";
import { DenseProjection } from "./dense.ts";
import { FastfoodProjection } from "./fastfood.ts";
import { SparseProjection } from "./sparse.ts";

/**
 * A random D × d matrix P whose columns have length 1 and are nearly orthogonal, with cosines of about 1/√D (Li et al. 2018,
 * section 2): what places d coordinates in a space of D parameters. Owns native memory: dispose of it.
 */
export interface RandomProjection extends Disposable {
  /** D */
  readonly size: number;
  /** d */
  readonly dimension: number;
  /** out = P z; z has length d, out has length D, both in the vector memory. */
  expand(z: Float32Array, out: Float32Array): void;
  /** out = Pᵀ g; g has length D, out has length d, both in the vector memory. */
  contract(g: Float32Array, out: Float32Array): void;
}

/**
 * `dense`: normal entries, D d numbers and multiply-adds; `sparse`: about √D entries of one magnitude a column; `fastfood`:
 * made of transforms, and never stored (Li et al. 2018, section S7).
 */
export const PROJECTIONS = ["dense", "sparse", "fastfood"] as const;
export type ProjectionKind = (typeof PROJECTIONS)[number];

/** Numbers of a dense matrix: 1 GB. */
const MOST_DENSE = 2 ** 28;

/**
 * Draws a projection.
 *
 * @param size D
 * @param dimension d, from 1 to D
 * @throws RangeError where there is no such projection, or a dense one would be too large
 */
export function randomProjection(
  kind: ProjectionKind,
  size: number,
  dimension: number,
  rng: Rng,
): RandomProjection {
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > size) {
    throw new RangeError(
      `A subspace of ${dimension} dimensions of ${size} was asked for; give a whole number from 1 to ${size}.`,
    );
  }
  switch (kind) {
    case "dense":
      if (size * dimension > MOST_DENSE) {
        throw new RangeError(
          `A dense projection of ${size} x ${dimension} numbers was asked for, more than the ${MOST_DENSE} that are kept; take sparse or fastfood.`,
        );
      }
      return new DenseProjection(size, dimension, rng);
    case "sparse":
      return new SparseProjection(size, dimension, rng);
    case "fastfood":
      return new FastfoodProjection(size, dimension, rng);
  }
}
