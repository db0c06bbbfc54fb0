import { GraphBuilder } from "./graph.ts";
import { type ConvParams, convolution } from "./lower-conv.ts";
import { dot, withBias } from "./lower-dot.ts";
import { elementwise, reduce } from "./lower-elementwise.ts";
import { concatenate, flip, gather, pad, reshape, scatterAdd, shrink, split } from "./lower-shape.ts";
import type { ElementType } from "./onnx.ts";
import type { Atom, Equation, Trace } from "./trace.ts";
import { broadcastView, isFloat, sameOrder, transposeView, type View, wholeView } from "./view.ts";

/** Primitives that are one ONNX operator, elementwise. */
const ELEMENTWISE: Record<string, string> = {
  add: "Add",
  mul: "Mul",
  min: "Min",
  max: "Max",
  neg: "Neg",
  reciprocal: "Reciprocal",
  floor: "Floor",
  ceil: "Ceil",
  sin: "Sin",
  cos: "Cos",
  asin: "Asin",
  atan: "Atan",
  exp: "Exp",
  log: "Log",
  erf: "Erf",
  sqrt: "Sqrt",
};

const COMPARE: Record<string, string> = { less: "Less", less_equal: "LessOrEqual", equal: "Equal" };
const REDUCE: Record<string, string> = {
  Add: "ReduceSum",
  Mul: "ReduceProd",
  Max: "ReduceMax",
  Min: "ReduceMin",
};
/** On truth values, for which ONNX has no arithmetic. */
const LOGICAL: Record<string, string> = { add: "Or", mul: "And", max: "Or", min: "And" };
/** `TensorProto.DataType`, for Cast. */
const CAST: Record<string, number> = { float32: 1, int32: 6, bool: 9, float64: 11, uint32: 12 };

type Rule = (graph: GraphBuilder, inputs: View[], eqn: Equation) => View[];

const param = <T>(eqn: Equation, name: string): T => eqn.params[name] as T;
const outShape = (eqn: Equation): number[] => eqn.outBinders[0].aval.shape;
const outType = (eqn: Equation): ElementType => eqn.outBinders[0].aval.dtype as ElementType;

/** The view behind a negation or reciprocal, so that x + (-y) is one subtraction and x * (1/y) one division. */
function undone(graph: GraphBuilder, view: View, op: string): View | undefined {
  const node = graph.producer(view.tensor);
  return node?.op === op ? { ...view, tensor: node.inputs[0] } : undefined;
}

function additive(graph: GraphBuilder, inputs: View[], op: string, inverse: string, fused: string): View {
  const [x, y] = inputs;
  const right = undone(graph, y, inverse);
  if (right) return elementwise(graph, fused, [x, right]);
  const left = undone(graph, x, inverse);
  if (left) return elementwise(graph, fused, [y, left]);
  return elementwise(graph, op, [x, y]);
}

/** The slope at which a steep ramp is a step for every float32 that is not subnormal. */
const STEEP = 3e38;

/**
 * The mask 0 < x as float32 numbers, as one steep ramp min(max(STEEP x, 0), 1): a third of the time of comparing and
 * casting.
 */
function castMask(graph: GraphBuilder, mask: View, type: ElementType): View | undefined {
  const compare = graph.producer(mask.tensor);
  if (compare?.op !== "Less" || type !== "float32") return undefined;
  const [zero, x] = compare.inputs;
  if (zero !== graph.scalar(type, 0).tensor) return undefined;
  // Of Relu(x), which is there anyway, so that x itself has one use and can be fused with it.
  const positive = elementwise(graph, "Relu", [{ ...mask, tensor: x, type }]);
  return elementwise(graph, "HardSigmoid", [positive], type, { alpha: { float: STEEP }, beta: { float: 0 } });
}

/** x times the mask 0 < x is one Relu. */
function rectified(graph: GraphBuilder, [x, mask]: View[]): View | undefined {
  const ramp = graph.producer(mask.tensor);
  const positive = ramp?.op === "HardSigmoid" ? graph.producer(ramp.inputs[0]) : undefined;
  if (positive?.op !== "Relu" || positive.inputs[0] !== x.tensor) return undefined;
  if (!sameOrder(x.axes, mask.axes) || !sameOrder(x.shape, mask.shape)) return undefined;
  return elementwise(graph, "Relu", [x]);
}

