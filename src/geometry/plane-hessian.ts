import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { allocateVector, dots, releaseVector } from "../engine/index.ts";
import type { Landscape, WorkOptions } from "../landscape/index.ts";
import type { RandomProjection } from "../subspace/index.ts";

/** A Hessian on a few directions, d × d, row-major, in float64. */
export interface PlaneHessian {
  dimension: number;
  values: Float64Array;
}

/** What tells the Goldilocks zone from what lies around it (Fort and Scherlis 2019). */
export interface PlaneMeasures {
  /** Tr(H) / ‖H‖ with the Frobenius norm: from −√d to √d, and 0 where H is 0. */
  traceRatio: number;
  /** Share of the eigenvalues above 0, in [0, 1]. */
  positive: number;
}

/** The directions of a projection, as d vectors of length D of the vector memory. */
export function columnsOf(projection: RandomProjection): Float32Array[] {
  const z = allocateVector(projection.dimension);
  const columns = Array.from({ length: projection.dimension }, (_, j) => {
    z.fill(0)[j] = 1;
    const column = allocateVector(projection.size);
    projection.expand(z, column);
    return column;
  });
  releaseVector(z);
  return columns;
}

/**
 * The Hessian of a loss on a plane, Pᵀ H P, by d products (Fort and Scherlis 2019).
 *
 * @param theta point of the plane, of length D, in the vector memory
 * @param columns of P, in the vector memory
 */
export async function planeHessian(
  landscape: Landscape,
  theta: Float32Array,
  columns: readonly Float32Array[],
  options: WorkOptions = {},
): Promise<PlaneHessian> {
  const d = columns.length;
  const products = columns.map(({ length }) => allocateVector(length));
  try {
    await landscape.hessianProducts(theta, columns, products, options);
    const values = new Float64Array(d * d);
    products.forEach((product, j) => {
      values.set(dots(columns, product), j * d);
    });
    // Products are float32: the two halves differ by rounding.
    return { dimension: d, values: symmetric(values, d) };
  } finally {
    releaseVector(...products);
  }
}

function symmetric(values: Float64Array, d: number): Float64Array {
  return values.map((value, k) => (value + values[(k % d) * d + Math.floor(k / d)]) / 2);
}

/** The same on the plane of the first few directions. */
export function leadingPlane({ dimension, values }: PlaneHessian, first: number): PlaneHessian {
  const own = new Float64Array(first * first);
  for (let i = 0; i < first; i++) own.set(values.subarray(i * dimension, i * dimension + first), i * first);
  return { dimension: first, values: own };
}

/** Measures of a Hessian on a plane. */
export function planeMeasures({ dimension, values }: PlaneHessian): PlaneMeasures {
  let trace = 0;
  for (let i = 0; i < dimension; i++) trace += values[i * dimension + i];
  const norm = Math.hypot(...values);
  if (norm === 0) return { traceRatio: 0, positive: 0 };
  const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(dimension, dimension, values), {
    assumeSymmetric: true,
  });
  return {
    traceRatio: trace / norm,
    positive: realEigenvalues.filter((value) => value > 0).length / dimension,
  };
}

/**
 * Tr(H_d)/‖H_d‖ on a random plane of d dimensions that is expected where Tr(H)/‖H‖ is T in the whole space:
 * 1/√(1/d + 1/T²), since the trace grows as d Tr(H)/D, the squared norm as d (Tr(H)/D)² + d² ‖H‖²/D².
 */
export const expectedTraceRatio = (dimension: number, whole: number): number =>
  1 / Math.sqrt(1 / dimension + 1 / whole ** 2);
