import type { Rng } from "../../engine/index.ts";
import type { SymmetricOperator } from "./operator.ts";

const REFLECTIONS = 8;

/** A matrix with the given eigenvalues in random directions: Q diag(values) Qᵀ with Q a product of reflections 1 − 2 u uᵀ. */
export function turnedDiagonal(values: Float32Array, rng: Rng): SymmetricOperator {
  const axes = Array.from({ length: REFLECTIONS }, (_, i) => {
    const u = Float64Array.from(rng.foldIn(i).normal(values.length));
    const norm = Math.hypot(...u);
    return u.map((x) => x / norm);
  });
  const reflect = (x: Float64Array, u: Float64Array) => {
    const along = 2 * x.reduce((sum, value, i) => sum + value * u[i], 0);
    return x.map((value, i) => value - along * u[i]);
  };
  return {
    size: values.length,
    multiply: async (vectors, products) => {
      vectors.forEach((vector, k) => {
        const inside = axes.reduce(reflect, Float64Array.from(vector)).map((x, i) => x * values[i]);
        products[k].set(axes.reduceRight(reflect, inside));
      });
    },
  };
}

/** A diagonal matrix. */
export const diagonal = (values: Float32Array): SymmetricOperator => ({
  size: values.length,
  multiply: async (vectors, products) => {
    for (const [k, vector] of vectors.entries()) products[k].set(vector.map((x, i) => x * values[i]));
  },
});
