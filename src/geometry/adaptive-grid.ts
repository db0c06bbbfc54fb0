import { type AxisLevel, allNodes, nestedNodes } from "./nested-nodes.ts";

/** A field on all nodes of a grid, of which only some were evaluated. */
export interface AdaptiveGrid {
  /** A value for every node, x fastest: node (ix, iy) is iy · width + ix. */
  values: Float64Array;
  /** 1 where the value was evaluated and 0 where it was interpolated. */
  evaluated: Uint8Array;
  /** Share of nodes that were evaluated, in (0, 1]. */
  fraction: number;
  /** Calls of `evaluate`. */
  batches: number;
}

/**
 * Place of a value on the colour scale, in [0, 1]; a rising function.
 *
 * @param value at most max
 * @param min @param max the smallest and the largest of the values, those above vmax counting as vmax
 */
export type DrawnPosition = (value: number, min: number, max: number) => number;

/**
 * A picture of a field for a fraction of the evaluations: evaluates the field where it bends and interpolates the rest.
 *
 * The grid is a nest of sub-grids (see `nestedNodes`). About every fourth node along each axis is evaluated at once.
 * Then, from level to level, each new node is predicted from the coarser level by cubic interpolation, and it
 * is evaluated where an error of the expected size would show in the picture. The size is expected from how far
 * predictions nearby missed on the level before (Harten's multiresolution details, used as in Holmström 1999, SIAM J.
 * Sci. Comput. 21), and from how much cubic and linear prediction differ. Where a prediction turns out wrong, the nodes
 * around it are evaluated as well, until the predictions around hold.
 *
 * The limit of the method: what lies between the nodes of the first sub-grid and does not show on them (a peak or
 * a hole narrower than four steps) is not found. Fields with jumps or noise, such as the error rate on few examples,
 * cannot be interpolated to better than their noise, and take more evaluations.
 *
 * @param evaluate the values of some nodes, in their order; called with few, large batches
 * @param options.width @param options.height nodes along x and y, from 2
 * @param options.vmax values above are drawn alike; default none
 * @param options.tolerance aimed-at largest error of a drawn value, as a share of the colour range; default 0.02
 * @param options.drawn place of a value on the colour scale; default linear from min to max
 * @returns all values. No interpolated one is below all evaluated ones; between nodes that are not finite they are NaN.
 */
export async function adaptiveGrid(
  evaluate: (nodes: Int32Array) => Promise<Float64Array>,
  options: { width: number; height: number; vmax?: number; tolerance?: number; drawn?: DrawnPosition },
): Promise<AdaptiveGrid> {
  const { width, height, vmax = Number.POSITIVE_INFINITY, tolerance = 0.02, drawn = linear } = options;
  const levels = gridLevels(width, height);
  const count = width * height;
  const values = new Float64Array(count).fill(Number.NaN);
  const evaluated = new Uint8Array(count);
  let batches = 0;

  const take = async (nodes: readonly number[]) => {
    if (nodes.length === 0) return;
    const found = await evaluate(Int32Array.from(nodes));
    if (found.length !== nodes.length) {
      throw new RangeError(
        `${nodes.length} nodes were to be evaluated and ${found.length} values came back; give one for each.`,
      );
    }
    nodes.forEach((node, i) => {
      values[node] = found[i];
      evaluated[node] = 1;
    });
    batches++;
  };

  // By node, in squeezed values: by how much the prediction missed, or may have missed where nobody looked.
  const miss = new Float64Array(count);
  const allowed = tolerance / 2;
  await take(levels.slice(0, 2).flatMap((level) => level.fresh));
  for (const level of levels.slice(1)) {
    const { smallest, min, max, squeeze, release } = squeezing(values, evaluated, vmax);
    const squeezed = values.map(squeeze);
    const cubic = predict(level, "cubic", squeezed);
    const straight = predict(level, "linear", squeezed);
    const position = (s: number) => {
      const value = release(s);
      return Number.isNaN(value) ? 1 : drawn(Math.min(Math.max(value, min), max), min, max);
    };
    // The same error shows more where the colours are steep, as they are near the minimum on a logarithmic scale.
    const shows = (node: number, error: number) => {
      const s = cubic[node];
      const [below, here, above] = [s - error, s, s + error].map(position);
      return Math.max(here - below, above - here) > allowed;
    };
    // A prediction clearly below all values is not left as one: the smallest value of a picture is an evaluated one.
    const floor = max > min ? smallest - (allowed / 4) * (max - min) : Number.NEGATIVE_INFINITY;
    const error = new Float64Array(count);
    for (const node of level.fresh) {
      const curved = Math.abs(cubic[node] - straight[node]);
      error[node] = Math.max(DECAY * largestNear(level, node, miss), CURVED * curved);
    }
    miss.fill(0);
    for (const node of level.fresh) miss[node] = error[node];
    let looked = level.fresh.filter((node) => evaluated[node]);
    let wanted = level.fresh.filter(
      (node) => !evaluated[node] && (shows(node, error[node]) || cubic[node] < floor),
    );
    while (wanted.length + looked.length > 0) {
      await take(wanted);
      const doubtful = new Set<number>();
      for (const node of [...looked, ...wanted]) {
        miss[node] = Math.abs(squeeze(values[node]) - cubic[node]);
        for (const other of around(level, node)) {
          if (!evaluated[other] && shows(other, miss[node])) doubtful.add(other);
        }
      }
      looked = [];
      wanted = [...doubtful];
    }
    for (const node of level.fresh) if (!evaluated[node]) values[node] = release(cubic[node]);
  }
  return {
    values: fillGrid({ width, height, values, evaluated, vmax }),
    evaluated,
    fraction: evaluated.reduce((sum, one) => sum + one, 0) / count,
    batches,
  };
}

