import { affine } from "./affine.ts";
import { bezier, line } from "./bezier.ts";
import type { CoefficientMap, MapSpec } from "./coefficient-map.ts";
import { polychain } from "./polychain.ts";
import { simplex } from "./simplex.ts";

/**
 * The map of a spec, as `map.spec` gives it and JSON carries it: `fromSpec(map.spec)` is the same map.
 *
 * @throws where the kind is unknown or its numbers are not right
 */
export function fromSpec(spec: MapSpec): CoefficientMap {
  switch (spec.kind) {
    case "line":
      return line();
    case "polychain":
      return polychain(spec.points);
    case "bezier":
      return bezier(spec.degree);
    case "simplex":
      return simplex(spec.dimension);
    case "affine":
      return affine(spec.origin, spec.axes);
    default: {
      const { kind } = spec as { kind: unknown };
      throw new RangeError(
        `The subspace is of kind "${kind}"; the kinds are line, polychain, bezier, simplex and affine.`,
      );
    }
  }
}
