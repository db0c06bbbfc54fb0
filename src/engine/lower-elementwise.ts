import type { GraphBuilder } from "./graph.ts";
import type { Attribute, ElementType } from "./onnx.ts";
import { alignRank, broadcastShapes, isStored, sameOrder, sizeOf, storedOrder, type View } from "./view.ts";

/**
 * Applies an elementwise operator. The result is stored in the order of its largest operand, so that a chain of
 * operators on a transposed array never moves it, and axes along which no operand varies are not stored.
 */
export function elementwise(
  graph: GraphBuilder,
  op: string,
  operands: View[],
  type: ElementType = operands[0].type,
  attributes: Record<string, Attribute> = {},
): View {
  const shape = broadcastShapes(operands.map((v) => v.shape));
  const aligned = operands.map((v) => alignRank(v, shape.length));
  const varying = shape.map((_, axis) => axis).filter((axis) => aligned.some((v) => isStored(v, axis)));
  const largest = aligned.reduce((a, b) => (sizeOf(b.base) > sizeOf(a.base) ? b : a));
  const own = storedOrder(largest);
  const order = [...own, ...varying.filter((axis) => !own.includes(axis))];
  const tensors = aligned.map((view) => {
    // Leading axes of size 1 are implied.
    const first = order.findIndex((axis) => isStored(view, axis));
    return graph.inOrder(view, first < 0 ? [] : order.slice(first));
  });
  const sizes = order.map((axis) => shape[axis]);
  const wide = widened(graph, tensors, sizes);
  const result = graph.emit(op, wide?.tensors ?? tensors.map(({ tensor }) => tensor), attributes);
  return graph.stored(wide ? graph.reshape(result, wide.shape, sizes) : result, type, shape, order);
}

/** Broadcast rows with fewer elements than `SHORT` are repeated until they have up to `LONG`. */
const [SHORT, LONG] = [64, 512];

/**
 * Two operands of which one, such as the biases of a narrow layer, has but one row for many of the other, [n, w] and
 * [1, w], as [n / k, k w] and k copies of that row: ONNX Runtime works row by row, at a cost for each. Undefined where that
 * does not apply.
 */
function widened(
  graph: GraphBuilder,
  operands: { tensor: string; shape: number[] }[],
  sizes: readonly number[],
): { tensors: string[]; shape: number[] } | undefined {
  const [n, w] = sizes.slice(-2);
  const isFull = ({ shape }: { shape: number[] }) => sameOrder(shape, sizes);
  const isRow = ({ shape }: { shape: number[] }) =>
    shape[shape.length - 1] === w && (shape.length < 2 || shape[shape.length - 2] === 1);
  if (operands.length !== 2 || sizes.length < 2 || w >= SHORT || !operands.some(isFull)) return undefined;
  if (!operands.some(isRow) || n < 2) return undefined;
  let k = Math.min(n, Math.floor(LONG / w));
  while (n % k !== 0) k--;
  if (k * w < SHORT) return undefined;
  const shape = [...sizes.slice(0, -2), n / k, k * w];
  const tensors = operands.map(({ tensor, shape: own }) =>
    sameOrder(own, sizes)
      ? graph.reshape(tensor, own, shape)
      : graph.emit("Tile", [tensor, graph.integers(own.map((_, i) => (i === own.length - 1 ? k : 1)))]),
  );
  return { tensors, shape };
}

/** Sum (or another reduction) over logical axes; the reduced axes disappear. */
export function reduce(graph: GraphBuilder, op: string, view: View, axes: readonly number[]): View {
  const stored = axes.filter((axis) => isStored(view, axis)).map((axis) => view.axes[axis]);
  const repeats = sizeOf(axes.filter((axis) => !isStored(view, axis)).map((axis) => view.shape[axis]));
  const kept = view.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const shape = kept.map((i) => view.shape[i]);
  let result: View = { ...view, shape, axes: kept.map((i) => view.axes[i]) };
  if (stored.length > 0) {
    const tensor = graph.emit(op, [view.tensor, graph.integers(stored.toSorted((a, b) => a - b))], {
      keepdims: 0,
    });
    const rank = (axis: number) => axis - stored.filter((s) => s < axis).length;
    result = {
      ...result,
      tensor,
      base: view.base.filter((_, i) => !stored.includes(i)),
      axes: result.axes.map((axis) => (axis < 0 ? axis : rank(axis))),
    };
  }
  // A sum over a broadcast axis is a multiple, a product a power; a maximum does not change.
  if (repeats !== 1 && op === "ReduceSum") {
    return elementwise(graph, "Mul", [result, graph.scalar(view.type, repeats)]);
  }
  if (repeats !== 1 && op === "ReduceProd") {
    return elementwise(graph, "Pow", [result, graph.scalar(view.type, repeats)]);
  }
  return result;
}
