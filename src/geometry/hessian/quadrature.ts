import { type MeanInterval, meanInterval } from "../paired.ts";
import type { Lanczos } from "./lanczos.ts";

/**
 * Stochastic Lanczos quadrature of the trace of f(A): D Σ w f(λ) over the Ritz values λ of each probe, whose weights w sum to
 * 1; a mean over the probes with its standard error (Ubaru, Chen and Saad 2017; dossier of "Large Scale Structure", 3.4).
 *
 * @param probes iterations from independent random starts of signs ±1
 */
export const quadrature = (probes: readonly Lanczos[], f: (value: number) => number): MeanInterval =>
  meanInterval(
    probes.map(({ size, ritz, weights }) =>
      ritz.reduce((sum, value, i) => (weights[i] > 0 ? sum + size * weights[i] * f(value) : sum), 0),
    ),
  );

/** The density of the eigenvalues at points of an axis, of area 1. */
export interface SpectralDensity {
  at: Float64Array;
  density: Float64Array;
  /** Standard deviation of the Gaussian that stands for each eigenvalue. */
  width: number;
}

/**
 * The density of the eigenvalues by stochastic Lanczos quadrature, each a Gaussian (Ghorbani, Krishnan and Xiao 2019).
 *
 * @param points of an axis that holds all Ritz values with four widths around them
 * @param resolution widths in the range of the eigenvalues
 */
export function spectralDensity(
  probes: readonly Lanczos[],
  points: number,
  resolution: number,
): SpectralDensity {
  const high = Math.max(...probes.map(({ ritz }) => ritz[0]));
  const low = Math.min(...probes.map(({ ritz }) => ritz[ritz.length - 1]));
  // All eigenvalues may be equal.
  const range = high > low ? high - low : Math.abs(high) || 1;
  const width = range / resolution;
  const step = (range + 8 * width) / (points - 1);
  const at = Float64Array.from({ length: points }, (_, i) => (high + low - range) / 2 - 4 * width + i * step);
  const scale = 1 / (width * Math.sqrt(2 * Math.PI));
  const density = at.map((x) => {
    const bell = (value: number) => scale * Math.exp(-(((x - value) / width) ** 2) / 2);
    return quadrature(probes, bell).mean / probes[0].size;
  });
  return { at, density, width };
}
