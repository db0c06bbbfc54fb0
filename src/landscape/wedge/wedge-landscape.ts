import { allocateVector, combine, dots, Rng, releaseVector, smallestComponents } from "../../engine/index.ts";
import type { Landscape } from "../landscape.ts";
import { randomOrthonormal } from "./orthonormal.ts";
import { PointwiseLandscape } from "./pointwise.ts";
import { AxisShortSpace, type ShortSpace, TurnedShortSpace } from "./short-space.ts";
import { shrink, squaredLength, WedgeIntersection } from "./wedge-intersection.ts";
import { checkWedges, type WedgeSpec } from "./wedge-spec.ts";

/**
 * The toy landscape of "Large Scale Structure" (section 3.2): the distance to the nearest of many wedges, or half its square.
 *
 * For all tuples of the axes it is the length of the s smallest components of θ, found by selection in O(D). The Hessian is
 * that of the nearest wedge. Owns native memory where the wedges are not along the axes: dispose of it.
 */
export class WedgeLandscape extends PointwiseLandscape {
  readonly spec: WedgeSpec;
  /** Of each explicit wedge; none of all tuples. */
  readonly spaces: readonly ShortSpace[];
  /** Columns of the rotation, if all tuples are turned. */
  private readonly rotation?: readonly Float32Array[];
  private readonly scratch: Float32Array;
  private readonly part: Float32Array;
  private readonly halfWidth: number;
  private readonly halfSquare: boolean;

  /** @throws RangeError where there are no such wedges */
  constructor(spec: WedgeSpec) {
    super();
    checkWedges(spec);
    this.spec = spec;
    this.halfWidth = spec.halfWidth ?? 0;
    this.halfSquare = (spec.objective ?? "half-square") === "half-square";
    const { kind, dimension, short, wedges = 0, turned } = spec;
    const rng = Rng.fromSeed(spec.seed).split("wedges");
    this.spaces = Array.from({ length: kind === "all-tuples" ? 0 : wedges }, (_, k) =>
      kind === "axes"
        ? new AxisShortSpace(rng.foldIn(k).permutation(dimension).slice(0, short).sort(), dimension)
        : new TurnedShortSpace(randomOrthonormal(short, dimension, rng.foldIn(k))),
    );
    if (turned) this.rotation = randomOrthonormal(dimension, dimension, rng.split("rotation"));
    this.scratch = allocateVector(dimension);
    this.part = allocateVector(dimension);
  }

  /** D */
  get size(): number {
    return this.spec.dimension;
  }

  /** Distances of θ to the explicit wedges, [K]. */
  distances(theta: Float32Array): Float64Array {
    this.checkExplicit("distances to each wedge are");
    return Float64Array.from(this.spaces, (space) => Math.sqrt(this.squaredDistance(space, theta)));
  }

  /** Number of the explicit wedge nearest to θ. */
  nearest(theta: Float32Array): number {
    this.checkExplicit("the nearest of several wedges is");
    let [least, found] = [Number.POSITIVE_INFINITY, 0];
    for (let k = 0; k < this.spaces.length; k++) {
      const square = this.squaredDistance(this.spaces[k], theta);
      if (square < least) [least, found] = [square, k];
    }
    return found;
  }

  /**
   * The short space of the wedge nearest to θ. That of all tuples is made anew.
   * @throws RangeError for all tuples behind a rotation, whose short directions are no axes: see `shortDirections`
   */
  shortSpace(theta: Float32Array): ShortSpace {
    if (this.spec.kind !== "all-tuples") return this.spaces[this.nearest(theta)];
    if (this.rotation) {
      const chosen = this.smallestAxes(this.turn(theta));
      const { rotation } = this;
      return new TurnedShortSpace(
        Array.from(chosen, (i) => {
          const copy = allocateVector(this.size);
          copy.set(rotation[i]);
          return copy;
        }),
      );
    }
    return new AxisShortSpace(this.smallestAxes(theta), this.size);
  }

