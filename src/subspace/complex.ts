import { type CoefficientMap, checkCount } from "./coefficient-map.ts";
import { simplex } from "./simplex.ts";

/**
 * A simplicial complex (Benton et al. 2021): simplexes that share vertices, such as several optima that are all joined
 * to the same connecting points. Its coordinates are the barycentric ones over all vertices but the first, as those of
 * `simplex(vertices − 1)`, of which the complex is made up of a few faces.
 *
 * @param vertices how many anchors there are
 * @param simplexes the anchors at the corners of each simplex
 */
export function complex(vertices: number, simplexes: readonly (readonly number[])[]): CoefficientMap {
  checkCount("The number of vertices of a complex", vertices, 1);
  if (simplexes.length === 0) throw new RangeError("A complex without simplexes was asked for; give one.");
  for (const corners of simplexes) {
    const known = corners.every((v) => Number.isInteger(v) && v >= 0 && v < vertices);
    if (corners.length === 0 || !known || new Set(corners).size < corners.length) {
      throw new RangeError(
        `A simplex of the complex has the corners [${corners}]; give different whole numbers from 0 to ${vertices - 1}.`,
      );
    }
  }
  return {
    ...simplex(vertices - 1),
    kind: "complex",
    spec: { kind: "complex", vertices, simplexes: simplexes.map((corners) => [...corners]) },
    domain: "complex",
  };
}
