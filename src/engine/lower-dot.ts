import type { GraphBuilder } from "./graph.ts";
import { elementwise, reduce } from "./lower-elementwise.ts";
import {
  alignRank,
  broadcastShapes,
  isFloat,
  isStored,
  sameOrder,
  sizeOf,
  storedOrder,
  type View,
} from "./view.ts";

interface Matrix {
  tensor: string;
  /** Stored as [batch, contracted, free] instead of [batch, free, contracted]. */
  transposed: boolean;
}

/**
 * A Jaxpr's `dot`: sum(x * y) over the last axis, with NumPy broadcasting. Every axis is a batch axis (both vary
 * along it), a free axis of the left or of the right operand, or broadcast; so the whole is one matrix product,
 * with transposes folded into it wherever the stored order allows.
 */
export function dot(graph: GraphBuilder, x: View, y: View): View {
  const rank = Math.max(x.shape.length, y.shape.length);
  const shape = broadcastShapes([x.shape, y.shape]);
  let left = alignRank(x, rank);
  let right = alignRank(y, rank);
  const contracted = rank - 1;
  const outShape = shape.slice(0, contracted);
  if (!isStored(left, contracted) || !isStored(right, contracted)) {
    return dotWithConstantAxis(graph, left, right, shape);
  }

  const axes = outShape.map((_, axis) => axis);
  const batch = axes.filter((a) => isStored(left, a) && isStored(right, a));
  const freeOf = (v: View, other: View) => axes.filter((a) => isStored(v, a) && !isStored(other, a));
  let leftFree = freeOf(left, right);
  let rightFree = freeOf(right, left);
  const size = (of: readonly number[]) => sizeOf(of.map((axis) => outShape[axis]));
  graph.work += size([...batch, ...leftFree, ...rightFree]) * shape[contracted];
  if (batch.length > 0 && leftFree.length === 0 && rightFree.length === 0) {
    return reduce(graph, "ReduceSum", elementwise(graph, "Mul", [left, right]), [contracted]);
  }
  if (belongsLeft(rightFree, leftFree, size)) {
    [left, right, leftFree, rightFree] = [right, left, rightFree, leftFree];
  }
  const batchOrder = storedOrder(left).filter((a) => batch.includes(a));
  leftFree = storedOrder(left).filter((a) => leftFree.includes(a));
  rightFree = storedOrder(right).filter((a) => rightFree.includes(a));
  const order = [...batchOrder, ...leftFree, ...rightFree];
  const stored = order.map((axis) => outShape[axis]);
  // Operators that transpose their operands exist for floats only.
  const free = isFloat(left.type);
  const a = asMatrix(graph, left, batchOrder, leftFree, contracted, free ? undefined : false);
  const b = asMatrix(graph, right, batchOrder, rightFree, contracted, free ? undefined : true);
  if (batch.length === 0 && rightFree.length === 0) {
    // A row times a matrix or a matrix times a column, whichever way the matrix is stored. (As a vector without
    // a second axis, the column would go through a kernel ten times slower.)
    const k = shape[contracted];
    const { tensor: vector } = graph.inOrder(right, [contracted]);
    const column = () => graph.reshape(vector, [k], [k, 1]);
    const tensor = graph.emit("MatMul", a.transposed ? [vector, a.tensor] : [a.tensor, column()]);
    const product = a.transposed ? [size(leftFree)] : [size(leftFree), 1];
    return graph.stored(graph.reshape(tensor, product, stored), left.type, outShape, order);
  }
  const [transA, transB] = [a.transposed ? 1 : 0, b.transposed ? 0 : 1];
  let tensor: string;
  if (transA === 0 && transB === 0) tensor = graph.emit("MatMul", [a.tensor, b.tensor]);
  else if (batch.length === 0) tensor = graph.emit("Gemm", [a.tensor, b.tensor], { transA, transB });
  else {
    const attributes = { transA, transB, transBatchA: 0, transBatchB: 0, alpha: { float: 1 } };
    tensor = graph.emit("FusedMatMul", [a.tensor, b.tensor], attributes, "com.microsoft");
  }
  const product = [...batchOrder.map((axis) => outShape[axis]), size(leftFree), size(rightFree)];
  return graph.stored(graph.reshape(tensor, product, stored), left.type, outShape, order);
}

