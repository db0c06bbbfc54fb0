import type { ElementType } from "./onnx.ts";

/**
 * A logical array seen through a tensor of the ONNX graph: axes may be permuted, and broadcast axes and axes of
 * size 1 do not exist in the tensor at all. Transposes, reshapes by ones and broadcasts thus cost nothing until an
 * operator needs the elements in another order.
 */
export interface View {
  /** Name of the tensor in the graph. */
  tensor: string;
  /** Shape of that tensor; no axis has size 1. */
  base: readonly number[];
  type: ElementType;
  /** Logical shape. */
  shape: readonly number[];
  /** For each logical axis, the axis of the tensor behind it, or -1 where every element along it is the same. */
  axes: readonly number[];
}

export const BROADCAST = -1;

export const isFloat = (type: ElementType): boolean => type === "float32" || type === "float64";

/** The view of a tensor that holds `shape` in row-major order with its axes of size 1 left out. */
export function wholeView(tensor: string, type: ElementType, shape: readonly number[]): View {
  let next = 0;
  const axes = shape.map((size) => (size === 1 ? BROADCAST : next++));
  return { tensor, base: squeezed(shape), type, shape, axes };
}

export function squeezed(shape: readonly number[]): number[] {
  return shape.filter((size) => size !== 1);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Logical axes that the tensor really has, in the order in which it stores them. */
export function storedOrder(view: View): number[] {
  const order = new Array<number>(view.base.length);
  view.axes.forEach((base, logical) => {
    if (base !== BROADCAST) order[base] = logical;
  });
  return order;
}

export function isStored(view: View, axis: number): boolean {
  return view.axes[axis] !== BROADCAST;
}

export function sameOrder(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

export function isAscending(order: readonly number[]): boolean {
  return order.every((x, i) => i === 0 || x > order[i - 1]);
}

/** Reorders the logical axes: axis i of the result is axis `perm[i]` of the view. */
export function transposeView(view: View, perm: readonly number[]): View {
  return { ...view, shape: perm.map((p) => view.shape[p]), axes: perm.map((p) => view.axes[p]) };
}

/** Grows the view to `shape`, where `inserted` lists the axes of the result that the view does not have. */
export function broadcastView(view: View, shape: readonly number[], inserted: readonly number[]): View {
  let next = 0;
  const axes = shape.map((_, i) => (inserted.includes(i) ? BROADCAST : view.axes[next++]));
  return { ...view, shape, axes };
}

/** Adds leading broadcast axes, NumPy's rule for operands of different rank. */
export function alignRank(view: View, rank: number): View {
  const extra = rank - view.shape.length;
  if (extra === 0) return view;
  return {
    ...view,
    shape: [...new Array<number>(extra).fill(1), ...view.shape],
    axes: [...new Array<number>(extra).fill(BROADCAST), ...view.axes],
  };
}

/** NumPy's broadcast of several shapes. */
export function broadcastShapes(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((s) => s[i - rank + s.length] ?? 1);
    const size = sizes.find((s) => s !== 1) ?? 1;
    return size;
  });
}
