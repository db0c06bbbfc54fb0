import type { Landscape, WorkOptions } from "../../landscape/index.ts";

/** A symmetric matrix, known by its products. Vectors of `size` numbers lie in the vector memory. */
export interface SymmetricOperator {
  readonly size: number;
  /** products[k] = A vectors[k] */
  multiply(
    vectors: readonly Float32Array[],
    products: readonly Float32Array[],
    options?: WorkOptions,
  ): Promise<void>;
}

/** The Hessian of a landscape at θ, which must stay as it is while the operator is in use. */
export const hessianAt = (landscape: Landscape, theta: Float32Array): SymmetricOperator => ({
  size: landscape.size,
  multiply: (vectors, products, options) => landscape.hessianProducts(theta, vectors, products, options),
});
