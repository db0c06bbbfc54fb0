import { allocateVector, combine, gram, releaseVector } from "../engine/index.ts";

/**
 * The vectors whose combinations θ = Σ cᵢ Aᵢ make up a subspace: m anchors of D parameters each, in the vector
 * memory. Dispose of it to give the memory back.
 */
export class Span implements Disposable {
  readonly anchors: readonly Float32Array[];

  constructor(anchors: readonly Float32Array[]) {
    if (anchors.length === 0) throw new Error("A span needs at least one anchor.");
    this.anchors = anchors;
  }

  /** A span with its own copies of the given vectors (or zeros, where only a count is given). */
  static of(vectors: readonly Float32Array[]): Span {
    return new Span(
      vectors.map((vector) => {
        const anchor = allocateVector(vector.length);
        anchor.set(vector);
        return anchor;
      }),
    );
  }

  /** D */
  get size(): number {
    return this.anchors[0].length;
  }

  /** Writes the point with coefficients c (length m) into `out` (length D, in the vector memory). */
  point(c: ArrayLike<number>, out: Float32Array): void {
    combine(out, this.anchors, c);
  }

  /**
   * Gram matrix of the anchors minus the anchor `origin`, in float64. Differences of points whose coefficients have
   * the same sum (all points of an affine subspace) have the same inner products as without the origin, at far
   * better precision. Without `origin`: inner products of the anchors themselves.
   */
  gram(origin?: number): { size: number; values: Float64Array } {
    const values = gram(this.anchors, origin === undefined ? undefined : this.anchors[origin]);
    return { size: this.anchors.length, values };
  }

  [Symbol.dispose](): void {
    releaseVector(...this.anchors);
  }
}
