/** Numbers of draws by rising t, so that those near a place are a stretch of the list. */
export class DrawsByPosition {
  readonly order: Uint32Array;
  readonly #t: ArrayLike<number>;

  constructor(t: ArrayLike<number>) {
    this.#t = t;
    this.order = Uint32Array.from({ length: t.length }, (_, i) => i).sort((a, b) => t[a] - t[b]);
  }

  /** Where the draws with |t − at| ≤ half begin and end in `order`; the end is not in it. */
  window(at: number, half: number): { from: number; to: number } {
    return { from: this.#first((t) => t >= at - half), to: this.#first((t) => t > at + half) };
  }

  /** The first place of the order from which on t is far enough. */
  #first(reached: (t: number) => boolean): number {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reached(this.#t[this.order[middle]])) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/**
 * How often values fall in each of equal bins of [−extent, extent]; what lies outside is left out.
 *
 * @param numbers of the values that count
 */
export function binCounts(
  valueAt: (number: number) => number,
  numbers: ArrayLike<number>,
  extent: number,
  bins: number,
): Float64Array {
  const counts = new Float64Array(bins);
  for (let k = 0; k < numbers.length; k++) {
    const bin = Math.floor(((valueAt(numbers[k]) / extent + 1) / 2) * bins);
    if (bin >= 0 && bin < bins) counts[bin]++;
  }
  return counts;
}
