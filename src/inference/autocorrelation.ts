/**
 * Effective sample size of the mean of a series from a reversible chain: n / (1 + 2 Σ autocorrelations), where the sum is
 * over Geyer's (1992) initial monotone sequence: pairs of neighbouring lags, while they are positive, each at most the one
 * before. At most n log₁₀ n, as in Stan, for chains whose draws alternate.
 *
 * @returns NaN for a series that is constant, not finite or of less than four values
 */
export function monotoneSampleSize(series: ArrayLike<number>): number {
  const n = series.length;
  if (n < 4) return Number.NaN;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += series[i] / n;
  const deviations = new Float64Array(n);
  for (let i = 0; i < n; i++) deviations[i] = series[i] - mean;
  // Lags are summed as they are needed: the sequence mostly ends after a few autocorrelation times.
  const autocovariance = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += deviations[i] * deviations[i - lag];
    return sum / n;
  };
  const variance = autocovariance(0);
  if (!(variance > 0)) return Number.NaN;
  let time = -1;
  let previous = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = ((lag === 0 ? variance : autocovariance(lag)) + autocovariance(lag + 1)) / variance;
    if (!(pair > 0)) break;
    previous = Math.min(previous, pair);
    time += 2 * previous;
  }
  return n / Math.max(time, 1 / Math.log10(n));
}
