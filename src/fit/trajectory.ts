import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { allocateVector, combine, dot, gram, type Rng, releaseVector } from "../engine/index.ts";
import type { FitOptions } from "./training.ts";

/** Vectors θ = mean + Σ z_j directions_j. Owns native memory: dispose of it. */
export interface DirectionSubspace extends Disposable {
  /** [D] */
  readonly mean: Float32Array;
  /** K vectors [D], not of length 1: a step of 1 in z_j is as long as they are. */
  readonly directions: readonly Float32Array[];
}

/**
 * Where a training went: the running mean of its epochs (stochastic weight averaging) and their last deviations from it
 * (SWAG; Maddox et al. 2019). Hand `onEpoch` to the training, alone or called from a hook of your own. Owns native memory.
 */
export class Trajectory implements Disposable {
  readonly #from: number;
  readonly #most: number;
  readonly mean: Float32Array;
  #deviations: Float32Array[] = [];
  #count = 0;

  /**
   * @param size D
   * @param options.from first epoch that counts, from 1
   * @param options.most deviations that are kept, the last ones; default 20, as in the published library
   */
  constructor(size: number, { from, most = 20 }: { from: number; most?: number }) {
    if (!Number.isInteger(most) || most < 2) {
      throw new RangeError(`${most} deviations were asked for; give a whole number from 2.`);
    }
    this.#from = from;
    this.#most = most;
    this.mean = allocateVector(size);
  }

  /** Epochs collected. */
  get count(): number {
    return this.#count;
  }

  /** Deviations θ − (mean up to then, θ included), oldest first. */
  get deviations(): readonly Float32Array[] {
    return this.#deviations;
  }

  /** The hook of a training of one vector. */
  readonly onEpoch: NonNullable<FitOptions["onEpoch"]> = ({ epoch }, { anchors }) => {
    if (epoch >= this.#from) this.collect(anchors[0]);
  };

  /** Takes in a parameter vector [D] in the vector memory. */
  collect(theta: Float32Array): void {
    const n = this.#count++;
    combine(this.mean, [this.mean, theta], [n / (n + 1), 1 / (n + 1)]);
    const full = this.#deviations.length === this.#most;
    const deviation = full ? (this.#deviations.shift() as Float32Array) : allocateVector(theta.length);
    combine(deviation, [theta, this.mean], [1, -1]);
    this.#deviations.push(deviation);
  }

  [Symbol.dispose](): void {
    releaseVector(this.mean, ...this.#deviations);
    this.#deviations = [];
  }
}

/** A principal direction whose squared length is a smaller share of the largest is rounding of float32. */
const NEGLIGIBLE = 1e-10;

/**
 * The subspace of the first principal components of a training (Izmailov et al. 2020, section 4.2): through the mean, with
 * the directions s_i v_i of the singular values and right singular vectors of the deviations / √(their number − 1), which
 * is a standard deviation of the trajectory along each. They are not centred again.
 *
 * @param rank K; fewer directions where the deviations span less
 * @throws RangeError where nothing was collected that differs
 */
export function principalSubspace({ mean, deviations }: Trajectory, rank: number): DirectionSubspace {
  const n = deviations.length;
  if (!Number.isInteger(rank) || rank < 1 || rank > n) {
    throw new RangeError(
      `${rank} principal directions of ${n} deviations were asked for; give a whole number from 1 to ${n}, or collect more epochs.`,
    );
  }
  const products = Matrix.from1DArray(n, n, gram(deviations));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(products, {
    assumeSymmetric: true,
  });
  const largest = Math.max(...realEigenvalues);
  const kept = realEigenvalues
    .map((value, i) => ({ value, vector: eigenvectorMatrix.getColumn(i) }))
    .filter(({ value }) => value > NEGLIGIBLE * largest)
    .sort((a, b) => b.value - a.value)
    .slice(0, rank);
  if (kept.length === 0) {
    throw new RangeError(
      "All epochs of the training are one point; train at a rate above 0, or collect more epochs.",
    );
  }
  return made(mean, (allocate) =>
    kept.map(({ vector }) => {
      const direction = allocate();
      // X = U S Vᵀ, so that uᵀ X = s vᵀ.
      combine(
        direction,
        deviations,
        vector.map((u) => u / Math.sqrt(n - 1)),
      );
      return direction;
    }),
  );
}

/** A subspace of random directions of length 1, normal in each parameter before (Izmailov et al. 2020, section 4.1). */
export function randomSubspace(mean: Float32Array, rank: number, rng: Rng): DirectionSubspace {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`${rank} random directions were asked for; give a whole number from 1.`);
  }
  return made(mean, (allocate) =>
    Array.from({ length: rank }, (_, j) => {
      const direction = allocate();
      direction.set(rng.foldIn(j).normal(mean.length));
      combine(direction, [direction], [1 / Math.sqrt(dot(direction, direction))]);
      return direction;
    }),
  );
}

/**
 * The plane of a curve between two optima (Izmailov et al. 2020, section 4.3, code): through the mean of the ends w₀, w₂
 * and the curve's middle w₁, with directions u / √3 and v / 1.5, where u = w₂ − w₀ and v is the part of w₁ − w₀ at right
 * angles to it. Where the middle lies above that of the ends, the three points are z = (∓√3/2, −½) and (0, 1), an equilateral
 * triangle.
 *
 * @param middle the point B(½) of the curve, not the control point
 * @throws RangeError where the three lie on a line
 */
export function curveSubspace(w0: Float32Array, middle: Float32Array, w2: Float32Array): DirectionSubspace {
  const average = allocateVector(w0.length);
  combine(average, [w0, middle, w2], [1 / 3, 1 / 3, 1 / 3]);
  try {
    return made(average, (allocate) => {
      const [u, v] = [allocate(), allocate()];
      combine(u, [w2, w0], [1, -1]);
      combine(v, [middle, w0], [1, -1]);
      const whole = dot(v, v);
      combine(v, [v, u], [1, -dot(u, v) / dot(u, u)]);
      if (!(dot(v, v) > NEGLIGIBLE * whole)) {
        throw new RangeError(
          "The curve is straight, and so has no plane; give one with a middle beside the line.",
        );
      }
      combine(u, [u], [1 / Math.sqrt(3)]);
      combine(v, [v], [1 / 1.5]);
      return [u, v];
    });
  } finally {
    releaseVector(average);
  }
}

/** A subspace with a copy of its mean, whose vectors are released if making them fails. */
function made(
  source: Float32Array,
  make: (allocate: () => Float32Array) => Float32Array[],
): DirectionSubspace {
  const all: Float32Array[] = [];
  const allocate = () => {
    const vector = allocateVector(source.length);
    all.push(vector);
    return vector;
  };
  try {
    const mean = allocate();
    mean.set(source);
    const directions = make(allocate);
    return { mean, directions, [Symbol.dispose]: () => releaseVector(...all) };
  } catch (error) {
    releaseVector(...all);
    throw error;
  }
}
