import quantile from "@stdlib/stats-base-dists-normal-quantile";
import { sorted } from "./order-statistics.ts";

const normalQuantile = quantile.factory(0, 1);

/**
 * Rank-normalised values: the normal quantile of each value's rank r among all n, Φ⁻¹((r − 3/8) / (n + 1/4)) with the
 * offsets of Blom (1958); equal values share the mean of their ranks (Vehtari et al. 2021). What is
 * measured on them does not depend on the scale of the values, and is defined where these have no variance.
 *
 * @param values finite
 */
export function rankNormalise(values: Float64Array): Float64Array {
  const ascending = sorted(values);
  const n = ascending.length;
  // A run of equal values at places start .. end-1 of n (from 0) has the mean rank (start + 1 + end) / 2 (from 1).
  const distinct = new Float64Array(n);
  const scores = new Float64Array(n);
  let runs = 0;
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && ascending[end] === ascending[start]) end++;
    distinct[runs] = ascending[start];
    scores[runs++] = normalQuantile(((start + 1 + end) / 2 - 3 / 8) / (n + 1 / 4));
  }
  return values.map((value) => {
    let low = 0;
    let high = runs - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (distinct[middle] < value) low = middle + 1;
      else high = middle;
    }
    return scores[low];
  });
}
