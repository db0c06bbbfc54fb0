import { allocateVector, combine, dots, releaseVector } from "../engine/index.ts";
import { PointwiseLandscape } from "./wedge/pointwise.ts";

/**
 * The toy problem of Li et al. 2018 (section 2): the parameters are in groups of equal size, and those of group g, from 1,
 * shall sum to g; the loss is the sum of the squared errors. As many equations as groups: the intrinsic dimension is their
 * number. Owns native memory: dispose of it.
 */
export class GroupSums extends PointwiseLandscape {
  readonly size: number;
  /** 1 in a group, 0 elsewhere. */
  private readonly groups: readonly Float32Array[];

  /**
   * @param size D
   * @throws RangeError where the parameters are not in groups of equal size
   */
  constructor(size = 1000, groups = 10) {
    super();
    const each = size / groups;
    if (!Number.isInteger(each) || each < 1) {
      throw new RangeError(
        `${groups} groups of ${size} parameters were asked for; give a divisor of their number.`,
      );
    }
    this.size = size;
    this.groups = Array.from({ length: groups }, (_, g) =>
      allocateVector(size).fill(1, g * each, (g + 1) * each),
    );
  }

  protected value(theta: Float32Array): number {
    return this.errors(theta).reduce((sum, error) => sum + error ** 2, 0);
  }

  protected valueAndGradient(theta: Float32Array, gradient: Float32Array): number {
    const errors = this.errors(theta);
    combine(
      gradient,
      this.groups,
      errors.map((error) => 2 * error),
    );
    return errors.reduce((sum, error) => sum + error ** 2, 0);
  }

  protected hessian() {
    return (vector: Float32Array, product: Float32Array) =>
      combine(
        product,
        this.groups,
        dots(this.groups, vector).map((sum) => 2 * sum),
      );
  }

  private errors(theta: Float32Array): Float64Array {
    return dots(this.groups, theta).map((sum, g) => sum - (g + 1));
  }

  [Symbol.dispose](): void {
    releaseVector(...this.groups);
  }
}
