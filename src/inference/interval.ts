/** A coordinate in an interval, from one that is not bounded. */
export interface IntervalPoint {
  /** In (low, high). */
  value: number;
  /** d value / du, above 0. */
  slope: number;
  /** log of the slope, and its derivative in u. */
  logSlope: number;
  logSlopeDerivative: number;
}

/**
 * The logit transform: value = low + (high − low) / (1 + e^(−u)), for sampling a bounded coordinate as an unbounded one.
 * A density p of the value becomes p(value) · slope of u.
 */
export function toInterval(u: number, low: number, high: number): IntervalPoint {
  const width = high - low;
  // e^(−|u|) does not overflow.
  const e = Math.exp(-Math.abs(u));
  const larger = 1 / (1 + e);
  const smaller = e / (1 + e);
  const [share, rest] = u >= 0 ? [larger, smaller] : [smaller, larger];
  return {
    value: low + width * share,
    slope: width * share * rest,
    logSlope: Math.log(width) - Math.abs(u) - 2 * Math.log1p(e),
    logSlopeDerivative: rest - share,
  };
}

/** The inverse of `toInterval`; ±∞ at the ends. */
export function fromInterval(value: number, low: number, high: number): number {
  return Math.log((value - low) / (high - value));
}