  /**
   * Half the sum of squared distances to several wedges: to the explicit ones of these numbers, or to those with these short
   * spaces. It lives no longer than this landscape.
   */
  intersection(wedges: readonly (number | ShortSpace)[]): Landscape {
    const spaces = wedges.map((wedge) => (typeof wedge === "number" ? this.spaces[wedge] : wedge));
    const missing = spaces.indexOf(undefined as never);
    if (missing >= 0) {
      throw new RangeError(
        `There is no wedge ${wedges[missing]}; this landscape has ${this.spaces.length} explicit ones, numbered from 0.`,
      );
    }
    return new WedgeIntersection(this.size, spaces, this.halfWidth);
  }

  protected value(theta: Float32Array): number {
    return this.fromSquare(this.squaredAt(theta));
  }

  protected valueAndGradient(theta: Float32Array, gradient: Float32Array): number {
    const { spec, halfWidth, rotation } = this;
    let square: number;
    if (spec.kind === "all-tuples") {
      if (rotation) {
        square = smallestComponents(this.turn(theta), spec.short, halfWidth, this.part);
        combine(gradient, rotation, this.part);
      } else square = smallestComponents(theta, spec.short, halfWidth, gradient);
    } else {
      const space = this.spaces[this.nearest(theta)];
      const outside = this.outside(space, theta);
      square = squaredLength(outside);
      gradient.fill(0);
      space.addCombination(gradient, outside, 1);
    }
    const value = this.fromSquare(square);
    // On a wedge the distance has no gradient; 0 is one of its subgradients.
    if (!this.halfSquare && value > 0) combine(gradient, [gradient], [1 / value]);
    return value;
  }

  protected hessian(theta: Float32Array) {
    const space = this.shortSpace(theta);
    const { halfWidth, halfSquare } = this;
    const outside = this.outside(space, theta);
    const curved = outside.map((x) => Number(halfWidth === 0 || x !== 0));
    const length = Math.sqrt(squaredLength(outside));
    return (vector: Float32Array, product: Float32Array) => {
      const along = space.coordinates(vector).map((x, j) => x * curved[j]);
      if (!halfSquare) {
        // The Hessian of a length is the projection across its direction, over the length.
        const radial = along.reduce((sum, x, j) => sum + x * outside[j], 0) / length ** 2;
        along.forEach((x, j) => {
          along[j] = (x - radial * outside[j]) / length;
        });
      }
      product.fill(0);
      space.addCombination(product, along, 1);
    };
  }

  private squaredAt(theta: Float32Array): number {
    const { spec, halfWidth } = this;
    if (spec.kind === "all-tuples") {
      return smallestComponents(this.rotation ? this.turn(theta) : theta, spec.short, halfWidth);
    }
    return this.spaces.reduce(
      (least, space) => Math.min(least, this.squaredDistance(space, theta)),
      Number.POSITIVE_INFINITY,
    );
  }

  private outside(space: ShortSpace, theta: Float32Array): Float64Array {
    return shrink(space.coordinates(theta), this.halfWidth);
  }

  private squaredDistance(space: ShortSpace, theta: Float32Array): number {
    return squaredLength(this.outside(space, theta));
  }

  private fromSquare(square: number): number {
    return this.halfSquare ? square / 2 : Math.sqrt(square);
  }

  /** θ in the axes of the rotation. */
  private turn(theta: Float32Array): Float32Array {
    this.scratch.set(dots(this.rotation!, theta));
    return this.scratch;
  }

  /** Numbers of the s components of the smallest magnitude. */
  private smallestAxes(x: Float32Array): Int32Array {
    const order = Int32Array.from({ length: x.length }, (_, i) => i);
    order.sort((a, b) => Math.abs(x[a]) - Math.abs(x[b]) || a - b);
    return order.slice(0, this.spec.short).sort();
  }

  private checkExplicit(what: string): void {
    if (this.spec.kind === "all-tuples") {
      throw new RangeError(
        `${what} asked of all tuples, which are not stored; take the kind axes or rotated.`,
      );
    }
  }

  [Symbol.dispose](): void {
    for (const space of this.spaces) space[Symbol.dispose]();
    releaseVector(this.scratch, this.part, ...(this.rotation ?? []));
  }
}
