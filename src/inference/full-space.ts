import type { AmbientSpace } from "../geometry/index.ts";

/**
 * Weight space itself: positions are parameter vectors θ ∈ Rᴰ, which are the coefficients of the D unit vectors. Its
 * likelihood is a `pointLikelihood`.
 */
export type FullSpace = Pick<AmbientSpace, "dimension" | "lifting"> & { readonly kind: "full" };

export const fullSpace = (D: number): FullSpace => ({
  kind: "full",
  dimension: D,
  lifting: () => ({
    lift: (positions, coefficients) => coefficients.set(positions),
    pullBack: (coefficientGradients, gradients) => gradients.set(coefficientGradients),
    addLogVolume() {},
    addLogArcDensity() {},
  }),
});