/** The quotient without its fraction; Div does that for integers only. */
function wholeQuotient(graph: GraphBuilder, inputs: View[]): View {
  const quotient = elementwise(graph, "Div", inputs);
  if (!isFloat(quotient.type)) return quotient;
  const magnitude = elementwise(graph, "Floor", [elementwise(graph, "Abs", [quotient])]);
  return elementwise(graph, "Mul", [elementwise(graph, "Sign", [quotient]), magnitude]);
}

function choose(graph: GraphBuilder, [condition, x, y]: View[]): View {
  if (x.type !== "bool") return elementwise(graph, "Where", [condition, x, y], x.type);
  const otherwise = elementwise(graph, "And", [elementwise(graph, "Not", [condition]), y]);
  return elementwise(graph, "Or", [elementwise(graph, "And", [condition, x]), otherwise]);
}

const cast = (graph: GraphBuilder, view: View, type: ElementType): View =>
  elementwise(graph, "Cast", [view], type, { to: CAST[type] });

/** A reduction; "any" and "all" of truth values are the maximum and the minimum of ones and zeros. */
function reduceBy(graph: GraphBuilder, view: View, op: string, axes: readonly number[]): View {
  if (view.type !== "bool") return reduce(graph, REDUCE[op], view, axes);
  const extreme = LOGICAL[op.toLowerCase()] === "Or" ? "ReduceMax" : "ReduceMin";
  return cast(graph, reduce(graph, extreme, cast(graph, view, "int32"), axes), "bool");
}

const RULES: Record<string, Rule> = {
  add: (g, [x, y]) => [withBias(g, x, y) ?? withBias(g, y, x) ?? additive(g, [x, y], "Add", "Neg", "Sub")],
  mul: (g, inputs) => [rectified(g, inputs) ?? additive(g, inputs, "Mul", "Reciprocal", "Div")],
  idiv: (g, inputs) => [wholeQuotient(g, inputs)],
  where: (g, inputs) => [choose(g, inputs)],
  max: (g, inputs, e) => {
    const zero = e.inputs.findIndex((atom) => atom.value === 0 && isFloat(inputs[0].type));
    return [zero < 0 ? elementwise(g, "Max", inputs) : elementwise(g, "Relu", [inputs[1 - zero]])];
  },
  mod: (g, inputs) => [elementwise(g, "Mod", inputs, inputs[0].type, { fmod: 1 })],
  erfc: (g, [x]) => [elementwise(g, "Sub", [g.scalar(x.type, 1), elementwise(g, "Erf", [x])])],
  compare: (g, inputs, e) => {
    const op = param<string>(e, "op");
    if (op === "not_equal") return [elementwise(g, "Not", [elementwise(g, "Equal", inputs, "bool")])];
    return [elementwise(g, COMPARE[op], inputs, "bool")];
  },
  cast: (g, [x], e) => (x.type === outType(e) ? [x] : [castMask(g, x, outType(e)) ?? cast(g, x, outType(e))]),
  stop_gradient: (_, inputs) => inputs,
  reduce: (g, [x], e) => [reduceBy(g, x, param(e, "op"), param(e, "axis"))],
  dot: (g, [x, y]) => [dot(g, x, y)],
  conv: (g, [x, y], e) => [convolution(g, x, y, outShape(e), e.params as unknown as ConvParams)],
  transpose: (_, [x], e) => [transposeView(x, param(e, "perm"))],
  broadcast: (_, [x], e) => [broadcastView(x, outShape(e), param(e, "axis"))],
  reshape: (g, [x], e) => [reshape(g, x, outShape(e))],
  flip: (g, [x], e) => [flip(g, x, param(e, "axis"))],
  shrink: (g, [x], e) => [shrink(g, x, param(e, "slice"))],
  pad: (g, [x], e) => [pad(g, x, param(e, "width"))],
  concatenate: (g, inputs, e) => [concatenate(g, inputs, param(e, "axis"))],
  split: (g, [x], e) => split(g, x, param(e, "axis"), param(e, "sizes")),
  gather: (g, [x, ...indices], e) => [
    gather(g, x, indices, outShape(e), { axis: param(e, "axis"), outDim: param(e, "outDim") }),
  ],
  scatter: (g, [x, ...indices], e) => {
    if (param<string>(e, "op") !== "add") throw unsupported(`scatter with op ${param<string>(e, "op")}`);
    return [
      scatterAdd(g, x, indices, outShape(e), {
        axis: param(e, "axis"),
        outDim: param(e, "outDim"),
        uniqueIndices: param(e, "uniqueIndices"),
      }),
    ];
  },
};

