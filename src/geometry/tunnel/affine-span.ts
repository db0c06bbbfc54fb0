import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { affine, type CoefficientMap } from "../../subspace/index.ts";
import { type Embedding, place } from "../embedding.ts";
import type { Gram } from "../gram.ts";

/**
 * How coordinates φ of an affine span measure distances. `published`: divided by the singular values of the centred
 * anchors (Dold et al. 2025, code). `euclidean`: as in weight space.
 */
export type SpanMetric = "published" | "euclidean";

/** The affine span of m anchors, with coordinates φ ∈ R^K. */
export interface AffineSpan {
  /** `directions`: in given directions of any lengths, see `directionSpan`. */
  readonly metric: SpanMetric | "directions";
  /** Of the anchors minus their mean, falling, in weight-space distance; K of them. With `directions` their lengths. */
  readonly singularValues: Float64Array;
  /** The places φ of the anchors, m × K; each column sums to 0, and columns are orthogonal but with `directions`. */
  readonly places: Embedding;
  /** From φ to the coefficients of the anchors, which sum to 1: c(φ) = 1/m + Σ φ_j axes_j. */
  readonly map: CoefficientMap;
  /** ∂c/∂φ, K × m, row-major. */
  readonly axes: Float64Array;
}

/** What is thinner than this fraction of the largest singular value is rounding of float32 anchors. */
const NEGLIGIBLE = 1e-6;

/**
 * Coordinates of the affine span of the anchors, from the eigenvectors U and the eigenvalues σ² of their centred Gram
 * matrix; anchors of a million parameters cost no more than those of two. With Π = diag(σ) Vᵀ of the centred anchors
 * UΣVᵀ, `published` coordinates are θ = φ Π + mean, in which the anchors lie at the rows of U (Dold et al. 2025, code,
 * `OrthoSpan`). `euclidean` ones are θ = φ Vᵀ + mean, in which they lie at the rows of UΣ.
 *
 * Where the anchors are independent, U Uᵀ = I − 1/m whatever they are: the published metric sees every set of control
 * points as the vertices of the same regular simplex of side √2, and every Bézier curve of degree K as the same curve.
 *
 * There are K = m − 1 dimensions, and fewer where the anchors are thinner in some direction than 1e-6 of the largest
 * extent (repeated or collinear control points). The sign of a coordinate is such that it rises from the first anchor to
 * the last; coordinates with equal singular values are defined up to a rotation among them. Distances and tunnels do
 * not depend on either.
 *
 * @param gram of the anchors, best minus one of them (`span.gram(0)`), or digits are lost
 * @throws where numbers are not finite, or all anchors are one point
 */
export function affineSpan(gram: Gram, metric: SpanMetric = "published"): AffineSpan {
  const m = gram.size;
  if (!gram.values.every(Number.isFinite)) {
    throw new RangeError(
      "The Gram matrix holds numbers that are not finite; look for anchors that have diverged.",
    );
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(centredAtMean(gram), {
    assumeSymmetric: true,
  });
  const largest = Math.max(...realEigenvalues);
  const largestProduct = gram.values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (!(largest > m * Number.EPSILON * largestProduct)) {
    throw new RangeError(
      `All ${m} anchors are one point; give anchors that differ, of which the affine span has dimensions.`,
    );
  }
  const kept = realEigenvalues
    .map((value, j) => ({ value, vector: withSign(eigenvectorMatrix.getColumn(j)) }))
    .filter(({ value }) => value > NEGLIGIBLE ** 2 * largest)
    .sort((a, b) => b.value - a.value);
  const singularValues = Float64Array.from(kept, ({ value }) => Math.sqrt(value));
  const scale = (j: number) => (metric === "euclidean" ? singularValues[j] : 1);
  const dimension = kept.length;
  const points = Float64Array.from(
    { length: m * dimension },
    (_, at) => kept[at % dimension].vector[Math.floor(at / dimension)] * scale(at % dimension),
  );
  const axes = kept.map(({ vector }, j) => vector.map((x) => x / scale(j)));
  return {
    metric,
    singularValues,
    places: { dimension, points },
    map: affine(new Float64Array(m).fill(1 / m), axes),
    axes: Float64Array.from(axes.flat()),
  };
}

/** The coordinates φ of the point with coefficients c, which sum to 1: the inverse of `span.map` on the span. */
export function spanCoordinates(
  span: AffineSpan,
  c: Float64Array,
  out: Float64Array = new Float64Array(span.places.dimension),
): Float64Array {
  place(span.places, c, out);
  return out;
}

/** Products of the anchors minus their mean. */
function centredAtMean({ size: m, values }: Gram): Matrix {
  const rowMeans = Float64Array.from(
    { length: m },
    (_, i) => values.subarray(i * m, (i + 1) * m).reduce((a, b) => a + b, 0) / m,
  );
  const mean = rowMeans.reduce((a, b) => a + b, 0) / m;
  const centred = new Matrix(m, m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) centred.set(i, j, values[i * m + j] - rowMeans[i] - (rowMeans[j] - mean));
  }
  return centred;
}

/** The eigenvector with the sign that rises from its first to its last element; if it does not, that starts positive. */
function withSign(vector: number[]): number[] {
  const mean = vector.reduce((a, b) => a + b, 0) / vector.length;
  const largest = vector.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const rise = vector[vector.length - 1] - vector[0];
  const rises = Math.abs(rise) > 1e-6 * largest;
  const lead = rises ? rise : vector.find((x) => Math.abs(x) > 1e-6 * largest)!;
  // The mean is 0 but for rounding, which would otherwise be a coordinate of the mean of the anchors.
  return vector.map((x) => (lead < 0 ? mean - x : x - mean));
}
