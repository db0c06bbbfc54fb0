import { type CoefficientMap, checkCoordinates } from "./coefficient-map.ts";

/**
 * The flat subspace c(z) = origin + Σ z_j axis_j, unbounded. With two axes it is a plane: one through three points
 * has their coefficients in the origin and the axes (`planeThrough` of the geometry room makes those). With
 * unit vectors as origin and axes it is θ = A₀ + Σ z_j A_j, a subspace along given directions, such as random ones.
 *
 * The coefficients sum to 1 where those of the origin do and those of each axis sum to 0.
 *
 * @param origin m coefficients
 * @param axes k rows of m coefficients, k from 1
 */
export function affine(origin: ArrayLike<number>, axes: readonly ArrayLike<number>[]): CoefficientMap {
  const anchors = origin.length;
  const dimension = axes.length;
  if (dimension === 0)
    throw new RangeError("An affine subspace without axes was asked for; give one or more.");
  for (const axis of axes) {
    if (axis.length !== anchors) {
      throw new RangeError(
        `An axis has ${axis.length} coefficients and the origin ${anchors}; give both one for each anchor.`,
      );
    }
  }
  const start = Float64Array.from(origin);
  const rows = Float64Array.from(axes.flatMap((axis) => Array.from(axis)));
  return {
    kind: "affine",
    spec: { kind: "affine", origin: Array.from(origin), axes: axes.map((axis) => Array.from(axis)) },
    anchors,
    dimension,
    domain: "unbounded",
    at(z, out = new Float64Array(anchors)) {
      checkCoordinates("affine subspace", z, dimension);
      for (let i = 0; i < anchors; i++) {
        let sum = start[i];
        for (let j = 0; j < dimension; j++) sum += z[j] * rows[j * anchors + i];
        out[i] = sum;
      }
      return out;
    },
    jacobian(z, out = new Float64Array(dimension * anchors)) {
      checkCoordinates("affine subspace", z, dimension);
      out.set(rows);
      return out;
    },
  };
}
