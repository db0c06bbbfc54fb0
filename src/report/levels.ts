/**
 * The levels of a plane, its bands and their labels. Fill, contour lines and legend all take their bands from
 * `bandTops`, so they cannot disagree.
 */

/** How levels are placed; see {@link planeLevels}. */
export interface LevelOptions {
  /** Values above are drawn alike; default none. In the unit of the values. */
  vmax?: number;
  /** Natural logarithm of the smallest step above the minimum; default −5. */
  logAlpha?: number;
  /** Number of bands up to the largest (clipped) value, N; default 7. */
  bands?: number;
}

/**
 * The N + 1 levels of Garipov et al. 2018's planes: dense at the minimum m of the values, sparse at the largest
 * (clipped) value M. With γ = (ln(M − m) − logAlpha)/N, level i is m + exp(logAlpha + γ i), except that level 0
 * is m and level N is M. Values that are not finite are left out.
 *
 * Where M − m is not above exp(logAlpha) the formula gives falling levels; N equal steps from m to M are used
 * instead. A field that is constant up to rounding has one level, its value.
 *
 * @returns strictly increasing levels.
 * @throws where no value is finite, or `bands` is not a positive integer.
 */
export function planeLevels(values: ArrayLike<number>, options: LevelOptions = {}): Float64Array {
  const { vmax = Number.POSITIVE_INFINITY, logAlpha = -5, bands = 7 } = options;
  if (!Number.isInteger(bands) || bands < 1) {
    throw new Error(`A plane has ${bands} bands; give a positive whole number.`);
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i], vmax);
    high = Math.max(high, Math.min(values[i], vmax));
  }
  if (low > high) {
    throw new Error("No value of the plane is finite; evaluate it nearer to the optima.");
  }
  const range = high - low;
  const gamma = (Math.log(range) - logAlpha) / bands;
  const levels = Float64Array.from({ length: bands + 1 }, (_, i) =>
    gamma > 0 ? low + Math.exp(logAlpha + gamma * i) : low + (range * i) / bands,
  );
  levels[0] = low;
  levels[bands] = high;
  const rises = levels.every((level, i) => i === 0 || level > levels[i - 1]);
  return rises ? levels : Float64Array.of(high);
}

/** The upper end of each band but the last, which has none. A constant field has one band below the last. */
export function bandTops(levels: Float64Array): Float64Array {
  return levels.length === 1 ? levels : levels.subarray(1);
}

/**
 * The band of a value: the first whose top is not below it, or the last, N, for what is above all tops or not
 * finite. So band i holds levels[i] < value ≤ levels[i + 1], and band 0 the minimum too.
 */
export function bandOf(levels: Float64Array, value: number): number {
  const tops = bandTops(levels);
  const band = Number.isFinite(value) ? tops.findIndex((top) => value <= top) : -1;
  return band === -1 ? tops.length : band;
}

/**
 * Labels of the levels with two decimals as in the papers (or `fewest`), or with as many more as it takes to tell
 * neighbours apart (at most six).
 */
export function levelLabels(levels: ArrayLike<number>, fewest = 2): string[] {
  for (let digits = fewest; ; digits++) {
    const labels = Array.from(levels, (level) => level.toFixed(digits).replace("-", "−"));
    if (digits === 6 || labels.every((label, i) => i === 0 || label !== labels[i - 1])) return labels;
  }
}
