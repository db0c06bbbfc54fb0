import { allocateVector, dot, type Rng, releaseVector } from "../../engine/index.ts";
import type { WorkOptions } from "../../landscape/index.ts";
import { type MeanInterval, meanInterval } from "../paired.ts";
import type { SymmetricOperator } from "./operator.ts";
import { randomSigns } from "./random-signs.ts";

/** Estimates from products with random signs, with their standard errors over the probes. */
export interface TraceEstimate {
  /** Tr A, the mean of zᵀ A z. */
  trace: MeanInterval;
  /** ‖A‖² (Frobenius), the mean of |A z|². */
  squaredNorm: MeanInterval;
}

/** Vectors that share one call. */
const TOGETHER = 4;

/**
 * Trace and Frobenius norm of a symmetric matrix by Hutchinson's estimator: z of signs ±1 has E z zᵀ = 1 (Hutchinson 1989).
 * The trace of a diagonal matrix is exact from one probe.
 *
 * @param probes at least 1; a standard error needs 2
 */
export async function hutchinson(
  operator: SymmetricOperator,
  probes: number,
  rng: Rng,
  { signal, onProgress }: WorkOptions = {},
): Promise<TraceEstimate> {
  const { size } = operator;
  const together = Math.min(TOGETHER, probes);
  const vectors = Array.from({ length: together }, () => allocateVector(size));
  const products = vectors.map(() => allocateVector(size));
  const [traces, squares]: number[][] = [[], []];
  try {
    for (let done = 0; done < probes; done += together) {
      const used = vectors.slice(0, probes - done);
      for (const [i, vector] of used.entries()) vector.set(randomSigns(size, rng.foldIn(done + i)));
      await operator.multiply(used, products.slice(0, used.length), { signal });
      for (const [i, vector] of used.entries()) {
        traces.push(dot(vector, products[i]));
        squares.push(dot(products[i], products[i]));
      }
      onProgress?.(traces.length / probes);
    }
  } finally {
    releaseVector(...vectors, ...products);
  }
  return { trace: meanInterval(traces), squaredNorm: meanInterval(squares) };
}
