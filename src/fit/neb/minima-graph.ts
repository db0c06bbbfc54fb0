/** A path of low loss that has been found between two minima, and the largest loss on it. */
export interface Edge {
  a: number;
  b: number;
  saddle: number;
}

/** Edges of the tree that joins all minima over the lowest saddles (Kruskal), from the lowest to the highest. */
export function spanningTree<E extends Edge>(edges: readonly E[]): E[] {
  const sets = new Map<number, number>();
  const root = (x: number): number => {
    const parent = sets.get(x) ?? x;
    return parent === x ? x : root(parent);
  };
  return [...edges]
    .sort((x, y) => x.saddle - y.saddle)
    .filter(({ a, b }) => {
      const [x, y] = [root(a), root(b)];
      if (x !== y) sets.set(x, y);
      return x !== y;
    });
}

/** The minima that the edges join to one of them. */
function partOf(start: number, edges: readonly Edge[]): Set<number> {
  const part = new Set([start]);
  for (let size = 0; size < part.size; ) {
    size = part.size;
    for (const { a, b } of edges) {
      if (part.has(a)) part.add(b);
      else if (part.has(b)) part.add(a);
    }
  }
  return part;
}

/**
 * The lowest saddle known between every two of n minima, n × n row-major: the largest on their way through the spanning
 * tree, which no other way undercuts. It is an ultrametric: never above the larger of those to a third minimum. Infinite
 * between minima that nothing joins, and on the diagonal the loss of the minimum itself.
 */
export function saddleMatrix(losses: readonly number[], edges: readonly Edge[]): Float64Array {
  const n = losses.length;
  const result = new Float64Array(n * n).fill(Number.POSITIVE_INFINITY);
  losses.forEach((loss, i) => {
    result[i * n + i] = loss;
  });
  const tree = spanningTree(edges);
  // Edges come in ascending order, so that the one that joins two parts is the highest on all ways between them.
  tree.forEach((edge, k) => {
    const below = tree.slice(0, k);
    for (const i of partOf(edge.a, below)) {
      for (const j of partOf(edge.b, below)) result[i * n + j] = result[j * n + i] = edge.saddle;
    }
  });
  return result;
}

const lowest = (losses: readonly number[]) => losses.indexOf(Math.min(...losses));

/**
 * The next pair of minima to look for a path between (Draxler et al. 2018, section 2.3): first each with the best one; then
 * the highest edge of the spanning tree is taken away, and of the pairs across the gap that have not been tried the one of
 * lowest loss is next; if all have been, likewise for the next lower edge.
 *
 * @returns nothing where every pair that could lower the tree has been tried
 */
export function nextPair(losses: readonly number[], edges: readonly Edge[]): [number, number] | undefined {
  const tried = (i: number, j: number) =>
    edges.some(({ a, b }) => (a === i && b === j) || (a === j && b === i));
  const best = lowest(losses);
  const first = losses.findIndex((_, i) => i !== best && !tried(best, i));
  if (first >= 0) return [best, first];
  const tree = spanningTree(edges);
  for (const edge of tree.toReversed()) {
    const rest = tree.filter((other) => other !== edge);
    const pairs = [...partOf(edge.a, rest)].flatMap((i) =>
      [...partOf(edge.b, rest)].filter((j) => !tried(i, j)).map((j): [number, number] => [i, j]),
    );
    if (pairs.length === 0) continue;
    const height = ([i, j]: [number, number]) => losses[i] + losses[j];
    return pairs.reduce((low, pair) => (height(pair) < height(low) ? pair : low));
  }
  return undefined;
}

/** A branch of a disconnectivity graph: a minimum, or two or more branches that meet at a saddle. */
export type Branch =
  | { minimum: number; loss: number }
  | { saddle: number; branches: Branch[]; minima: number[] };

/**
 * The disconnectivity graph of minima (Becker and Karplus 1997): branches meet at the lowest saddle between their minima.
 * Several that meet at the same height are one node.
 *
 * @returns the trunks: one, where the edges join all minima
 */
export function disconnectivity(losses: readonly number[], edges: readonly Edge[]): Branch[] {
  const trunks: Branch[] = losses.map((loss, minimum) => ({ minimum, loss }));
  const minimaOf = (branch: Branch) => ("minima" in branch ? branch.minima : [branch.minimum]);
  for (const { a, b, saddle } of spanningTree(edges)) {
    const two = [a, b].map((m) => trunks.find((trunk) => minimaOf(trunk).includes(m))!);
    for (const trunk of two) trunks.splice(trunks.indexOf(trunk), 1);
    const branches = two.flatMap((trunk) =>
      "branches" in trunk && trunk.saddle === saddle ? trunk.branches : [trunk],
    );
    trunks.push({ saddle, branches, minima: branches.flatMap(minimaOf) });
  }
  return trunks;
}
