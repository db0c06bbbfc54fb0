/** The k nearest neighbours of each of N points, without the point itself. */
export interface Neighbours {
  k: number;
  /** N × k, ascending along each row. */
  distances: Float64Array;
  /** N × k: which points they are. Of points at equal squared distances the one with the lower index comes first. */
  indices: Int32Array;
}

/** Room for neighbours whose squared distances are still to be offered. */
export function emptyNeighbours(n: number, k: number): Neighbours {
  return {
    k,
    distances: new Float64Array(n * k).fill(Number.POSITIVE_INFINITY),
    indices: new Int32Array(n * k).fill(-1),
  };
}

/** Keeps point j as a neighbour of point i if it is among the k nearest so far; distances are squared. */
export function offer({ k, distances, indices }: Neighbours, i: number, j: number, squared: number): void {
  const first = i * k;
  let at = first + k - 1;
  if (squared > distances[at] || (squared === distances[at] && j > indices[at])) return;
  for (; at > first; at--) {
    const before = distances[at - 1];
    if (before < squared || (before === squared && indices[at - 1] < j)) break;
    distances[at] = before;
    indices[at] = indices[at - 1];
  }
  distances[at] = squared;
  indices[at] = j;
}

/** The neighbours with distances in place of squared distances. */
export function rooted(neighbours: Neighbours): Neighbours {
  const { distances } = neighbours;
  for (let i = 0; i < distances.length; i++) distances[i] = Math.sqrt(distances[i]);
  return neighbours;
}
