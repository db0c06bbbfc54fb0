import type { GraphBuilder } from "./graph.ts";
import type { Attribute, ElementType } from "./onnx.ts";
import { alignRank, broadcastShapes, isStored, sizeOf, storedOrder, type View } from "./view.ts";

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
    return graph.inOrder(view, first < 0 ? [] : order.slice(first)).tensor;
  });
  return graph.stored(graph.emit(op, tensors, attributes), type, shape, order);
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
