import quantile from "@stdlib/stats-base-dists-t-quantile";

/** The mean of some numbers, and how well it is known. */
export interface MeanInterval {
  /** How many numbers. */
  count: number;
  mean: number;
  /** Standard deviation (with n − 1) over √n; NaN for one number. */
  standardError: number;
  /** Where the true mean is, with the given confidence, by Student's t; NaN for one number. */
  interval: [low: number, high: number];
}

/** Two profiles at the same positions, such as a curve and its chord. Differences are first minus second. */
export interface PairedComparison {
  /**
   * Of the differences over positions. Neighbouring positions are much alike, so the interval describes these two
   * paths only; what holds for another seed is answered by `compareSeeds`.
   */
  difference: MeanInterval;
  /** The difference with the largest absolute value, and where it is. */
  largest: { difference: number; at: number };
  /** The smallest value of each profile, and where it is. */
  minima: { first: { value: number; at: number }; second: { value: number; at: number } };
}

/**
 * Mean and confidence interval of independent numbers.
 *
 * @param confidence in (0, 1); default 0.95
 */
export function meanInterval(numbers: ArrayLike<number>, confidence = 0.95): MeanInterval {
  const count = numbers.length;
  if (count === 0) throw new RangeError("The mean of no numbers was asked for; give one or more.");
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`The confidence is ${confidence}; give a number between 0 and 1.`);
  }
  const mean = Array.from(numbers).reduce((sum, x) => sum + x / count, 0);
  const squares = Array.from(numbers).reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  const half = count > 1 ? quantile((1 + confidence) / 2, count - 1) * standardError : Number.NaN;
  return { count, mean, standardError, interval: [mean - half, mean + half] };
}

/**
 * Compares two profiles position by position (Chen & Saidi compare the accuracy of a curve and of its chord so).
 *
 * @param positions of the values, such as evenly spaced t
 */
export function comparePaired(
  positions: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  confidence = 0.95,
): PairedComparison {
  const n = positions.length;
  if (n === 0 || first.length !== n || second.length !== n) {
    throw new RangeError(
      `${first.length} and ${second.length} values at ${n} positions were given; give one of each for every position.`,
    );
  }
  const differences = Float64Array.from(first, (x, i) => x - second[i]);
  const lowest = (values: ArrayLike<number>) => {
    const i = argmax(Array.from(values, (x) => -x));
    return { value: values[i], at: positions[i] };
  };
  const i = argmax(differences.map(Math.abs));
  return {
    difference: meanInterval(differences, confidence),
    largest: { difference: differences[i], at: positions[i] },
    minima: { first: lowest(first), second: lowest(second) },
  };
}

/**
 * Compares two kinds of path over several seeds: mean and interval of their mean differences, one number a seed. Seeds
 * are independent, positions on a path are not, so this is the interval to quote.
 *
 * @param comparisons one for each seed
 */
export function compareSeeds(comparisons: readonly PairedComparison[], confidence = 0.95): MeanInterval {
  return meanInterval(
    comparisons.map(({ difference }) => difference.mean),
    confidence,
  );
}

/** The index of the largest number; of the first NaN, where there is one, since it must not pass for small. */
function argmax(numbers: ArrayLike<number>): number {
  let best = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isNaN(numbers[i])) return i;
    if (numbers[i] > numbers[best]) best = i;
  }
  return best;
}
