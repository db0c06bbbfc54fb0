import { allocateVector, combine } from "../../engine/index.ts";
import { affine } from "../../subspace/index.ts";
import type { AffineSpan } from "./affine-span.ts";

/**
 * K + 1 anchors whose mean is `mean` and whose affine span is θ = mean + Σ z_j directions_j: mean minus the sum of the
 * directions, then mean plus each of them. So a subspace of given directions (of principal components, say) becomes one of
 * anchors, on which likelihoods and posteriors are defined; `directionSpan` is its coordinates z.
 *
 * @param mean D numbers
 * @param directions K vectors of D numbers, all in the vector memory
 * @returns anchors in the vector memory: give them back with `releaseVector`
 */
export function directionAnchors(mean: Float32Array, directions: readonly Float32Array[]): Float32Array[] {
  const first = allocateVector(mean.length);
  combine(first, [mean, ...directions], [1, ...directions.map(() => -1)]);
  return [
    first,
    ...directions.map((direction) => {
      const anchor = allocateVector(mean.length);
      combine(anchor, [mean, direction], [1, 1]);
      return anchor;
    }),
  ];
}

/**
 * The affine span of the anchors of `directionAnchors` with the coordinates z of θ = mean + Σ z_j directions_j, in which
 * the prior z ~ N(0, s² I) is that of Izmailov et al. (2020, "Subspace inference for Bayesian deep learning"), whatever
 * the lengths of the directions and the angles between them. The anchors lie at −(1, …, 1) and at the unit vectors.
 *
 * @param lengths of the K directions, in weight space
 */
export function directionSpan(lengths: ArrayLike<number>): AffineSpan {
  const K = lengths.length;
  const m = K + 1;
  const axes = Array.from({ length: K }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => (i === j + 1 ? 1 : 0) - 1 / m),
  );
  const points = new Float64Array(m * K).fill(-1, 0, K);
  for (let i = 1; i < m; i++) {
    for (let j = 0; j < K; j++) points[i * K + j] = i === j + 1 ? 1 : 0;
  }
  return {
    metric: "directions",
    singularValues: Float64Array.from(lengths),
    places: { dimension: K, points },
    map: affine(new Float64Array(m).fill(1 / m), axes),
    axes: Float64Array.from(axes.flatMap((axis) => [...axis])),
  };
}
