import type { NeuralCurveSpec } from "./neural-curve.ts";

/** What `fromSpec` builds a map from; plain JSON, so that a run folder can hold it. */
export type MapSpec =
  | { kind: "line" }
  | { kind: "polychain"; points: number }
  | { kind: "bezier"; degree: number }
  | { kind: "simplex"; dimension: number }
  | { kind: "affine"; origin: number[]; axes: number[][] }
  | { kind: "chord"; of: MapSpec }
  | { kind: "complex"; vertices: number; simplexes: number[][] }
  | ({ kind: "neural" } & NeuralCurveSpec);

/**
 * The shape of a subspace: a map c from k coordinates z to m coefficients, of which θ(z) = Σ cᵢ(z) Aᵢ makes a
 * parameter vector. It knows nothing of the anchors Aᵢ themselves. All arithmetic is in float64.
 *
 * Unless a map says otherwise its coefficients sum to 1, so that θ(z) moves with the anchors, and coordinates
 * outside of the domain are extrapolated.
 */
export interface CoefficientMap {
  readonly kind: MapSpec["kind"];
  /** Everything that is needed to build the map again, with `fromSpec`. */
  readonly spec: MapSpec;
  /** m */
  readonly anchors: number;
  /** k */
  readonly dimension: number;
  /**
   * Where the coordinates lie. `interval`: one coordinate t in [0, 1], and the map is a `PathMap`. `simplex`:
   * coordinates that are not negative and sum to at most 1. `complex`: those of a few faces of a simplex.
   * `unbounded`: anywhere.
   */
  readonly domain: "interval" | "simplex" | "complex" | "unbounded";
  /** c(z), length m; written into `out` where that is given. */
  at(z: ArrayLike<number>, out?: Float64Array): Float64Array;
  /** ∂c/∂z, k × m, row-major: row j is the derivative with respect to z_j; written into `out` where given. */
  jacobian(z: ArrayLike<number>, out?: Float64Array): Float64Array;
}

/** A map of one coordinate, t in [0, 1]. */
export interface PathMap extends CoefficientMap {
  readonly domain: "interval";
  at(t: number | ArrayLike<number>, out?: Float64Array): Float64Array;
  jacobian(t: number | ArrayLike<number>, out?: Float64Array): Float64Array;
  /** dʳc/dtʳ at t, length m, for the order r = 0, 1, 2, … (default 1); written into `out` where that is given. */
  derivative(t: number, order?: number, out?: Float64Array): Float64Array;
}

export function isPath(map: CoefficientMap): map is PathMap {
  return map.domain === "interval";
}

/**
 * c of many points at once.
 *
 * @param zs the coordinates of n points, n × k, row-major (of a path: n values of t)
 * @returns the coefficients, n × m, row-major
 * @throws where the number of coordinates is not a multiple of k
 */
export function coefficientMatrix(map: CoefficientMap, zs: ArrayLike<number>): Float64Array {
  const { anchors: m, dimension: k } = map;
  const n = zs.length / k;
  if (!Number.isInteger(n)) {
    throw new RangeError(
      `${zs.length} coordinates were given; a map of kind "${map.kind}" needs ${k} for each point.`,
    );
  }
  const matrix = new Float64Array(n * m);
  const z = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) z[j] = zs[i * k + j];
    map.at(z, matrix.subarray(i * m, (i + 1) * m));
  }
  return matrix;
}

/** Makes a path map from its derivatives of any order, the 0th being the map itself. */
export function pathMap(spec: MapSpec, anchors: number, derivative: PathDerivative): PathMap {
  return {
    kind: spec.kind,
    spec,
    anchors,
    dimension: 1,
    domain: "interval",
    at: (t, out = new Float64Array(anchors)) => derivative(typeof t === "number" ? t : t[0], 0, out),
    jacobian: (t, out = new Float64Array(anchors)) => derivative(typeof t === "number" ? t : t[0], 1, out),
    derivative(t, order = 1, out = new Float64Array(anchors)) {
      if (!Number.isInteger(order) || order < 0) {
        throw new RangeError(`The order of the derivative is ${order}; give a whole number from 0.`);
      }
      return derivative(t, order, out);
    },
  };
}

type PathDerivative = (t: number, order: number, out: Float64Array) => Float64Array;

/** Throws where the value is not a whole number from `least`. */
export function checkCount(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${what} is ${value}; give a whole number from ${least}.`);
  }
}

/** Throws where a point does not have the k coordinates of the map. */
export function checkCoordinates(kind: string, z: ArrayLike<number>, k: number): void {
  if (z.length !== k) throw new RangeError(`${z.length} coordinates were given; this ${kind} has ${k}.`);
}
