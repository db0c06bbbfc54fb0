/** Draws of a sampler: every chain has the same number of draws of a position in R^d. */
export interface Draws {
  /** C */
  chains: number;
  /** S, draws kept of each chain, without the warm-up. */
  draws: number;
  /** d */
  dimension: number;
  /** [C, S, d] row-major. */
  values: Float64Array;
}

/** The draws of one scalar quantity: a coordinate, a log-density, an energy. */
export interface Trace {
  /** C */
  chains: number;
  /** S */
  draws: number;
  /** [C, S] row-major. */
  values: Float64Array;
}

/**
 * The trace of coordinate j, a copy.
 *
 * @throws RangeError where there is no such coordinate or the number of values is not C·S·d
 */
export function traceOf({ chains, draws, dimension, values }: Draws, j: number): Trace {
  if (values.length !== chains * draws * dimension) {
    throw new RangeError(
      `${values.length} values were given for ${chains} chains of ${draws} draws in ${dimension} dimensions; give ${chains * draws * dimension}.`,
    );
  }
  if (!(Number.isInteger(j) && j >= 0 && j < dimension)) {
    throw new RangeError(
      `Coordinate ${j} of draws in ${dimension} dimensions was asked for; give a whole number from 0 to ${dimension - 1}.`,
    );
  }
  const trace = new Float64Array(chains * draws);
  for (let i = 0; i < trace.length; i++) trace[i] = values[i * dimension + j];
  return { chains, draws, values: trace };
}

/** The chains (from 0) that hold a value that is not finite: a sampler that diverged for good. */
export function brokenChains({ chains, draws, dimension, values }: Draws): number[] {
  const length = draws * dimension;
  const whole = (chain: number) =>
    values.subarray(chain * length, (chain + 1) * length).every(Number.isFinite);
  return Array.from({ length: chains }, (_, chain) => chain).filter((chain) => !whole(chain));
}

/** The draws without some chains (from 0), a copy. */
export function withoutChains(all: Draws, chains: readonly number[]): Draws {
  const { draws, dimension, values } = all;
  const length = draws * dimension;
  const kept = Array.from({ length: all.chains }, (_, chain) => chain).filter((c) => !chains.includes(c));
  const result = new Float64Array(kept.length * length);
  kept.forEach((chain, i) => {
    result.set(values.subarray(chain * length, (chain + 1) * length), i * length);
  });
  return { chains: kept.length, draws, dimension, values: result };
}

/**
 * Each chain cut into its halves, [2C, ⌊S/2⌋]: first all first halves, then all second halves. Of an odd number of
 * draws the middle one is left out. A chain that drifts disagrees with itself then (Vehtari et al. 2021).
 */
export function splitChains({ chains, draws, values }: Trace): Trace {
  const half = Math.floor(draws / 2);
  const split = new Float64Array(2 * chains * half);
  for (let chain = 0; chain < chains; chain++) {
    const [start, end] = [chain * draws, (chain + 1) * draws];
    split.set(values.subarray(start, start + half), chain * half);
    split.set(values.subarray(end - half, end), (chains + chain) * half);
  }
  return { chains: 2 * chains, draws: half, values: split };
}

/**
 * Why no effective sample size can be given, in words; undefined where one can. A value that is not finite, too few
 * draws, or draws that are all equal make every diagnostic NaN: a sampler that is stuck or lost shall not look well
 * mixed.
 */
export function problemOf({ chains, draws, values }: Trace): string | undefined {
  if (values.length !== chains * draws) {
    throw new RangeError(
      `${values.length} values were given for ${chains} chains of ${draws} draws; give ${chains * draws}.`,
    );
  }
  if (chains < 1 || draws < 4) return `${chains} chains of ${draws} draws: fewer than 4 draws a chain`;
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    return `draw ${(broken % draws) + 1} of chain ${Math.floor(broken / draws) + 1} is ${values[broken]}`;
  }
  if (values.every((value) => value === values[0])) return `all draws are ${values[0]}`;
  return undefined;
}
