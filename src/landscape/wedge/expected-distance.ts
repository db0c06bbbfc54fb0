import quantile from "@stdlib/stats-base-dists-normal-quantile";

/**
 * √(E L²) of standard normal points over wedges of all tuples: E L² = D (q − 2 t φ(t)) with q = s / D and t the quantile of
 * (1 + q) / 2, since the s smallest of D magnitudes are about those below t.
 */
export function expectedDistance(dimension: number, short: number): number {
  const q = short / dimension;
  const t = quantile((1 + q) / 2, 0, 1);
  const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  // All directions are short: the distance is that from the origin.
  return Math.sqrt(dimension * (q === 1 ? 1 : q - 2 * t * density));
}
