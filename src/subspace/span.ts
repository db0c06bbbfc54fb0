import { allocateVector, combine, gram, rectify, releaseVector } from "../engine/index.ts";
import { type CoefficientMap, coefficientMatrix } from "./coefficient-map.ts";

/** A stretch of the parameter vector with coefficients of its own. */
export interface Part {
  offset: number;
  size: number;
  /** Which coefficients it takes: those from group · m on, m the number of anchors. */
  group: number;
  /** Whether a ReLU follows (the published shallow neural curve); default false. */
  rectified?: boolean;
}

/**
 * The vectors whose combinations θ = Σ cᵢ Aᵢ make up a subspace: m anchors of D parameters each, in the vector
 * memory. Dispose of it to give the memory back.
 *
 * With `parts` the parameter vector falls into groups, such as the layers of a network, each with its own m
 * coefficients: θ_g = Σ c_{g,i} A_{i,g}. That is a span of (groups · m) vectors of which each is zero outside of its
 * group; they are not stored as such, but coefficients, Gram matrices and all geometry are those of that span.
 */
export class Span implements Disposable {
  readonly anchors: readonly Float32Array[];
  readonly parts?: readonly Part[];
  /** Coefficients of a point: m, or groups · m. */
  readonly terms: number;

  constructor(anchors: readonly Float32Array[], parts?: readonly Part[]) {
    if (anchors.length === 0) throw new Error("A span needs at least one anchor.");
    this.anchors = anchors;
    this.parts = parts;
    this.terms = anchors.length * (1 + Math.max(0, ...(parts ?? []).map(({ group }) => group)));
  }

  /** A span with its own copies of the given vectors. */
  static of(vectors: readonly Float32Array[], parts?: readonly Part[]): Span {
    const copies = vectors.map((vector) => {
      const anchor = allocateVector(vector.length);
      anchor.set(vector);
      return anchor;
    });
    return new Span(copies, parts);
  }

  /** D */
  get size(): number {
    return this.anchors[0].length;
  }

  /** Writes the point with coefficients c (length `terms`) into `out` (length D, in the vector memory). */
  point(c: ArrayLike<number>, out: Float32Array): void {
    if (c.length !== this.terms) {
      throw new RangeError(`${c.length} coefficients were given; a point of this span has ${this.terms}.`);
    }
    if (!this.parts) {
      combine(out, this.anchors, c);
      return;
    }
    const m = this.anchors.length;
    for (const { offset, size, group, rectified } of this.parts) {
      const piece = allocateVector(size);
      combine(
        piece,
        this.anchors.map((anchor) => anchor.subarray(offset, offset + size)),
        Array.from({ length: m }, (_, i) => c[group * m + i]),
      );
      if (rectified) rectify(piece);
      out.set(piece, offset);
      releaseVector(piece);
    }
  }

  /**
   * Gram matrix of the anchors minus the anchor `origin`, in float64. Differences of points whose coefficients have
   * the same sum (all points of an affine subspace) have the same inner products as without the origin, at far
   * better precision. Without `origin`: inner products of the anchors themselves.
   *
   * @throws for parts that are rectified, since their points are not in the span (`materialise` them)
   */
  gram(origin?: number): { size: number; values: Float64Array } {
    const m = this.anchors.length;
    if (!this.parts) {
      const values = gram(this.anchors, origin === undefined ? undefined : this.anchors[origin]);
      return { size: m, values };
    }
    if (this.parts.some(({ rectified }) => rectified)) {
      throw new RangeError("The points of a rectified curve are not in its span; materialise them first.");
    }
    const values = new Float64Array(this.terms * this.terms);
    for (const { offset, size, group } of this.parts) {
      const pieces = this.anchors.map((anchor) => anchor.subarray(offset, offset + size));
      const block = gram(pieces, origin === undefined ? undefined : pieces[origin]);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < m; j++) values[(group * m + i) * this.terms + group * m + j] += block[i * m + j];
      }
    }
    return { size: this.terms, values };
  }

  /** The Gram matrix to measure differences of points with: minus the first anchor where coefficients sum to 1. */
  differences(): { size: number; values: Float64Array } {
    return this.parts ? this.gram() : this.gram(0);
  }

  [Symbol.dispose](): void {
    releaseVector(...this.anchors);
  }
}

/**
 * The points of a subspace as the anchors of a span of their own, which costs n · D numbers: for a plane through a few of
 * them, or where they do not lie in the span.
 *
 * @param zs coordinates of n points, n × k row-major
 */
export function materialise(span: Span, map: CoefficientMap, zs: ArrayLike<number>): Span {
  const c = coefficientMatrix(map, zs);
  const points = Array.from({ length: c.length / span.terms }, (_, p) => {
    const theta = allocateVector(span.size);
    span.point(c.subarray(p * span.terms, (p + 1) * span.terms), theta);
    return theta;
  });
  return new Span(points);
}
