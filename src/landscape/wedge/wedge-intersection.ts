import { PointwiseLandscape } from "./pointwise.ts";
import type { ShortSpace } from "./short-space.ts";

/** A coordinate along a short direction, as far as it lies outside of the wedge. */
export const shrunk = (x: number, halfWidth: number): number =>
  halfWidth === 0 ? x : Math.sign(x) * Math.max(0, Math.abs(x) - halfWidth);

/** Σ x² */
export const squaredLength = (coordinates: Float64Array): number =>
  coordinates.reduce((sum, x) => sum + x * x, 0);

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
    return space.coordinates(theta).map((x) => shrunk(x, this.halfWidth));
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
      space.coordinates(theta).map((x) => Number(halfWidth === 0 || shrunk(x, halfWidth) !== 0)),
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