/** Primitives whose operands may differ in type: numbers of the source code are float32 whatever they meet. */
const PROMOTING = new Set([
  "add",
  "mul",
  "idiv",
  "mod",
  "min",
  "max",
  "dot",
  "conv",
  "compare",
  "where",
  "concatenate",
]);
/** Narrow to wide. */
const WIDTH: ElementType[] = ["bool", "uint32", "int32", "float32", "float64"];

/** The type in which jax-js lets the operands meet: that of the result, but a comparison's does not tell. */
function commonType(eqn: Equation): ElementType {
  if (eqn.primitive !== "compare") return outType(eqn);
  const strong = eqn.inputs.filter((atom) => !atom.aval.weakType);
  const types = (strong.length > 0 ? strong : eqn.inputs).map((atom) => atom.aval.dtype as ElementType);
  const widest = types.reduce((a, b) => (WIDTH.indexOf(b) > WIDTH.indexOf(a) ? b : a));
  return widest === "bool" && strong.length < eqn.inputs.length ? "uint32" : widest;
}

/** Brings the operands to their common type, as ONNX wants them. */
function promote(graph: GraphBuilder, eqn: Equation, operands: View[]): View[] {
  if (!PROMOTING.has(eqn.primitive)) return operands;
  const first = eqn.primitive === "where" ? 1 : 0;
  const type = commonType(eqn);
  return operands.map((view, i) => {
    if (i < first || view.type === type) return view;
    const { value } = eqn.inputs[i];
    return value === undefined ? cast(graph, view, type) : graph.scalar(type, Number(value));
  });
}

function lowerEquation(graph: GraphBuilder, eqn: Equation, operands: View[]): View[] {
  const logical = LOGICAL[eqn.primitive];
  if (logical && operands[0].type === "bool") return [elementwise(graph, logical, operands)];
  const rule = RULES[eqn.primitive];
  if (rule) return rule(graph, operands, eqn);
  const op = ELEMENTWISE[eqn.primitive];
  if (!op) throw unsupported(eqn.primitive);
  return [elementwise(graph, op, operands)];
}

function unsupported(what: string): Error {
  return new Error(
    `The traced function uses the primitive ${what}, which has no ONNX lowering here; write it with other operations.`,
  );
}

export interface Lowered {
  model: Uint8Array;
  /** Names in the model, in the order of the function's arguments; undefined where an argument is unused. */
  inputNames: string[];
  outputNames: string[];
  inputs: View[];
  outputs: View[];
  /** Multiply-adds of one run in matrix products and convolutions. */
  work: number;
}

/**
 * Lowers a traced function to an ONNX model. The model's inputs and outputs have the shapes of the function's
 * without their axes of size 1 (the same elements in the same order).
 * @throws Error naming the primitive, if the function uses one that has no lowering
 */
export function lower(trace: Trace): Lowered {
  const graph = new GraphBuilder();
  const views = new Map<Atom, View>();
  const typeOf = (atom: Atom) => atom.aval.dtype as ElementType;
  const inputs = trace.inputs.map((atom, i) => wholeView(`x${i}`, typeOf(atom), atom.aval.shape));
  trace.inputs.forEach((atom, i) => {
    views.set(atom, inputs[i]);
  });
  for (const { atom, data } of trace.constants) {
    const type = typeOf(atom);
    const bytes =
      type === "bool"
        ? Uint8Array.from(data as unknown as ArrayLike<number>)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const whole = wholeView("", type, atom.aval.shape);
    views.set(atom, { ...whole, tensor: graph.constant(type, whole.base, bytes) });
  }
  const read = (atom: Atom): View => {
    if (atom.value !== undefined) return graph.scalar(typeOf(atom), Number(atom.value));
    return views.get(atom)!;
  };
  for (const eqn of trace.equations) {
    const operands = promote(graph, eqn, eqn.inputs.map(read));
    const results = lowerEquation(graph, eqn, operands);
    eqn.outBinders.forEach((atom, i) => {
      views.set(atom, results[i]);
    });
  }
  const outputs = trace.outputs.map((atom) => graph.materialised(read(atom)));
  const encoded = graph.encode(inputs, outputs);
  const { model, inputs: inputNames, outputs: outputNames } = encoded;
  return { model, inputNames, outputNames, inputs, outputs, work: graph.work };
}
