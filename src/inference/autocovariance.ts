import type { Trace } from "./draws.ts";
import { fft } from "./fft.ts";

/**
 * The autocovariance at lags 0 .. S−1, averaged over chains, [S]: mean over chains of (1/S) Σ_i (x_i − x̄)(x_{i+t} −
 * x̄), where x̄ is the mean of the chain (the biased estimate, which Geyer 1992 recommends).
 */
export function meanAutocovariance({ chains, draws, values }: Trace): Float64Array {
  let length = 1;
  while (length < 2 * draws) length *= 2;
  // Padded with zeros to twice the length, the product of transforms is a linear correlation. The power spectra of all
  // chains are summed, so that one transform leads back. Two chains x, y share one transform of x + iy: its power is that
  // of x plus that of y up to a part that is odd in k, which makes the result's imaginary part and is not used.
  const power = new Float64Array(length);
  const real = new Float64Array(length);
  const imaginary = new Float64Array(length);
  for (let chain = 0; chain < chains; chain += 2) {
    centre(values.subarray(chain * draws, (chain + 1) * draws), real);
    centre(values.subarray((chain + 1) * draws, Math.min(chain + 2, chains) * draws), imaginary);
    fft(real, imaginary);
    for (let k = 0; k < length; k++) power[k] += real[k] * real[k] + imaginary[k] * imaginary[k];
  }
  fft(power, imaginary.fill(0));
  return power.slice(0, draws).map((sum) => sum / (length * draws * chains));
}

/** Writes values less their mean to the beginning of `out`, and zeros behind them. */
function centre(values: Float64Array, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) out[i] = values[i] - mean;
  out.fill(0, values.length);
}
