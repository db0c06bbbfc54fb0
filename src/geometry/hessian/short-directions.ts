import { meanInterval } from "../paired.ts";
import type { Lanczos } from "./lanczos.ts";

import { tridiagonalEigen } from "./tridiagonal.ts";

/** How many eigenvalues of a Hessian are above a threshold: short directions ("Large Scale Structure", section 4.2). */
export interface DirectionCount {
  threshold: number;
  count: number;
  /**
   * Of `count`, from the differences between probes and from what the quadrature leaves open: where the weight of Ritz values
   * around the threshold lies. 0 if exact, NaN of a single probe.
   */
  standardError: number;
  /** Counted one by one, from Ritz values on both sides of the threshold; otherwise estimated by quadrature. */
  exact: boolean;
}

/** A Ritz value has converged whose bound is less than this part of the threshold. */
const CONVERGED = 1e-3;

/**
 * The number of eigenvalues above a threshold, where Lanczos's iteration has settled it: where all Ritz values above have
 * converged and the next one below has, too. (The iteration finds eigenvalues from the outside in, so that none is missing;
 * that one occurs twice cannot be seen.) Or where an invariant space was complete that had none above, since a random vector
 * has a part along every eigenvector that is left.
 */
export function settledCount(
  { ritz, bounds, beta, starts, alpha, complete }: Lanczos,
  threshold: number,
): number | undefined {
  const below = ritz.findIndex((value) => value <= threshold);
  const count = below < 0 ? ritz.length : below;
  if (complete) return count;
  const start = starts[starts.length - 1];
  if (beta[beta.length - 1] === 0) {
    const last = tridiagonalEigen(alpha.subarray(start), beta.subarray(start));
    return last.values[0] <= threshold ? count : undefined;
  }
  // After a restart it is known that eigenvalues occur several times.
  if (start > 0 || below < 0) return undefined;
  const settled = ritz
    .subarray(0, below + 1)
    .every((value, i) => bounds[i] < Math.min(CONVERGED * threshold, Math.abs(value - threshold)));
  return settled ? count : undefined;
}

/**
 * Eigenvalues above each threshold: exact where one of the iterations settles it, and otherwise by stochastic Lanczos
 * quadrature, D Σ w over the Ritz values above, a mean over the probes (Ubaru, Chen and Saad 2017). One that has not
 * converged stands for eigenvalues around it, see `spread`.
 *
 * @param probes iterations from independent random starts
 */
export function countDirections(probes: readonly Lanczos[], thresholds: readonly number[]): DirectionCount[] {
  return thresholds.map((threshold) => {
    for (const probe of probes) {
      const count = settledCount(probe, threshold);
      if (count !== undefined) return { threshold, count, standardError: 0, exact: true };
    }
    const parts = probes.map((probe) => spread(probe, threshold));
    const above = meanInterval(parts.map((part) => part.above));
    const variance = meanInterval(parts.map((part) => part.variance)).mean;
    const standardError = Math.hypot(above.standardError, Math.sqrt(variance));
    return { threshold, count: above.mean, standardError, exact: false };
  });
}

/**
 * Eigenvalues above a threshold as one probe sees them. The weight of a Ritz value whose reach, by its bound, holds the
 * threshold is spread evenly over that reach, but only as much as a neighbour has: what it weighs more is a cluster that lies
 * at the Ritz value itself, such as the many zeros of a Hessian. The variance is that of parts of the spread weights, as of a
 * uniform distribution where half of one lies above.
 */
function spread({ size, ritz, bounds, weights }: Lanczos, threshold: number) {
  let [above, variance] = [0, 0];
  ritz.forEach((value, i) => {
    const whole = Number(value > threshold);
    const open = Math.abs(value - threshold) < bounds[i];
    const neighbour = Math.max(weights[i - 1] ?? 0, weights[i + 1] ?? 0);
    const loose = open ? Math.min(weights[i], neighbour) : 0;
    const part = open ? (value + bounds[i] - threshold) / (2 * bounds[i]) : whole;
    above += size * ((weights[i] - loose) * whole + loose * part);
    variance += ((size * loose) ** 2 * part * (1 - part)) / 3;
  });
  return { above, variance };
}
