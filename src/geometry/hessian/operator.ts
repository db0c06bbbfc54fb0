import type { HessianOperator, Landscape } from "../../landscape/index.ts";

/** A symmetric matrix, known by its products. Vectors of `size` numbers lie in the vector memory. */
export type SymmetricOperator = Omit<HessianOperator, typeof Symbol.dispose>;

/** The Hessian of a landscape at θ, which must stay as it is while the operator is in use. Dispose of it. */
export async function hessianAt(landscape: Landscape, theta: Float32Array): Promise<HessianOperator> {
  if (landscape.hessianAt) return landscape.hessianAt(theta);
  return {
    size: landscape.size,
    multiply: (vectors, products, options) => landscape.hessianProducts(theta, vectors, products, options),
    [Symbol.dispose]: () => {},
  };
}
