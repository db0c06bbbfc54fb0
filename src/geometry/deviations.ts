import { cosine, type Gram, inner } from "./gram.ts";

/**
 * Cosines between the deviations of points from the hull of m + 1 optima, N × N row-major ("Large Scale Structure", figure
 * 3, middle). NaN where a point has not left the hull.
 *
 * @param gram of the m + 1 optima and then the N points, minus one of the optima
 * @param points barycentric coefficients of the place in the hull that each point is compared with
 */
export function deviationCosines(gram: Gram, points: readonly ArrayLike<number>[]): Float64Array {
  return cosinesOf(gram, deviationsOf(gram, points));
}

/**
 * The same of what is left of the deviations without their part along the radius. Points of the hull lie nearer to zero than
 * the optima, so that all have to move outwards: at right angles to the hull that is one direction, along the foot of the
 * perpendicular from zero, and it makes deviations of different wedges alike.
 *
 * @param gram of the two optima and then the N points, about zero
 */
export function tangentialCosines(gram: Gram, points: readonly ArrayLike<number>[]): Float64Array {
  const ends = [0, 1].map((j) => Float64Array.from({ length: gram.size }, (_, i) => Number(i === j)));
  const line = ends[1].map((x, i) => x - ends[0][i]);
  const along = inner(gram, ends[0], line) / inner(gram, line, line);
  const foot = ends[0].map((x, i) => x - along * line[i]);
  const square = inner(gram, foot, foot);
  const left = deviationsOf(gram, points).map((deviation) => {
    const share = inner(gram, deviation, foot) / square;
    return deviation.map((x, i) => x - share * foot[i]);
  });
  return cosinesOf(gram, left);
}

/** Coefficients of the deviations over the optima and the points. */
function deviationsOf(gram: Gram, points: readonly ArrayLike<number>[]): Float64Array[] {
  const optima = gram.size - points.length;
  return points.map((coefficients, k) => {
    const row = new Float64Array(gram.size);
    for (let j = 0; j < optima; j++) row[j] = -coefficients[j];
    row[optima + k] = 1;
    return row;
  });
}

function cosinesOf(gram: Gram, vectors: readonly Float64Array[]): Float64Array {
  const n = vectors.length;
  return Float64Array.from({ length: n * n }, (_, i) =>
    cosine(gram, vectors[Math.floor(i / n)], vectors[i % n]),
  );
}

/** Means of a matrix of cosines over pairs of different points. */
export interface BlockMeans {
  /** Of the pairs inside each group of two or more points, in order of first appearance. */
  within: number[];
  /** Of the pairs from different groups; NaN if there is one group only. */
  across: number;
}

/**
 * Means within and across groups of points. Pairs without a cosine do not count.
 *
 * @param cosines N × N, row-major
 * @param groups the group of each of the N points, such as the number of its wedge
 */
export function blockMeans(cosines: ArrayLike<number>, groups: readonly number[]): BlockMeans {
  const n = groups.length;
  const mean = (wanted: (i: number, j: number) => boolean) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const value = cosines[i * n + j];
        if (!wanted(i, j) || Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
    }
    return count > 0 ? sum / count : Number.NaN;
  };
  const several = [...new Set(groups)].filter((g) => groups.filter((other) => other === g).length > 1);
  return {
    within: several.map((g) => mean((i, j) => groups[i] === g && groups[j] === g)),
    across: mean((i, j) => groups[i] !== groups[j]),
  };
}

/**
 * Groups 0 and 1 of N points along a path, changing where the mean cosine within exceeds that across by most: the switch of
 * wedges as far as it can be seen. Each group has two points or more.
 *
 * @param cosines N × N, row-major, N from 4
 */
export function contrastGroups(cosines: ArrayLike<number>): number[] {
  const n = Math.round(Math.sqrt(cosines.length));
  if (n < 4) {
    throw new RangeError(`${n} points cannot be split into two groups of two or more; give at least 4.`);
  }
  const contrast = (groups: number[]) => {
    const { within, across } = blockMeans(cosines, groups);
    return within.reduce((a, b) => a + b, 0) / within.length - across;
  };
  const splits = Array.from({ length: n - 3 }, (_, k) =>
    Array.from({ length: n }, (_, i) => Number(i >= k + 2)),
  );
  return splits.reduce((best, groups) => (contrast(groups) > contrast(best) ? groups : best));
}
