import { type CoefficientMap, checkCoordinates, checkCount } from "./coefficient-map.ts";

/**
 * The k-simplex (2: triangle, 3: tetrahedron) with its k + 1 anchors as vertices, in barycentric coordinates of which
 * the first is left out: c = (1 − Σ z_j, z_1, …, z_k) (Wortsman et al. 2021; Benton et al. 2021). The origin is the
 * first vertex, the j-th unit vector is vertex j + 1, and the centroid has all coordinates 1/(k + 1).
 *
 * @param dimension k, a whole number from 0, which is the one anchor itself
 */
export function simplex(dimension: number): CoefficientMap {
  checkCount("The dimension of a simplex", dimension, 0);
  const anchors = dimension + 1;
  return {
    kind: "simplex",
    spec: { kind: "simplex", dimension },
    anchors,
    dimension,
    domain: "simplex",
    at(z, out = new Float64Array(anchors)) {
      checkCoordinates("simplex", z, dimension);
      let first = 1;
      for (let j = 0; j < dimension; j++) {
        out[j + 1] = z[j];
        first -= z[j];
      }
      out[0] = first;
      return out;
    },
    jacobian(z, out = new Float64Array(dimension * anchors)) {
      checkCoordinates("simplex", z, dimension);
      out.fill(0);
      for (let j = 0; j < dimension; j++) {
        out[j * anchors] = -1;
        out[j * anchors + j + 1] = 1;
      }
      return out;
    },
  };
}
