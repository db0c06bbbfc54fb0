import { allocateVector, axpy, combine, dot, releaseVector } from "../../engine/index.ts";
import type { RandomProjection } from "../../subspace/index.ts";

/**
 * Points θ(z) = θ₀ + P z of a random plane of d dimensions through θ₀ (Li et al. 2018, equation 2), or on a sphere, r times
 * their directions: the sphere of d dimensions about zero on which θ₀ lies (Fort and Scherlis 2019). Owns native memory:
 * dispose of it. The origin and the projection stay the caller's.
 */
export class RandomSubspace implements Disposable {
  readonly origin: Float32Array;
  readonly projection: RandomProjection;
  /** r = ‖θ₀‖ on a sphere. */
  private readonly radius?: number;
  private readonly scratch: Float32Array;

  /**
   * @param origin θ₀, of length D, in the vector memory
   * @param sphere whether points keep the norm of θ₀
   */
  constructor(origin: Float32Array, projection: RandomProjection, { sphere = false } = {}) {
    if (origin.length !== projection.size) {
      throw new RangeError(
        `An origin of ${origin.length} parameters was given for a projection into ${projection.size}; give one of that length.`,
      );
    }
    this.origin = origin;
    this.projection = projection;
    this.scratch = allocateVector(origin.length);
    if (sphere) {
      this.radius = lengthOf(origin);
      if (this.radius === 0)
        throw new RangeError("There is no sphere about zero through zero; give another origin.");
    }
  }

  /** d */
  get dimension(): number {
    return this.projection.dimension;
  }

  /** Writes θ(z) into `theta` (length D, in the vector memory); returns the factor that put it on the sphere, or 1. */
  place(z: Float32Array, theta: Float32Array): number {
    this.projection.expand(z, theta);
    axpy(theta, 1, this.origin);
    return this.ontoSphere(theta);
  }

  /** Moves a point of the plane, before it is put on the sphere, by P z; in place. */
  move(point: Float32Array, z: Float32Array): void {
    this.projection.expand(z, this.scratch);
    axpy(point, 1, this.scratch);
  }

  /** Puts a point of the plane on the sphere, if there is one, in place; returns the factor. */
  ontoSphere(point: Float32Array): number {
    if (this.radius === undefined) return 1;
    const factor = this.radius / lengthOf(point);
    combine(point, [point], [factor]);
    return factor;
  }

  /**
   * The gradient of z, Pᵀ ∂L/∂θ, into `out` (length d). On a sphere the part of the gradient along θ counts for nothing.
   *
   * @param theta θ(z)
   * @param factor what put it on the sphere
   * @param gradient ∂L/∂θ there
   */
  contract(theta: Float32Array, factor: number, gradient: Float32Array, out: Float32Array): void {
    if (this.radius === undefined) {
      this.projection.contract(gradient, out);
      return;
    }
    const along = dot(gradient, theta) / this.radius ** 2;
    combine(this.scratch, [gradient, theta], [factor, -factor * along]);
    this.projection.contract(this.scratch, out);
  }

  [Symbol.dispose](): void {
    releaseVector(this.scratch);
  }
}

const lengthOf = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
