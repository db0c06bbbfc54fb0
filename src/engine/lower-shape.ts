import type { GraphBuilder } from "./graph.ts";
import { BROADCAST, isStored, sizeOf, squeezed, storedOrder, type View } from "./view.ts";

/**
 * Runs of axes of equal product: the finest way to match the axes (of sizes other than 1) of two shapes of the same
 * size.
 */
function matchAxes(from: readonly number[], to: readonly number[]): { from: number[]; to: number[] }[] {
  const groups: { from: number[]; to: number[] }[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const group = { from: [] as number[], to: [] as number[] };
    let a = 1;
    let b = 1;
    do {
      if (a <= b && i < from.length) {
        a *= from[i];
        group.from.push(i++);
      } else {
        b *= to[j];
        group.to.push(j++);
      }
    } while (a !== b || group.to.length === 0);
    groups.push(group);
  }
  return groups;
}

/** Reshape; free where only axes of size 1 come and go, or where merged axes lie together in the tensor. */
export function reshape(graph: GraphBuilder, view: View, shape: readonly number[]): View {
  if (sizeOf(shape) === 0) throw new Error("Arrays without elements cannot be lowered.");
  const oldAxes = view.shape.map((_, i) => i).filter((i) => view.shape[i] !== 1);
  const newAxes = shape.map((_, i) => i).filter((i) => shape[i] !== 1);
  const groups = matchAxes(squeezed(view.shape), squeezed(shape)).map((g) => ({
    from: g.from.map((i) => oldAxes[i]),
    to: g.to.map((i) => newAxes[i]),
  }));
  const together = (axes: number[]) =>
    axes.every((axis, i) => i === 0 || view.axes[axis] === view.axes[axes[i - 1]] + 1);
  const free = groups.every(
    ({ from }) =>
      from.length === 1 ||
      from.every((a) => !isStored(view, a)) ||
      (from.every((a) => isStored(view, a)) && together(from)),
  );
  if (!free) return reshape(graph, graph.materialised(view), shape);

  const axes = shape.map(() => BROADCAST);
  const base: number[] = [];
  const stored = groups
    .filter(({ from }) => isStored(view, from[0]))
    .toSorted((a, b) => view.axes[a.from[0]] - view.axes[b.from[0]]);
  for (const { to } of stored) {
    for (const axis of to) {
      axes[axis] = base.length;
      base.push(shape[axis]);
    }
  }
  return { ...view, tensor: graph.reshape(view.tensor, view.base, base), base, shape, axes };
}

/** Slices [start, end) along every axis. */
export function shrink(graph: GraphBuilder, view: View, slice: readonly (readonly [number, number])[]): View {
  const cut = slice
    .map((_, i) => i)
    .filter((i) => isStored(view, i) && sizeAfter(slice[i]) !== view.shape[i]);
  const shape = slice.map(sizeAfter);
  if (cut.length === 0) return { ...view, shape };
  const tensor = graph.emit("Slice", [
    view.tensor,
    graph.integers(cut.map((i) => slice[i][0])),
    graph.integers(cut.map((i) => slice[i][1])),
    graph.integers(cut.map((i) => view.axes[i])),
  ]);
  const order = storedOrder(view);
  return graph.stored(tensor, view.type, shape, order);
}

const sizeAfter = ([start, end]: readonly [number, number]) => end - start;

/** Zeros before and after every axis. */
export function pad(graph: GraphBuilder, view: View, width: readonly (readonly [number, number])[]): View {
  const shape = view.shape.map((size, i) => size + width[i][0] + width[i][1]);
  const full = graph.full(view);
  const pads = graph.integers([...width.map((w) => w[0]), ...width.map((w) => w[1])]);
  return graph.fromFull(graph.emit("Pad", [full, pads], { mode: "constant" }), view.type, shape);
}

export function flip(graph: GraphBuilder, view: View, axes: readonly number[]): View {
  const real = axes.filter((axis) => isStored(view, axis));
  if (real.length === 0) return view;
  const tensor = graph.emit("Slice", [
    view.tensor,
    graph.integers(real.map(() => -1)),
    graph.integers(real.map(() => Number.MIN_SAFE_INTEGER)),
    graph.integers(real.map((axis) => view.axes[axis])),
    graph.integers(real.map(() => -1)),
  ]);
  return { ...view, tensor };
}

export function concatenate(graph: GraphBuilder, views: View[], axis: number): View {
  const shape = views[0].shape.map((size, i) =>
    i === axis ? views.reduce((sum, v) => sum + v.shape[axis], 0) : size,
  );
  const tensor = graph.emit(
    "Concat",
    views.map((v) => graph.full(v)),
    { axis },
  );
  return graph.fromFull(tensor, views[0].type, shape);
}

