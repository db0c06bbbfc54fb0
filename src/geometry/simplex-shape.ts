import { angle, cosine, distance, type Gram } from "./gram.ts";

/** Pairwise measures of the m vertices of a simplex, each m × m, row-major, symmetric. */
export interface SimplexShape {
  /** Distances of the vertices. */
  sides: Float64Array;
  /** Cosines of the angles between vertices as vectors from zero, in [−1, 1]; NaN with a vertex at zero. */
  cosines: Float64Array;
  /** The angles themselves, in radians. */
  angles: Float64Array;
}

/**
 * How the vertices of a simplex lie to each other: the cosines that training a subspace pushes apart (Wortsman et
 * al. 2021), and its sides.
 *
 * @param gram of the vertices themselves, not of their differences: angles are seen from zero
 */
export function simplexShape(gram: Gram): SimplexShape {
  const m = gram.size;
  const vertices = Array.from({ length: m }, (_, i) => {
    const unit = new Float64Array(m);
    unit[i] = 1;
    return unit;
  });
  const pairs = (measure: (gram: Gram, a: Float64Array, b: Float64Array) => number) =>
    Float64Array.from({ length: m * m }, (_, at) =>
      measure(gram, vertices[Math.floor(at / m)], vertices[at % m]),
    );
  return { sides: pairs(distance), cosines: pairs(cosine), angles: pairs(angle) };
}
