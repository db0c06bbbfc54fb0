import type { PathMap } from "../subspace/index.ts";
import { distance, type Gram } from "./gram.ts";

/** A loss or an error along a path, in a few numbers. All are NaN-valued where a value that enters is NaN. */
export interface PathStatistics {
  start: number;
  end: number;
  min: number;
  max: number;
  /** Plain mean over the given points. */
  mean: number;
  /** Mean over the length of the path: Σ ½(v_i + v_{i−1}) l_i / Σ l_i, l_i the distance between points. */
  lengthMean: number;
  /** Σ l_i, the length of the polygon through the points. */
  length: number;
}

/**
 * Statistics of a quantity along a path, as Garipov et al. 2018 (code) report them at 61 evenly spaced t.
 *
 * @param ts ascending, two or more
 * @param values the quantity at each t
 */
export function pathStatistics(
  path: PathMap,
  gram: Gram,
  ts: ArrayLike<number>,
  values: ArrayLike<number>,
): PathStatistics {
  checkProfile(ts, values);
  const n = ts.length;
  let [min, max, sum] = [values[0], values[0], values[0]];
  let [length, weighted] = [0, 0];
  let before = path.at(ts[0]);
  for (let i = 1; i < n; i++) {
    const here = path.at(ts[i]);
    const step = distance(gram, here, before);
    length += step;
    weighted += 0.5 * (values[i] + values[i - 1]) * step;
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
    sum += values[i];
    before = here;
  }
  return {
    start: values[0],
    end: values[n - 1],
    min,
    max,
    mean: sum / n,
    lengthMean: weighted / length,
    length,
  };
}

/** How much worse than its ends a path gets. */
export interface Barrier {
  /** Largest loss minus the mean of the two ends. */
  aboveMean: number;
  /** Largest excess over the straight interpolation, in t, between the losses of the ends; 0 or more. */
  aboveLine: number;
  /** Where the loss is largest. */
  t: number;
}

/**
 * The barrier along a path; both definitions are in use, and they agree where the ends have the same loss.
 *
 * @param ts ascending, two or more; the first and the last are the ends
 * @param losses the loss at each t
 */
export function barrier(ts: ArrayLike<number>, losses: ArrayLike<number>): Barrier {
  checkProfile(ts, losses);
  const n = ts.length;
  const [first, last] = [losses[0], losses[n - 1]];
  let [worst, aboveLine] = [0, 0];
  for (let i = 1; i < n; i++) {
    // A loss that is not a number is worse than any: it must not look like a low barrier.
    if (losses[i] > losses[worst] || Number.isNaN(losses[i])) worst = i;
    const fraction = (ts[i] - ts[0]) / (ts[n - 1] - ts[0]);
    aboveLine = Math.max(aboveLine, losses[i] - ((1 - fraction) * first + fraction * last));
  }
  return { aboveMean: losses[worst] - (first + last) / 2, aboveLine, t: ts[worst] };
}

function checkProfile(ts: ArrayLike<number>, values: ArrayLike<number>): void {
  if (ts.length < 2 || ts.length !== values.length) {
    throw new RangeError(
      `${values.length} values at ${ts.length} positions were given; give one value for each of two or more positions.`,
    );
  }
  for (let i = 1; i < ts.length; i++) {
    if (!(ts[i] > ts[i - 1])) {
      throw new RangeError(`Position ${ts[i]} comes after ${ts[i - 1]}; give positions in ascending order.`);
    }
  }
}
