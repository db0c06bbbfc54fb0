import { type AffineSpan, spanCoordinates } from "./affine-span.ts";

/**
 * Coordinates λ around a path, in which a sampler moves: the whole affine span of the anchors (`volume`), a tube along
 * the path (`tunnel`) or the path alone (`line`). All three end in coefficients of the anchors.
 */
export interface AmbientSpace {
  readonly kind: "volume" | "tunnel" | "line";
  /** d: K for the volume (φ) and the tunnel (t, ξ_1 … ξ_{K−1}), 1 for the line (t). */
  readonly dimension: number;
  readonly span: AffineSpan;
  /** The lifting of positions to coefficients; each call gives one with memory of its own. */
  lifting(): Lifting;
}

/** A space around a path: its first coordinate is t. */
export interface PathSpace extends AmbientSpace {
  readonly kind: "tunnel" | "line";
  /** Of t, where the priors lie. Beyond it the path goes on, and can be lifted to, but has no mass. */
  readonly range: readonly [from: number, to: number];
  /** Arc length of the path over the range, in the metric of the span. */
  readonly arcLength: number;
}

/**
 * Lifts the positions of several chains at once, remembers them, and answers what depends on them. Memory grows with
 * the largest number of positions that was given; otherwise nothing is allocated. All numbers are float64, matrices
 * row-major.
 */
export interface Lifting {
  /**
   * The coefficients of n positions, n × m, written into `coefficients`.
   *
   * @param positions n × d
   */
  lift(positions: Float64Array, coefficients: Float64Array): void;
  /**
   * The chain rule for the positions of the last lift: from ∂f/∂c, n × m, to ∂f/∂λ, n × d, written into `gradients`.
   */
  pullBack(coefficientGradients: Float64Array, gradients: Float64Array): void;
  /**
   * Adds log|det ∂φ/∂λ| of the positions of the last lift to the n `values`, and its gradients to the n × d
   * `gradients`: the factor that makes a density over λ uniform in the span (label "all" of Dold et al. 2025). Of a
   * line it is log|B'(t)|, of the volume 0. Where the tube folds over it is −∞; beyond that fold the absolute value
   * counts, as published.
   */
  addLogVolume(values: Float64Array, gradients: Float64Array): void;
  /**
   * Adds log(|B'(t)| / S) of the positions of the last lift, and its gradients: the factor that makes a density over t
   * one that is uniform in arc length on the range, with S the length over the range, so that its integral is 1. (Dold et
   * al. 2025 divide by the length over [0, 1], a constant.) 0 in the volume, which has no path.
   */
  addLogArcDensity(values: Float64Array, gradients: Float64Array): void;
}

/**
 * The coordinates φ of positions in any of the spaces, in which draws of all of them are compared: n × K.
 *
 * @param positions n × d
 */
export function spanPositions(space: AmbientSpace, positions: Float64Array): Float64Array {
  const n = positionCount(space, positions);
  const { dimension: K } = space.span.places;
  const m = space.span.map.anchors;
  const lifting = space.lifting();
  const c = new Float64Array(m);
  const places = new Float64Array(n * K);
  for (let i = 0; i < n; i++) {
    lifting.lift(positions.subarray(i * space.dimension, (i + 1) * space.dimension), c);
    spanCoordinates(space.span, c, places.subarray(i * K, (i + 1) * K));
  }
  return places;
}

/** @throws where the numbers are no multiple of the dimension */
export function positionCount(
  { kind, dimension }: Pick<AmbientSpace, "kind" | "dimension">,
  positions: Float64Array,
) {
  const n = positions.length / dimension;
  if (!Number.isInteger(n)) {
    throw new RangeError(
      `${positions.length} coordinates were given; a position in this ${kind} has ${dimension}.`,
    );
  }
  return n;
}

/** Throws unless an argument has the length that it must have. */
export function checkLength(what: string, values: Float64Array, expected: number): void {
  if (values.length !== expected) {
    throw new RangeError(`${values.length} ${what} were given for ${expected}; give as many.`);
  }
}
