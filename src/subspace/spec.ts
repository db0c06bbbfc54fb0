import { affine } from "./affine.ts";
import { bezier, line } from "./bezier.ts";
import { chord } from "./chord.ts";
import { type CoefficientMap, isPath, type MapSpec } from "./coefficient-map.ts";
import { complex } from "./complex.ts";
import { neuralCurve } from "./neural-curve.ts";
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
    case "chord": {
      const path = fromSpec(spec.of);
      if (!isPath(path)) throw new RangeError(`A ${path.kind} is not a path and has no chord.`);
      return chord(path);
    }
    case "complex":
      return complex(spec.vertices, spec.simplexes);
    case "neural":
      return neuralCurve(spec);
    default: {
      const { kind } = spec as { kind: unknown };
      throw new RangeError(
        `The subspace is of kind "${kind}"; the kinds are line, polychain, bezier, simplex, complex, affine, chord and neural.`,
      );
    }
  }
}
