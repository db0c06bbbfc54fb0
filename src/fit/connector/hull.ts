import { combine, dots, releaseVector } from "../../engine/index.ts";
import { orthonormalDifferences } from "../../geometry/index.ts";

/**
 * The flat hull of m + 1 optima, and through each of its points the hyperplane of dimension D − m at right angles to it
 * ("Large Scale Structure", sections 4.2 and 4.3). Owns native memory: dispose of it. The optima stay the caller's.
 */
export class Hull implements Disposable {
  readonly optima: readonly Float32Array[];
  /** Orthonormal, m of them. */
  private readonly frame: readonly Float32Array[];

  /**
   * @param optima m + 1 vectors of length D, in the vector memory
   * @throws RangeError where they are fewer than two, or depend on each other
   */
  constructor(optima: readonly Float32Array[]) {
    if (optima.length < 2) {
      throw new RangeError(`A connector of ${optima.length} optima was asked for; give two or more.`);
    }
    this.optima = optima;
    this.frame = orthonormalDifferences(optima);
    if (this.frame.length < optima.length - 1) {
      releaseVector(...this.frame);
      throw new RangeError(
        `The ${optima.length} optima lie in a hull of ${this.frame.length} dimensions instead of ${optima.length - 1}: one is given twice, or is a mixture of others.`,
      );
    }
  }

  /** Writes the point of the hull with these barycentric coefficients into `out`. */
  place(coefficients: ArrayLike<number>, out: Float32Array): void {
    combine(out, this.optima, coefficients);
  }

  /** Coordinates of a point along the hull, from zero: equal for all points of one hyperplane. */
  coordinates(point: Float32Array): Float64Array {
    return dots(this.frame, point);
  }

  /** Takes the part along the hull out of a direction, in place. */
  project(direction: Float32Array): void {
    this.move(direction, dots(this.frame, direction), -1);
  }

  /**
   * Moves a point back into the hyperplane with these coordinates, in place. A gradient without a part along the hull does
   * not keep Adam in the hyperplane, since it scales each component on its own.
   */
  restore(point: Float32Array, coordinates: Float64Array): void {
    const now = this.coordinates(point);
    this.move(
      point,
      now.map((x, j) => coordinates[j] - x),
      1,
    );
  }

  private move(vector: Float32Array, along: Float64Array, sign: 1 | -1): void {
    combine(vector, [vector, ...this.frame], [1, ...along.map((x) => sign * x)]);
  }

  [Symbol.dispose](): void {
    releaseVector(...this.frame);
  }
}

/** Coefficients of n points between two optima, evenly spaced: α = k/(n + 1) of the second one. */
export function linePoints(n: number): number[][] {
  return Array.from({ length: n }, (_, k) => {
    const alpha = (k + 1) / (n + 1);
    return [1 - alpha, alpha];
  });
}

/** Coefficients of the centre of m + 1 optima. */
export const centrePoint = (optima: number): number[] => new Array(optima).fill(1 / optima);

/** Coefficients of n points between an optimum and the centre, evenly spaced, from the optimum inwards. */
export function spokePoints(optima: number, from: number, n: number): number[][] {
  return Array.from({ length: n }, (_, k) => {
    const share = (k + 1) / (n + 1);
    return Array.from({ length: optima }, (_, j) => share / optima + (j === from ? 1 - share : 0));
  });
}
