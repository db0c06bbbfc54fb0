import { allocateVector, combine, dot, dots, type Rng, releaseVector } from "../../engine/index.ts";
import type { WorkOptions } from "../../landscape/index.ts";
import type { SymmetricOperator } from "./operator.ts";
import { randomSigns } from "./random-signs.ts";
import { tridiagonalEigen } from "./tridiagonal.ts";

/** The tridiagonal matrix T of k Lanczos steps, and what can be said of the eigenvalues of A from it. */
export interface Lanczos {
  /** D */
  size: number;
  /** Diagonal of T, k numbers. */
  alpha: Float64Array;
  /** beside it, and last the norm of what remains: k numbers; 0 where an invariant space was complete. */
  beta: Float64Array;
  /** Steps at which a space was begun: 0, and those after an invariant space was complete. */
  starts: number[];
  /** Eigenvalues of T by falling value. Each lies within its bound of an eigenvalue of A (Paige 1972). */
  ritz: Float64Array;
  bounds: Float64Array;
  /**
   * Weights of a Gauss quadrature of the density of the eigenvalues, seen from the first start: squared first entries of the
   * unit eigenvectors of T; 1 / D each where all eigenvalues are known.
   */
  weights: Float64Array;
  /**
   * Rounding in the products: the greatest norm of what a product had along vectors to which an exact one is orthogonal.
   * Eigenvalues of less than this mean nothing.
   */
  noise: number;
  /** Whether all D dimensions were gone through, so that the Ritz values are the eigenvalues. */
  complete: boolean;
}

export interface LanczosOptions extends WorkOptions {
  /** At most so many products. */
  steps: number;
  /** Whether to begin anew at right angles where an invariant space is complete; otherwise that ends it. */
  restarts?: boolean;
  /** Asked after every tenth step, and where an invariant space is complete: whether enough is known. */
  enough?: (soFar: Lanczos) => boolean;
}

/** What remains is rounding, of float32 products, where it is shorter than this part of the norms met so far. */
const INVARIANT = 2 ** -17;
const ASK_EVERY = 10;

/**
 * Lanczos's iteration with full re-orthogonalisation (twice, so that all vectors stay orthogonal in float32; the
 * coefficients are float64). From one random start it meets each eigenvalue once, however often it occurs, and the
 * outermost first. Where all that the start reaches is exhausted (2 steps where the Hessian is a projection, as on a wedge), it
 * begins anew with a random vector orthogonal to everything before, and so meets the others.
 *
 * @param rng of the start, signs ±1, and of each restart, normal numbers
 */
export async function lanczos(
  operator: SymmetricOperator,
  rng: Rng,
  { steps, restarts = false, enough, signal, onProgress }: LanczosOptions,
): Promise<Lanczos> {
  const { size } = operator;
  const most = Math.min(steps, size);
  const basis: Float32Array[] = [];
  const product = allocateVector(size);
  const [alpha, beta, starts]: number[][] = [[], [], []];
  let [scale, noise] = [0, 0];
  const found = () => ritzOf({ size, alpha, beta, starts, noise });
  try {
    basis.push(startVector(basis, size, rng.foldIn(0)));
    starts.push(0);
    while (true) {
      signal?.throwIfAborted();
      const v = basis[basis.length - 1];
      await operator.multiply([v], [product], { signal });
      const along = orthogonalise(product, basis);
      const rest = Math.sqrt(dot(product, product));
      alpha.push(along[along.length - 1]);
      noise = Math.max(noise, Math.hypot(...along.subarray(0, -2)));
      scale = Math.max(scale, Math.abs(alpha[alpha.length - 1]) + rest);
      if (!Number.isFinite(scale)) {
        throw new RangeError(
          "A Hessian-vector product is not finite; the parameters are not those of an optimum.",
        );
      }
      const closed = rest <= INVARIANT * scale;
      beta.push(closed ? 0 : rest);
      onProgress?.(alpha.length / most);
      if (alpha.length === most || (closed && !restarts)) return found();
      if ((closed || alpha.length % ASK_EVERY === 0) && enough?.(found())) return found();
      if (closed) {
        starts.push(alpha.length);
        basis.push(startVector(basis, size, rng.foldIn(starts.length - 1)));
      } else {
        const next = allocateVector(size);
        combine(next, [product], [1 / rest]);
        basis.push(next);
      }
    }
  } finally {
    releaseVector(product, ...basis);
  }
}

/**
 * A random unit vector orthogonal to the basis: signs, of which a trace is the exact mean, and to begin anew normal numbers,
 * since a few vectors of signs may depend on each other.
 */
function startVector(basis: readonly Float32Array[], size: number, rng: Rng): Float32Array {
  const start = allocateVector(size);
  start.set(basis.length === 0 ? randomSigns(size, rng) : rng.normal(size));
  normalise(start);
  orthogonalise(start, basis);
  normalise(start);
  return start;
}

const normalise = (x: Float32Array) => combine(x, [x], [1 / Math.sqrt(dot(x, x))]);

/** Takes away what x has along orthonormal vectors, twice, and returns that. */
function orthogonalise(x: Float32Array, basis: readonly Float32Array[]): Float64Array {
  const total = new Float64Array(basis.length);
  if (basis.length === 0) return total;
  for (let pass = 0; pass < 2; pass++) {
    const along = dots(basis, x);
    combine(x, [x, ...basis], [1, ...along.map((c) => -c)]);
    along.forEach((c, i) => {
      total[i] += c;
    });
  }
  return total;
}

function ritzOf(found: {
  size: number;
  alpha: number[];
  beta: number[];
  starts: number[];
  noise: number;
}): Lanczos {
  const { size, starts, noise } = found;
  const [alpha, beta] = [Float64Array.from(found.alpha), Float64Array.from(found.beta)];
  const { values, first, last } = tridiagonalEigen(alpha, beta);
  const remaining = beta[beta.length - 1];
  const complete = alpha.length === size;
  return {
    size,
    alpha,
    beta,
    starts: [...starts],
    ritz: values,
    bounds: last.map((y) => Math.abs(remaining * y)),
    weights: first.map((y) => (complete ? 1 / size : y * y)),
    noise,
    complete,
  };
}