/** Columns that a matrix kernel computes at once; fewer waste its registers. */
const NARROW = 16;

/**
 * Whether the operand with the free axes `free` should be the left one: a narrow operand should (its rows may be
 * few, its columns not), a vector should not; otherwise the owner of the first free axis should, so that results
 * are stored in logical order.
 */
function belongsLeft(
  free: number[],
  otherFree: number[],
  size: (axes: readonly number[]) => number,
): boolean {
  if (free.length === 0 || otherFree.length === 0) return otherFree.length === 0 && free.length > 0;
  const [own, other] = [size(free), size(otherFree)];
  if (own < NARROW !== other < NARROW) return own < NARROW;
  return free[0] < otherFree[0];
}

/**
 * An operand as a stack of matrices [batch, free, contracted], or [batch, contracted, free] if stored so; `wanted`
 * fixes which.
 */
function asMatrix(
  graph: GraphBuilder,
  v: View,
  batch: number[],
  free: number[],
  contracted: number,
  wanted?: boolean,
): Matrix {
  const transposed = [...batch, contracted, ...free];
  const isTransposed = wanted ?? (free.length > 0 && sameOrder(storedOrder(v), transposed));
  const order = isTransposed ? transposed : [...batch, ...free, contracted];
  const { tensor, shape } = graph.inOrder(v, order);
  const batchShape = batch.map((axis) => v.shape[axis]);
  const freeSize = sizeOf(free.map((axis) => v.shape[axis]));
  const k = v.shape[contracted];
  const matrix = [...batchShape, ...(isTransposed ? [k, freeSize] : [freeSize, k])];
  return { tensor: graph.reshape(tensor, shape, matrix), transposed: isTransposed };
}

/** One operand does not vary along the contracted axis: sum the other, then multiply. */
function dotWithConstantAxis(graph: GraphBuilder, x: View, y: View, shape: readonly number[]): View {
  const last = shape.length - 1;
  const without = (v: View): View => ({ ...v, shape: v.shape.slice(0, last), axes: v.axes.slice(0, last) });
  const sum = (v: View) => (isStored(v, last) ? reduce(graph, "ReduceSum", v, [last]) : without(v));
  const product = elementwise(graph, "Mul", [sum(x), sum(y)]);
  if (isStored(x, last) || isStored(y, last) || shape[last] === 1) return product;
  return elementwise(graph, "Mul", [product, graph.scalar(x.type, shape[last])]);
}

/** A matrix product plus a vector along one of its axes, as one Gemm; nothing if that is not what it is. */
export function withBias(graph: GraphBuilder, product: View, bias: View): View | undefined {
  const node = graph.producer(product.tensor);
  if ((node?.op !== "MatMul" && node?.op !== "Gemm") || node.inputs.length !== 2) return undefined;
  if (!isFloat(product.type)) return undefined;
  const aligned = alignRank(bias, Math.max(bias.shape.length, product.shape.length));
  if (product.base.length !== 2 || bias.base.length !== 1 || aligned.shape.length !== product.shape.length) {
    return undefined;
  }
  const axis = aligned.axes.indexOf(0);
  const row = product.axes[axis];
  if (row < 0 || !sameOrder(broadcastShapes([product.shape, aligned.shape]), product.shape)) return undefined;
  const column = graph.reshape(bias.tensor, bias.base, row === 0 ? [...bias.base, 1] : bias.base);
  const tensor = graph.emit("Gemm", [...node.inputs, column], node.attributes);
  return { ...product, tensor };
}
