import type { Rng } from "../../engine/index.ts";

/** A vector of independent signs ±1 (Rademacher), of norm √D. */
export const randomSigns = (size: number, rng: Rng): Float32Array =>
  Float32Array.from(rng.integers(size, 2), (bit) => 2 * bit - 1);
