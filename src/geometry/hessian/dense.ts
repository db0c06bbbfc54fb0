import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { allocateVector, releaseVector } from "../../engine/index.ts";
import type { WorkOptions } from "../../landscape/index.ts";
import type { SymmetricOperator } from "./operator.ts";

/** Largest matrix that is formed; its decomposition takes some minutes. */
export const LARGEST_DENSE = 2000;
const TOGETHER = 16;

/**
 * The whole matrix of a small operator, D × D, from its products with the unit vectors; symmetric: entries on both sides of
 * the diagonal, which differ by rounding, are averaged.
 *
 * @throws RangeError where D is above 2000
 */
export async function denseMatrix(
  operator: SymmetricOperator,
  { signal, onProgress }: WorkOptions = {},
): Promise<Matrix> {
  const { size } = operator;
  if (size > LARGEST_DENSE) {
    throw new RangeError(
      `A dense matrix of ${size} dimensions was asked for; at most ${LARGEST_DENSE} are formed, so take Lanczos's iteration.`,
    );
  }
  const matrix = new Matrix(size, size);
  const vectors = Array.from({ length: Math.min(TOGETHER, size) }, () => allocateVector(size));
  const products = vectors.map(() => allocateVector(size));
  try {
    for (let first = 0; first < size; first += vectors.length) {
      const used = vectors.slice(0, size - first);
      for (const [i, vector] of used.entries()) vector.fill(0)[first + i] = 1;
      await operator.multiply(used, products.slice(0, used.length), { signal });
      for (const i of used.keys()) matrix.setRow(first + i, products[i]);
      onProgress?.((first + used.length) / size);
    }
  } finally {
    releaseVector(...vectors, ...products);
  }
  return matrix.add(matrix.transpose()).mul(0.5);
}

/** All eigenvalues of a small operator by falling value; see {@link denseMatrix}. */
export async function denseSpectrum(
  operator: SymmetricOperator,
  options?: WorkOptions,
): Promise<Float64Array> {
  const matrix = await denseMatrix(operator, options);
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return Float64Array.from(realEigenvalues).sort().reverse();
}
