/** Where to look for the first position at which a value has reached its threshold. */
export interface Search {
  /** The first position that is looked at, above 0; then it is doubled. */
  first: number;
  /** The last one. */
  largest: number;
  /** The interval is halved until it is so narrow, as a fraction of its end; default 0.001. */
  precision?: number;
  /** Called with the part that is done, in [0, 1]. */
  onProgress?: (done: number) => void;
}

/**
 * The smallest position along each of several ways, as far as doubling steps show it, at which a value has reached its
 * threshold; null where it has not by the largest. Values at position 0 are known to be below. Positions are bracketed by
 * doubling, then found by bisection, along all ways at once.
 *
 * @param values of several ways, given by their numbers, each at a position of its own: called once a step
 */
export async function firstCrossings(
  thresholds: ArrayLike<number>,
  values: (ways: readonly number[], positions: readonly number[]) => Promise<ArrayLike<number>>,
  { first, largest, precision = 1e-3, onProgress }: Search,
): Promise<(number | null)[]> {
  const count = thresholds.length;
  const low = new Float64Array(count);
  const high = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const narrow = async (ways: readonly number[], position: (way: number) => number) => {
    const positions = ways.map(position);
    const found = await values(ways, positions);
    ways.forEach((way, i) => {
      (found[i] >= thresholds[way] ? high : low)[way] = positions[i];
    });
  };
  const doublings = Math.max(1, Math.ceil(Math.log2(largest / first)) + 1);
  const halvings = Math.ceil(Math.log2(1 / precision));
  const steps = doublings + halvings;
  let open = Array.from({ length: count }, (_, way) => way);
  for (let k = 0; k < doublings && open.length > 0; k++) {
    await narrow(open, () => Math.min(largest, first * 2 ** k));
    open = open.filter((way) => high[way] === Number.POSITIVE_INFINITY);
    onProgress?.((k + 1) / steps);
  }
  const isWide = (way: number) => Number.isFinite(high[way]) && high[way] - low[way] > precision * high[way];
  open = Array.from({ length: count }, (_, way) => way).filter(isWide);
  for (let k = 0; open.length > 0; k++) {
    await narrow(open, (way) => (low[way] + high[way]) / 2);
    open = open.filter(isWide);
    onProgress?.(Math.min(1, (doublings + k + 1) / steps));
  }
  return Array.from(high, (end, way) => (Number.isFinite(end) ? (low[way] + end) / 2 : null));
}
