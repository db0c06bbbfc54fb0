import type { Layout } from "../model/index.ts";
import { affine } from "./affine.ts";
import { bezier, line } from "./bezier.ts";
import { chord } from "./chord.ts";
import { type CoefficientMap, isPath, type MapSpec } from "./coefficient-map.ts";
import { complex } from "./complex.ts";
import { type NeuralCurveSpec, neuralCurve, neuralParts } from "./neural-curve.ts";
import { polychain } from "./polychain.ts";
import { simplex } from "./simplex.ts";
import { Span } from "./span.ts";

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

/** The neural curve in a spec, which may be that of its chord. */
function neuralOf(spec: MapSpec): NeuralCurveSpec | undefined {
  if (spec.kind === "chord") return neuralOf(spec.of);
  return spec.kind === "neural" ? spec : undefined;
}

/** How many vectors the span of a map stores: one a coefficient, unless groups of parameters share them. */
export function storedAnchors(spec: MapSpec): number {
  const neural = neuralOf(spec);
  return neural ? neural.widths[neural.widths.length - 1] + 1 : fromSpec(spec).anchors;
}

/** The span of a map over stored anchors, which it owns. */
export function spanFor(layout: Layout, spec: MapSpec, anchors: readonly Float32Array[]): Span {
  const neural = neuralOf(spec);
  return new Span(anchors, neural && neuralParts(layout, neural));
}
