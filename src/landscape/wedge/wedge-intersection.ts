import { PointwiseLandscape } from "./pointwise.ts";
import type { ShortSpace } from "./short-space.ts";

/** Coordinates along short directions, in place, as far as they lie outside of a wedge of so much half width. */
export function shrink(coordinates: Float64Array, halfWidth: number): Float64Array {
  if (halfWidth === 0) return coordinates;
  for (let j = 0; j < coordinates.length; j++) {
    coordinates[j] = Math.sign(coordinates[j]) * Math.max(0, Math.abs(coordinates[j]) - halfWidth);
  }
  return coordinates;
}

/** Σ x² */
export function squaredLength(coordinates: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < coordinates.length; j++) sum += coordinates[j] * coordinates[j];
  return sum;
}

/**
 * Half the sum of the squared distances to several wedges, which is 0 where they all meet. With the distance to the nearest
 * one a descent stops on a single wedge, so that the short directions of their common points are only found with this.
 */
export class WedgeIntersection extends PointwiseLandscape {
  readonly size: number;
  private readonly spaces: readonly ShortSpace[];
  private readonly halfWidth: number;

  /** @param spaces of the wedges; they stay the caller's */
  constructor(size: number, spaces: readonly ShortSpace[], halfWidth = 0) {
    super();
    this.size = size;
    this.spaces = spaces;
    this.halfWidth = halfWidth;
  }

  private outside(space: ShortSpace, theta: Float32Array): Float64Array {
    return shrink(space.coordinates(theta), this.halfWidth);
  }

  protected value(theta: Float32Array): number {
    return this.spaces.reduce((sum, space) => sum + squaredLength(this.outside(space, theta)) / 2, 0);
  }

  protected valueAndGradient(theta: Float32Array, gradient: Float32Array): number {
    gradient.fill(0);
    let value = 0;
    for (const space of this.spaces) {
      const outside = this.outside(space, theta);
      value += squaredLength(outside) / 2;
      space.addCombination(gradient, outside, 1);
    }
    return value;
  }

  protected hessian(theta: Float32Array) {
    const { spaces, halfWidth } = this;
    // Inside of a wedge of some width the loss is flat.
    const curved = spaces.map((space) =>
      this.outside(space, theta).map((x) => Number(halfWidth === 0 || x !== 0)),
    );
    return (vector: Float32Array, product: Float32Array) => {
      product.fill(0);
      spaces.forEach((space, k) => {
        const along = space.coordinates(vector).map((x, j) => x * curved[k][j]);
        space.addCombination(product, along, 1);
      });
    };
  }

  /** The short spaces are not its own. */
  [Symbol.dispose](): void {}
}
