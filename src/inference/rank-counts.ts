import { sorted } from "./order-statistics.ts";

/**
 * Rank histograms (Vehtari et al. 2021, section 5): how many draws of each chain have their rank, among the draws of all
 * chains, in each of equal bins. Chains that explore the same distribution have about equal counts, S / bins. Equal values
 * share the mean of their ranks.
 *
 * @param values of C chains of S draws, [C, S], finite
 * @returns [C, bins] row-major
 */
export function rankCounts(values: Float64Array, chains: number, bins: number): Float64Array {
  const n = values.length;
  const draws = n / chains;
  if (!(Number.isInteger(draws) && draws > 0)) {
    throw new RangeError(`${n} values were given for ${chains} chains; give as many of each.`);
  }
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`${bins} bins were asked for; give a whole number from 1.`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`Value ${bad + 1} is ${values[bad]}; only finite values have ranks.`);
  const ascending = sorted(values);
  const ranks = new Map<number, number>();
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && ascending[end] === ascending[start]) end++;
    // Of places start .. end − 1 the middle, as a share of all, in (0, 1).
    ranks.set(ascending[start], (start + end) / 2 / n);
  }
  const counts = new Float64Array(chains * bins);
  values.forEach((value, at) => {
    const bin = Math.min(bins - 1, Math.floor(ranks.get(value)! * bins));
    counts[Math.floor(at / draws) * bins + bin]++;
  });
  return counts;
}
