/** An unnormalised log-density of positions in R^d, float64, evaluated for several chains at once. */
export interface LogDensity {
  /** d */
  readonly dimension: number;
  /**
   * Evaluates at n positions [n, d] row-major: log-densities [n] into `values`, their gradients [n, d] into `gradients`.
   * n may differ from call to call. Where the log-density is NaN or infinite the gradient is not used.
   */
  evaluate(positions: Float64Array, values: Float64Array, gradients: Float64Array): void | Promise<void>;
}
