import type { Rng } from "../../engine/index.ts";

/** What several runs in subspaces of one dimension reached; larger is better. */
export interface DimensionScores {
  /** d */
  dimension: number;
  scores: readonly number[];
}

/** Samples of a bootstrap, as Li et al. 2018 take. */
const BOOTSTRAP = 50;

/** The middle one, or the mean of the middle two. */
export function medianScore({ scores }: DimensionScores): number {
  const sorted = [...scores].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/**
 * The dimension from which on the median score reaches a target: between the first measured dimension whose median does and
 * the one before, by linear interpolation of the median over ln d.
 *
 * @param rows by dimension, ascending
 * @returns nothing where no dimension reaches it; the first dimension where that does already
 */
export function crossing(rows: readonly DimensionScores[], target: number): number | undefined {
  const medians = rows.map(medianScore);
  const k = medians.findIndex((value) => value >= target);
  if (k < 0) return undefined;
  if (k === 0) return rows[0].dimension;
  const share = (target - medians[k - 1]) / (medians[k] - medians[k - 1]);
  return Math.exp(Math.log(rows[k - 1].dimension) * (1 - share) + Math.log(rows[k].dimension) * share);
}

/**
 * Standard deviation of the crossing over bootstrap samples of the runs at each dimension, drawn with replacement (Li et al.
 * 2018). Samples that never reach the target count for nothing; nothing where fewer than two do, or of single runs.
 */
export function crossingDeviation(
  rows: readonly DimensionScores[],
  target: number,
  rng: Rng,
): number | undefined {
  if (rows.every(({ scores }) => scores.length < 2)) return undefined;
  const found: number[] = [];
  for (let sample = 0; sample < BOOTSTRAP; sample++) {
    const stream = rng.foldIn(sample);
    const drawn = rows.map(({ dimension, scores }, k) => ({
      dimension,
      scores: Array.from(stream.foldIn(k).integers(scores.length, scores.length), (i) => scores[i]),
    }));
    const at = crossing(drawn, target);
    if (at !== undefined) found.push(at);
  }
  if (found.length < 2) return undefined;
  const mean = found.reduce((a, b) => a + b, 0) / found.length;
  return Math.sqrt(found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (found.length - 1));
}

/**
 * The next dimension to measure in a bisection of the crossing: the geometric mean of the two around it. Nothing where no two
 * are around it, or nothing lies between them.
 *
 * @param rows by dimension, ascending
 */
export function nextDimension(rows: readonly DimensionScores[], target: number): number | undefined {
  const k = rows.findIndex((row) => medianScore(row) >= target);
  if (k <= 0) return undefined;
  const [below, above] = [rows[k - 1].dimension, rows[k].dimension];
  if (above - below < 2) return undefined;
  const middle = Math.round(Math.sqrt(below * above));
  return Math.min(above - 1, Math.max(below + 1, middle));
}
