/** Nodes and weights of a polynomial through a few nodes of an axis, evaluated at one place. */
export interface Stencil {
  nodes: readonly number[];
  weights: readonly number[];
}

/** One of the nested sub-grids of an axis, and how its nodes follow from the coarser one. */
export interface AxisLevel {
  /** Ascending. */
  nodes: readonly number[];
  /** Place of a node in `nodes`; −1 where it is not in them. */
  place: Int32Array;
  /** By node: cubic and linear interpolation from the nodes of the coarser level (a node that is there is itself). */
  cubic: readonly Stencil[];
  linear: readonly Stencil[];
  /** By node: the nodes of the coarser level on either side, with one more on each side. */
  near: readonly (readonly number[])[];
}

/** Steps between the nodes of the coarsest level. */
const COARSEST = 8;

/**
 * Nested sub-grids of the nodes 0 … n − 1 of an axis, for any n: the first has both ends and about every eighth
 * node, each following one halves every interval of more than one step, and the last has all nodes.
 */
export function nestedNodes(n: number): AxisLevel[] {
  const intervals = Math.max(1, Math.round((n - 1) / COARSEST));
  let nodes = Array.from({ length: intervals + 1 }, (_, i) => Math.round((i * (n - 1)) / intervals));
  const levels = [axisLevel(n, nodes, nodes)];
  while (nodes.length < n) {
    const finer = nodes.flatMap((node, i) => {
      const before = nodes[i - 1];
      return i > 0 && node - before > 1 ? [(before + node) >> 1, node] : [node];
    });
    levels.push(axisLevel(n, finer, nodes));
    nodes = finer;
  }
  return levels;
}

/** The level after the last one of `nestedNodes`, on which nothing is new. */
export function allNodes(n: number): AxisLevel {
  const nodes = Array.from({ length: n }, (_, i) => i);
  return axisLevel(n, nodes, nodes);
}

function axisLevel(n: number, nodes: number[], coarser: number[]): AxisLevel {
  const place = new Int32Array(n).fill(-1);
  nodes.forEach((node, i) => {
    place[node] = i;
  });
  const level = {
    nodes,
    place,
    cubic: new Array<Stencil>(n),
    linear: new Array<Stencil>(n),
    near: new Array<number[]>(n),
  };
  for (const node of nodes) {
    const right = coarser.findIndex((other) => other >= node);
    const known = coarser[right] === node;
    level.cubic[node] = known ? { nodes: [node], weights: [1] } : lagrange(coarser, right, node, 4);
    level.linear[node] = known ? level.cubic[node] : lagrange(coarser, right, node, 2);
    level.near[node] = coarser.slice(Math.max(0, right - (known ? 1 : 2)), right + 2);
  }
  return level;
}

/** The polynomial through `count` nodes around x (fewer where there are no more), by Lagrange's formula. */
function lagrange(nodes: number[], right: number, x: number, count: number): Stencil {
  const first = Math.max(0, Math.min(right - count / 2, nodes.length - count));
  const some = nodes.slice(first, first + count);
  const weights = some.map((a) => some.reduce((w, b) => (b === a ? w : (w * (x - b)) / (a - b)), 1));
  return { nodes: some, weights };
}