export function split(graph: GraphBuilder, view: View, axis: number, sizes: readonly number[]): View[] {
  const shapeOf = (size: number) => view.shape.map((s, i) => (i === axis ? size : s));
  if (!isStored(view, axis)) return sizes.map((size) => ({ ...view, shape: shapeOf(size) }));
  const order = storedOrder(view);
  const parts = graph.emitMany("Split", [view.tensor, graph.integers(sizes)], sizes.length, {
    axis: view.axes[axis],
  });
  return parts.map((tensor, i) => graph.stored(tensor, view.type, shapeOf(sizes[i]), order));
}

/** Indices of several axes as one tensor [index shape..., axes], as GatherND and ScatterND take them. */
function stackedIndices(graph: GraphBuilder, indices: View[], shape: readonly number[]): string {
  const columns = indices.map((view) => {
    const rank = shape.length - view.shape.length;
    const expanded: View = {
      ...view,
      shape: [...shape],
      axes: [...new Array<number>(rank).fill(BROADCAST), ...view.axes],
    };
    return graph.emit("Unsqueeze", [graph.full(expanded), graph.integers([shape.length])]);
  });
  const joined = columns.length === 1 ? columns[0] : graph.emit("Concat", columns, { axis: shape.length });
  return graph.emit("Cast", [joined], { to: 7 });
}

interface IndexParams {
  axis: number[];
  outDim: number;
}

interface ScatterParams extends IndexParams {
  /** Whether no element is added to twice. */
  uniqueIndices: boolean;
}

/** Moves the indexed axes to the front, then the axes that the indices make to their place. */
function indexOrders(rank: number, indexRank: number, { axis, outDim }: IndexParams) {
  const rest = Array.from({ length: rank }, (_, i) => i).filter((i) => !axis.includes(i));
  const front = [...axis, ...rest];
  const resultRank = indexRank + rest.length;
  const indexAxes = Array.from({ length: indexRank }, (_, i) => outDim + i);
  const restAxes = Array.from({ length: resultRank }, (_, i) => i).filter((i) => !indexAxes.includes(i));
  return { front, result: [...indexAxes, ...restAxes] };
}

const inverse = (perm: number[]) => perm.map((_, i) => perm.indexOf(i));
const permute = (shape: readonly number[], perm: number[]) => perm.map((p) => shape[p]);
const isIdentity = (perm: number[]) => perm.every((p, i) => p === i);

function moved(graph: GraphBuilder, tensor: string, perm: number[]): string {
  return isIdentity(perm) ? tensor : graph.emit("Transpose", [tensor], { perm });
}

/** x[..., indices, ...]: the axes `axis` of x are replaced by the axes of the indices, at `outDim`. */
export function gather(
  graph: GraphBuilder,
  x: View,
  indices: View[],
  shape: number[],
  params: IndexParams,
): View {
  const indexRank = shape.length - x.shape.length + params.axis.length;
  const indexShape = shape.slice(params.outDim, params.outDim + indexRank);
  const { front, result } = indexOrders(x.shape.length, indexRank, params);
  const data = moved(graph, graph.full(x), front);
  const picked = graph.emit("GatherND", [data, stackedIndices(graph, indices, indexShape)]);
  return graph.fromFull(moved(graph, picked, inverse(result)), x.type, shape);
}

/** The transpose of `gather`: adds the updates at their indices into zeros of the given shape. */
export function scatterAdd(
  graph: GraphBuilder,
  updates: View,
  indices: View[],
  shape: number[],
  params: ScatterParams,
): View {
  const indexRank = updates.shape.length - shape.length + params.axis.length;
  const indexShape = updates.shape.slice(params.outDim, params.outDim + indexRank);
  const { front, result } = indexOrders(shape.length, indexRank, params);
  const target = permute(shape, front);
  const zeros = (of: number[]) =>
    graph.emit("Expand", [graph.scalar(updates.type, 0).tensor, graph.integers(of)]);
  const added = moved(graph, graph.full(updates), result);
  const positions = stackedIndices(graph, indices, indexShape);
  let scattered: string;
  if (params.uniqueIndices) scattered = graph.emit("ScatterND", [zeros(target), positions, added]);
  else {
    // ScatterND's threads add to the same element at the same time and lose sums; ScatterElements has one thread.
    const indexed = target.slice(0, params.axis.length);
    const [rows, count] = [sizeOf(indexed), sizeOf(indexShape)];
    const width = sizeOf(target) / rows;
    const strides = indexed.map((_, i) => sizeOf(indexed.slice(i + 1)));
    const weighted = graph.emit("Mul", [positions, graph.integers(strides)]);
    const row = graph.emit("ReduceSum", [weighted, graph.integers([indexShape.length])], { keepdims: 0 });
    const column = graph.reshape(row, indexShape, [count, 1]);
    const index = graph.emit("Expand", [column, graph.integers([count, width])]);
    const values = graph.reshape(added, [...indexShape, ...target.slice(indexed.length)], [count, width]);
    const sums = graph.emit("ScatterElements", [zeros([rows, width]), index, values], {
      axis: 0,
      reduction: "add",
    });
    scattered = graph.reshape(sums, [rows, width], target);
  }
  return graph.fromFull(moved(graph, scattered, inverse(front)), updates.type, shape);
}
