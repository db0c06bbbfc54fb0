import { emptyNeighbours, type Neighbours, offer, rooted } from "./neighbour-list.ts";
import type { Points } from "./points.ts";

/** Points in a leaf: fewer make the tree deeper, more compare pairs in vain. */
const LEAF = 10;

/**
 * A balanced k-d tree: node 0 is the root and holds all points; the children of node i are 2i + 1 and 2i + 2 and hold
 * the lower and the upper half of its points along the widest side of its bounding box.
 */
interface KdTree {
  /** The points in the order of the leaves: a node holds order[from .. to). */
  order: Int32Array;
  /** Their coordinates in that order, so that a leaf lies together in memory. */
  sorted: Float64Array;
  /** The bounding box of each node: r lower and r upper bounds. */
  boxes: Float64Array;
}

/** The exact k nearest neighbours of all points, by a k-d tree (Friedman, Bentley & Finkel 1977). */
export function kdTreeNeighbours(points: Points, k: number): Neighbours {
  const { dimension: r, points: x } = points;
  const n = x.length / r;
  const { order, sorted, boxes } = buildTree(points);
  const nearest = emptyNeighbours(n, k);
  const { distances } = nearest;

  // Sums run over the coordinates in the same order here and in the squared distances of points. Rounding is monotone,
  // so a box is never farther than a point inside it, not even in the last bit: ties are never lost.
  const squaredDistanceToBox = (query: number, node: number): number => {
    let sum = 0;
    for (let d = 0, low = node * 2 * r; d < r; d++, low++) {
      const q = x[query * r + d];
      const gap = q < boxes[low] ? boxes[low] - q : q > boxes[low + r] ? q - boxes[low + r] : 0;
      sum += gap * gap;
    }
    return sum;
  };

  const visit = (query: number, node: number, from: number, to: number): void => {
    if (to - from <= LEAF) {
      const worst = query * k + k - 1;
      for (let at = from; at < to; at++) {
        let sum = 0;
        for (let d = 0; d < r; d++) {
          const step = x[query * r + d] - sorted[at * r + d];
          sum += step * step;
        }
        if (sum <= distances[worst] && order[at] !== query) offer(nearest, query, order[at], sum);
      }
      return;
    }
    const middle = (from + to) >> 1;
    const lower = squaredDistanceToBox(query, 2 * node + 1);
    const upper = squaredDistanceToBox(query, 2 * node + 2);
    const worst = query * k + k - 1;
    const lowerFirst = lower <= upper;
    if (lowerFirst && lower <= distances[worst]) visit(query, 2 * node + 1, from, middle);
    if (upper <= distances[worst]) visit(query, 2 * node + 2, middle, to);
    if (!lowerFirst && lower <= distances[worst]) visit(query, 2 * node + 1, from, middle);
  };

  for (let i = 0; i < n; i++) visit(i, 0, 0, n);
  return rooted(nearest);
}

function buildTree({ dimension: r, points: x }: Points): KdTree {
  const n = x.length / r;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  // The halves differ by one point at most, so all leaves are on the last two levels.
  const depth = Math.max(0, Math.ceil(Math.log2(n / LEAF)));
  const boxes = new Float64Array(2 ** (depth + 1) * 2 * r);

  const build = (node: number, from: number, to: number): void => {
    const low = node * 2 * r;
    let widest = 0;
    for (let d = 0; d < r; d++) {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (let at = from; at < to; at++) {
        const value = x[order[at] * r + d];
        if (value < min) min = value;
        if (value > max) max = value;
      }
      boxes[low + d] = min;
      boxes[low + r + d] = max;
      if (max - min > boxes[low + r + widest] - boxes[low + widest]) widest = d;
    }
    if (to - from <= LEAF) return;
    const middle = (from + to) >> 1;
    partition(order, from, to, middle, x, r, widest);
    build(2 * node + 1, from, middle);
    build(2 * node + 2, middle, to);
  };
  build(0, 0, n);

  const sorted = new Float64Array(n * r);
  for (let at = 0; at < n; at++) sorted.set(x.subarray(order[at] * r, (order[at] + 1) * r), at * r);
  return { order, sorted, boxes };
}

/** Reorders order[from .. to) so that those before `middle` have no larger coordinate d than those after (Hoare's quickselect). */
function partition(
  order: Int32Array,
  from: number,
  to: number,
  middle: number,
  x: Float64Array,
  r: number,
  d: number,
): void {
  let left = from;
  let right = to - 1;
  while (left < right) {
    const pivot = x[order[(left + right) >> 1] * r + d];
    let i = left;
    let j = right;
    while (i <= j) {
      while (x[order[i] * r + d] < pivot) i++;
      while (x[order[j] * r + d] > pivot) j--;
      if (i <= j) {
        const swapped = order[i];
        order[i++] = order[j];
        order[j--] = swapped;
      }
    }
    if (middle <= j) right = j;
    else if (middle >= i) left = i;
    else return;
  }
}
