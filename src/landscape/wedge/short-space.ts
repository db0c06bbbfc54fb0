import { allocateVector, combine, dots, releaseVector } from "../../engine/index.ts";

/**
 * The space of the s short directions of one wedge. Vectors of D numbers lie in the vector memory.
 */
export interface ShortSpace extends Disposable {
  /** Coordinates of θ along the short directions, in float64. */
  coordinates(theta: Float32Array): Float64Array;
  /** out += scale · Σ coordinates[j] q_j */
  addCombination(out: Float32Array, coordinates: ArrayLike<number>, scale: number): void;
  /** The short directions, orthonormal: new vectors [D], the caller's. */
  directions(): Float32Array[];
}

/** Short directions along axes, given by their numbers. */
export class AxisShortSpace implements ShortSpace {
  readonly indices: Int32Array;
  private readonly dimension: number;

  constructor(indices: Int32Array, dimension: number) {
    this.indices = indices;
    this.dimension = dimension;
  }

  coordinates(theta: Float32Array): Float64Array {
    const { indices } = this;
    const coordinates = new Float64Array(indices.length);
    // Probes take these of a thousand points for twenty wedges, and Float64Array.from is ten times as slow.
    for (let j = 0; j < indices.length; j++) coordinates[j] = theta[indices[j]];
    return coordinates;
  }

  addCombination(out: Float32Array, coordinates: ArrayLike<number>, scale: number): void {
    const { indices } = this;
    for (let j = 0; j < indices.length; j++) out[indices[j]] += scale * coordinates[j];
  }

  directions(): Float32Array[] {
    return Array.from(this.indices, (index) => {
      const direction = allocateVector(this.dimension);
      direction[index] = 1;
      return direction;
    });
  }

  /** Numbers of axes own no native memory. */
  [Symbol.dispose](): void {}
}

/** Short directions q_j, orthonormal vectors [D], which it owns. */
export class TurnedShortSpace implements ShortSpace {
  private readonly vectors: readonly Float32Array[];

  constructor(vectors: readonly Float32Array[]) {
    this.vectors = vectors;
  }

  coordinates(theta: Float32Array): Float64Array {
    return dots(this.vectors, theta);
  }

  addCombination(out: Float32Array, coordinates: ArrayLike<number>, scale: number): void {
    combine(out, [out, ...this.vectors], [1, ...Array.from(coordinates, (c) => scale * c)]);
  }

  directions(): Float32Array[] {
    return this.vectors.map((vector) => {
      const copy = allocateVector(vector.length);
      copy.set(vector);
      return copy;
    });
  }

  [Symbol.dispose](): void {
    releaseVector(...this.vectors);
  }
}
