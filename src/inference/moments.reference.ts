import { monotoneSampleSize } from "./autocorrelation.ts";

/** Mean and sd over chains of equal length, with their Monte Carlo standard errors. */
export function momentsOf(chains: readonly Float64Array[]): {
  mean: number;
  meanError: number;
  sd: number;
  sdError: number;
} {
  const mean = average(chains);
  const squares = chains.map((chain) => chain.map((x) => (x - mean) ** 2));
  const variance = average(squares);
  const meanError = standardError(chains);
  // d sd = d variance / (2 sd)
  const sd = Math.sqrt(variance);
  return { mean, meanError, sd, sdError: standardError(squares) / (2 * sd) };
}

function standardError(chains: readonly Float64Array[]): number {
  const mean = average(chains);
  const variance = average(chains.map((chain) => chain.map((x) => (x - mean) ** 2)));
  return Math.sqrt(variance / chains.reduce((sum, chain) => sum + monotoneSampleSize(chain), 0));
}

function average(chains: readonly Float64Array[]): number {
  const sum = chains.reduce((total, chain) => total + chain.reduce((a, b) => a + b, 0), 0);
  return sum / chains.reduce((total, chain) => total + chain.length, 0);
}
