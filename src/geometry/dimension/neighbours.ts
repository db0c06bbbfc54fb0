import { kdTreeNeighbours } from "./kd-tree.ts";
import { emptyNeighbours, type Neighbours, offer, rooted } from "./neighbour-list.ts";
import { checkPoints, type Points } from "./points.ts";

/**
 * Rows of brute force that are compared with each other before the next: 256 rows of 41 coordinates are 84 kB, so that
 * two blocks stay in the second-level cache.
 */
const BLOCK = 256;

/**
 * The exact k nearest neighbours of every point: by a k-d tree where it leaves out most of the pairs (N > 2^(r + 6) for
 * points that spread alike along r coordinates, as measured), by comparing all pairs otherwise. Both give the same answer
 * to the last bit. Memory is O(N k).
 *
 * @throws RangeError where k is not a whole number from 1 to N − 1, or coordinates are not finite
 */
export function nearestNeighbours(points: Points, k: number): Neighbours {
  const n = checkPoints(points);
  if (!(Number.isInteger(k) && k >= 1 && k < n)) {
    throw new RangeError(
      `${k} nearest neighbours were asked for among ${n} points; give a whole number from 1 to ${n - 1}.`,
    );
  }
  const search = n > 2 ** (wideCoordinates(points) + 6) ? kdTreeNeighbours : allPairsNeighbours;
  return search(points, k);
}

/** Along how many coordinates points spread: (Σ v)² / Σ v² of the variances v, r where they are equal. */
function wideCoordinates({ dimension: r, points: x }: Points): number {
  const n = x.length / r;
  let [sum, squares] = [0, 0];
  for (let d = 0; d < r; d++) {
    let mean = 0;
    for (let at = d; at < x.length; at += r) mean += x[at] / n;
    let variance = 0;
    for (let at = d; at < x.length; at += r) variance += (x[at] - mean) ** 2;
    sum += variance;
    squares += variance * variance;
  }
  return squares > 0 ? sum ** 2 / squares : r;
}

/** The k nearest neighbours of all points from all N (N − 1) / 2 pairs, in blocks. */
export function allPairsNeighbours({ dimension: r, points: x }: Points, k: number): Neighbours {
  const n = x.length / r;
  const nearest = emptyNeighbours(n, k);
  // The squared distance that a new neighbour of each point has to beat.
  const limit = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const keep = (i: number, j: number, squared: number) => {
    offer(nearest, i, j, squared);
    limit[i] = nearest.distances[i * k + k - 1];
  };
  for (let top = 0; top < n; top += BLOCK) {
    const bottom = Math.min(n, top + BLOCK);
    for (let left = top; left < n; left += BLOCK) {
      const right = Math.min(n, left + BLOCK);
      for (let i = top; i < bottom; i++) {
        const end = (i + 1) * r;
        let j = Math.max(left, i + 1);
        // Four pairs at once keep the processor's adders busy: each sum alone waits for its previous addition.
        for (; j + 3 < right; j += 4) {
          let s0 = 0;
          let s1 = 0;
          let s2 = 0;
          let s3 = 0;
          for (
            let at = i * r, a = j * r, b = a + r, c = b + r, d = c + r;
            at < end;
            at++, a++, b++, c++, d++
          ) {
            const xi = x[at];
            const d0 = xi - x[a];
            const d1 = xi - x[b];
            const d2 = xi - x[c];
            const d3 = xi - x[d];
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
          }
          if (s0 <= limit[i]) keep(i, j, s0);
          if (s1 <= limit[i]) keep(i, j + 1, s1);
          if (s2 <= limit[i]) keep(i, j + 2, s2);
          if (s3 <= limit[i]) keep(i, j + 3, s3);
          if (s0 <= limit[j]) keep(j, i, s0);
          if (s1 <= limit[j + 1]) keep(j + 1, i, s1);
          if (s2 <= limit[j + 2]) keep(j + 2, i, s2);
          if (s3 <= limit[j + 3]) keep(j + 3, i, s3);
        }
        for (; j < right; j++) {
          let sum = 0;
          for (let at = i * r, a = j * r; at < end; at++, a++) sum += (x[at] - x[a]) * (x[at] - x[a]);
          if (sum <= limit[i]) keep(i, j, sum);
          if (sum <= limit[j]) keep(j, i, sum);
        }
      }
    }
  }
  return rooted(nearest);
}

/**
 * @throws RangeError where points coincide, for estimators that take the logarithm of distances
 */
export function checkDistinct({ k, distances }: Neighbours): void {
  let repeated = 0;
  for (let at = 0; at < distances.length; at += k) if (distances[at] === 0) repeated++;
  if (repeated > 0) {
    throw new RangeError(
      `${repeated} of ${distances.length / k} points coincide with another point, and the logarithm of their distance is infinite; leave out repeated points.`,
    );
  }
}
