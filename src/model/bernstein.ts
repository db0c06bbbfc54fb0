/** Polynomials on [0, 1] in Bernstein form, Σ_k C(n, k) t^k (1-t)^(n-k) c_k. */

/** Differences below this part of the largest coefficient are rounding. */
const PRECISION = 1e-14;

/**
 * The smallest value on [0, 1], to rounding, by halving the interval: on each part the smallest coefficient is a bound
 * from below and the values at its ends are bounds from above.
 *
 * @param below only a smaller value than this is looked for
 * @returns the value and where it is taken, or nothing if no value is below
 */
export function bernsteinMinimum(
  coefficients: readonly number[],
  below = Number.POSITIVE_INFINITY,
): { value: number; t: number } | undefined {
  const precision = PRECISION * Math.max(...coefficients.map(Math.abs));
  if (!Number.isFinite(precision))
    throw new Error(`Coefficients ${coefficients.join(", ")} are not all finite.`);
  let best: { value: number; t: number } | undefined;
  let bound = below;
  const offer = (value: number, t: number) => {
    if (value >= bound) return;
    best = { value, t };
    bound = value;
  };
  offer(coefficients[0], 0);
  offer(coefficients[coefficients.length - 1], 1);
  const parts = [{ coefficients, start: 0, size: 1 }];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const { coefficients: c, start, size } = part;
    if (Math.min(...c) >= bound - precision) continue;
    const [left, right] = halves(c);
    const half = size / 2;
    offer(right[0], start + half);
    parts.push(
      { coefficients: left, start, size: half },
      { coefficients: right, start: start + half, size: half },
    );
  }
  return best;
}

/** The two halves of the interval, by de Casteljau's algorithm. */
function halves(coefficients: readonly number[]): [number[], number[]] {
  const work = [...coefficients];
  const [left, right] = [[work[0]], [work[work.length - 1]]];
  for (let last = work.length - 1; last > 0; last--) {
    for (let k = 0; k < last; k++) work[k] = (work[k] + work[k + 1]) / 2;
    left.push(work[0]);
    right.unshift(work[last - 1]);
  }
  return [left, right];
}

/** The coefficients of the polynomial on [lo, hi], as one on [0, 1]; the interval may reach beyond [0, 1]. */
export function onRange(coefficients: readonly number[], lo: number, hi: number): number[] {
  if (lo === 0 && hi === 1) return [...coefficients];
  const degree = coefficients.length - 1;
  // Coefficient i is the blossom of `degree - i` times lo and i times hi.
  return coefficients.map((_, i) => {
    const work = [...coefficients];
    for (let last = degree; last > 0; last--) {
      const t = last <= i ? hi : lo;
      for (let k = 0; k < last; k++) work[k] = (1 - t) * work[k] + t * work[k + 1];
    }
    return work[0];
  });
}
