import type { WorkOptions } from "./network-runs.ts";

/** Losses at P points, and errors where the landscape knows them. */
export interface LandscapeValues {
  loss: Float64Array;
  error?: Float64Array;
}

/** The Hessian of a landscape at one point, for many products. Owns native memory: dispose of it. */
export interface HessianOperator extends Disposable {
  /** D */
  readonly size: number;
  /** products[k] = H vectors[k], of length D in the vector memory. */
  multiply(
    vectors: readonly Float32Array[],
    products: readonly Float32Array[],
    options?: WorkOptions,
  ): Promise<void>;
}

/**
 * A loss over R^D: of a network on data, of wedges, of an analytic function. Probes, connectors and curvature take any.
 * Vectors of D numbers lie in the vector memory.
 */
export interface Landscape extends Disposable {
  /** D */
  readonly size: number;
  /** Values at P points, each written by `place` into a vector of D numbers. */
  evaluateSeveral(
    points: number,
    place: (p: number, theta: Float32Array) => void,
    options?: WorkOptions,
  ): Promise<LandscapeValues>;
  /** Values at P points Σ cᵢ Aᵢ of the span of m anchors, with coefficients [P, m] row-major. */
  evaluateSpan(
    anchors: readonly Float32Array[],
    coefficients: Float64Array,
    options?: WorkOptions,
  ): Promise<LandscapeValues>;
  /** The loss at θ and its gradient, written into `gradient`. */
  gradient(theta: Float32Array, gradient: Float32Array, options?: WorkOptions): Promise<number>;
  /** Products of the Hessian at θ with several vectors: products[k] = H vectors[k]. */
  hessianProducts(
    theta: Float32Array,
    vectors: readonly Float32Array[],
    products: readonly Float32Array[],
    options?: WorkOptions,
  ): Promise<void>;
  /** The Hessian at θ, where many products at one point cost less than as many calls of `hessianProducts`. */
  hessianAt?(theta: Float32Array): Promise<HessianOperator>;
}
