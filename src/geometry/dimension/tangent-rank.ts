import { EigenvalueDecomposition, Matrix, SVD } from "ml-matrix";
import { nearestNeighbours } from "./neighbours.ts";
import { type DimensionEstimate, mean, type Points } from "./points.ts";

export interface TangentRankOptions {
  /** Neighbours of each point; default 8. */
  k?: number;
  /** Singular values below this share of the largest are rounding or curvature; default 0.05. */
  tolerance?: number;
}

export interface PublishedTangentRankOptions {
  /** Neighbours of each point; default 8. */
  k?: number;
  /** D, the length of the weight vectors from which the rank was once computed, on which its tolerance depends. */
  parameters: number;
}

const FLOAT32_EPSILON = 2 ** -23;

/**
 * Dimension of the tangent space, by the rank of the k neighbour vectors xⱼ − xᵢ of each point, averaged over points:
 * the singular values above `tolerance` times the largest are counted. On random points of a flat d-dimensional
 * subspace it is exactly d for k of d and a few more.
 */
export function tangentRank(points: Points, options: TangentRankOptions = {}): DimensionEstimate {
  const { k = 8, tolerance = 0.05 } = options;
  if (!(tolerance > 0 && tolerance < 1)) {
    throw new RangeError(`The tolerance is ${tolerance}; give a number between 0 and 1.`);
  }
  return averageRank(points, k, tolerance, true);
}

/**
 * The rank as Chen & Saidi (2023) computed it, for reproducing their table 1: of the neighbours' positions themselves,
 * not of their differences to the point, with the tolerance that SciPy's `orth` takes for a float32 matrix with the
 * weight vectors as columns: 2⁻²³ max(D, k), which is 0.0485 for D = 407,050, and above 1 from D = 8.4 million on, where every rank is 0. Without the subtraction the exact rank of
 * neighbours in a d-dimensional affine subspace is d + 1; the published 1.00 and 1.82 are what this tolerance makes of it.
 *
 * Where several neighbours are equally far, as in a tiling, which of them are taken moves the second decimal.
 *
 * The positions count from zero: give an embedding of the Gram matrix of the anchors themselves, not of their differences.
 */
export function publishedTangentRank(
  points: Points,
  options: PublishedTangentRankOptions,
): DimensionEstimate {
  const { k = 8, parameters } = options;
  if (!(Number.isInteger(parameters) && parameters >= 1)) {
    throw new RangeError(
      `The number of parameters is ${parameters}; give the length D of the weight vectors, a whole number from 1.`,
    );
  }
  return averageRank(points, k, FLOAT32_EPSILON * Math.max(parameters, k), false);
}

function averageRank(points: Points, k: number, tolerance: number, centred: boolean): DimensionEstimate {
  const { dimension: r, points: x } = points;
  const { indices } = nearestNeighbours(points, k);
  const vectors = new Float64Array(k * r);
  const perPoint = new Float64Array(x.length / r).map((_, i) => {
    for (let j = 0; j < k; j++) {
      const neighbour = indices[i * k + j] * r;
      for (let d = 0; d < r; d++) vectors[j * r + d] = x[neighbour + d] - (centred ? x[i * r + d] : 0);
    }
    return rank(vectors, k, r, tolerance);
  });
  return { estimate: mean(perPoint), perPoint, details: { tolerance } };
}

/** How many singular values of a rows × columns matrix are above `tolerance` times the largest. */
function rank(matrix: Float64Array, rows: number, columns: number, tolerance: number): number {
  // The squares of the singular values are known to 1e-16 of the largest square: enough for all but tiny tolerances.
  if (tolerance < 1e-6) {
    const wide = Matrix.from1DArray(rows, columns, matrix);
    const svd = new SVD(wide, {
      autoTranspose: true,
      computeLeftSingularVectors: false,
      computeRightSingularVectors: false,
    });
    return countAbove(svd.diagonal, tolerance);
  }
  const squares = new EigenvalueDecomposition(smallerProduct(matrix, rows, columns), {
    assumeSymmetric: true,
  });
  return countAbove(squares.realEigenvalues, tolerance ** 2);
}

/** A Aᵀ or Aᵀ A, the one with fewer rows; both have the squared singular values of A as eigenvalues. */
function smallerProduct(a: Float64Array, rows: number, columns: number): Matrix {
  const size = Math.min(rows, columns);
  const [step, along, length] = rows < columns ? [columns, 1, columns] : [1, columns, rows];
  const product = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let d = 0; d < length; d++) sum += a[i * step + d * along] * a[j * step + d * along];
      product.set(i, j, sum);
      product.set(j, i, sum);
    }
  }
  return product;
}

function countAbove(values: number[], share: number): number {
  const threshold = share * Math.max(...values);
  return values.filter((value) => value > threshold).length;
}
