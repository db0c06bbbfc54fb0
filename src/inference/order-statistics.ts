/** Quantiles and intervals of values in ascending order. */

/** Values in ascending order, a copy. */
export function sorted(values: Float64Array): Float64Array {
  return values.slice().sort();
}

/**
 * The p-quantile of values in ascending order, interpolated between neighbours (type 7 of Hyndman and Fan 1996, as
 * NumPy, R and ArviZ have it by default).
 *
 * @param p in [0, 1]
 */
export function quantileOfSorted(ascending: Float64Array, p: number): number {
  if (!(p >= 0 && p <= 1))
    throw new RangeError(`The ${p}-quantile was asked for; give a number from 0 to 1.`);
  const n = ascending.length;
  // The order of operations is that of scipy.stats.mquantiles, for the sides of a tie to be the same.
  const position = n * p + (1 - p);
  const below = Math.max(1, Math.min(n - 1, Math.floor(position)));
  const weight = Math.max(0, Math.min(1, position - below));
  if (n === 1) return ascending[0];
  return (1 - weight) * ascending[below - 1] + weight * ascending[below];
}

/** The median of values in any order. */
export function medianOf(values: Float64Array): number {
  return quantileOfSorted(sorted(values), 0.5);
}

/**
 * The shortest interval that holds a share of values in ascending order: the interval of highest density where the
 * distribution has one mode (Chen and Shao 1999); the first of several equally short.
 *
 * @param probability in (0, 1); ⌊probability·n⌋ steps lie between the ends, as in ArviZ
 */
export function highestDensityInterval(ascending: Float64Array, probability: number): [number, number] {
  const n = ascending.length;
  const steps = Math.floor(probability * n);
  let best = 0;
  for (let i = 0; i < n - steps; i++) {
    if (ascending[i + steps] - ascending[i] < ascending[best + steps] - ascending[best]) best = i;
  }
  return [ascending[best], ascending[best + steps]];
}