/**
 * The share of a miss that is expected on the next level, with half the step: 1/16 where the field is smooth, 1/2 at
 * a kink.
 */
const DECAY = 1 / 3;
/** The share of the difference of cubic and linear prediction by which the cubic one may be wrong. */
const CURVED = 1 / 4;

const linear: DrawnPosition = (value, min, max) => (max > min ? (value - min) / (max - min) : 0);

/**
 * Interpolates a field on all nodes from the evaluated ones, level by level, as `adaptiveGrid` does: for other
 * quantities that were evaluated at the same nodes, such as the error beside the loss.
 *
 * @param grid.values by node, x fastest; those that were not evaluated are not read
 * @param grid.evaluated from `adaptiveGrid`
 */
export function fillGrid(grid: {
  width: number;
  height: number;
  values: ArrayLike<number>;
  evaluated: ArrayLike<number>;
  vmax?: number;
}): Float64Array {
  const values = Float64Array.from(grid.values);
  const { smallest, squeeze, release } = squeezing(
    values,
    grid.evaluated,
    grid.vmax ?? Number.POSITIVE_INFINITY,
  );
  const squeezed = values.map(squeeze);
  for (const level of gridLevels(grid.width, grid.height).slice(1)) {
    const cubic = predict(level, "cubic", squeezed);
    for (const node of level.fresh) {
      if (grid.evaluated[node]) continue;
      squeezed[node] = cubic[node];
      values[node] = Math.max(smallest, release(cubic[node]));
    }
  }
  return values;
}

interface GridLevel {
  columns: AxisLevel;
  rows: AxisLevel;
  width: number;
  /** Nodes that are not on the coarser level (on the first: all). */
  fresh: number[];
}

function gridLevels(width: number, height: number): GridLevel[] {
  for (const n of [width, height]) {
    if (!Number.isInteger(n) || n < 2) {
      throw new RangeError(`A grid of ${width} by ${height} nodes was given; give whole numbers from 2.`);
    }
  }
  const [across, up] = [nestedNodes(width), nestedNodes(height)];
  while (across.length < up.length) across.push(allNodes(width));
  while (up.length < across.length) up.push(allNodes(height));
  return across.map((columns, l) => {
    const rows = up[l];
    const isOld = (x: number, y: number) => l > 0 && across[l - 1].place[x] >= 0 && up[l - 1].place[y] >= 0;
    const fresh = rows.nodes.flatMap((y) =>
      columns.nodes.filter((x) => !isOld(x, y)).map((x) => y * width + x),
    );
    return { columns, rows, width, fresh };
  });
}

/**
 * The colour range [min, max] of the evaluated values, and the scale on which they are interpolated: values above the
 * range rise only as their logarithm, since a wall that is a thousand times as high as the picture shows would swing
 * far into the valley beside it. What is not finite stands above all else, and comes back as NaN.
 */
function squeezing(values: Float64Array, evaluated: ArrayLike<number>, vmax: number) {
  const known = values.filter((_, i) => evaluated[i]);
  const finite = known.filter(Number.isFinite);
  const smallest = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const largest = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const [min, max] = [Math.min(smallest, vmax), Math.min(largest, vmax)];
  const range = max > min ? max - min : 1;
  const rise = (z: number) => (z <= max ? z : max + range * Math.log1p((z - max) / range));
  const above = finite.length > 0 ? rise(largest) + range : 0;
  const lost = finite.length < known.length ? above - range / 2 : Number.POSITIVE_INFINITY;
  return {
    smallest,
    min,
    max,
    squeeze: (z: number) => (Number.isFinite(z) ? rise(z) : above),
    release(s: number) {
      if (s > lost) return Number.NaN;
      return s <= max ? s : max + range * Math.expm1((s - max) / range);
    },
  };
}

/** The values (by node) with the fresh nodes of a level by interpolation of the coarser one. */
function predict(
  { columns, rows, width, fresh }: GridLevel,
  kind: "cubic" | "linear",
  values: Float64Array,
): Float64Array {
  const predicted = values.slice();
  for (const node of fresh) {
    predicted[node] = 0;
    const across = columns[kind][node % width];
    const up = rows[kind][Math.floor(node / width)];
    for (let j = 0; j < up.nodes.length; j++) {
      let row = 0;
      for (let i = 0; i < across.nodes.length; i++) {
        row += across.weights[i] * values[up.nodes[j] * width + across.nodes[i]];
      }
      predicted[node] += up.weights[j] * row;
    }
  }
  return predicted;
}

/** The largest of the numbers at the nodes of the coarser level around a node. */
function largestNear({ columns, rows, width }: GridLevel, node: number, numbers: Float64Array): number {
  let largest = 0;
  for (const y of rows.near[Math.floor(node / width)]) {
    for (const x of columns.near[node % width]) largest = Math.max(largest, numbers[y * width + x]);
  }
  return largest;
}

/** The nodes of a level next to one of its nodes, with the diagonals. */
function around({ columns, rows, width }: GridLevel, node: number): number[] {
  const beside = ({ nodes, place }: AxisLevel, at: number) =>
    nodes.slice(Math.max(0, place[at] - 1), place[at] + 2);
  const [xs, ys] = [beside(columns, node % width), beside(rows, Math.floor(node / width))];
  return ys.flatMap((y) => xs.map((x) => y * width + x));
}
