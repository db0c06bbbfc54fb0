import type { Atom, Equation, Trace } from "./trace.ts";

/** Primitives whose result is 0 where their first operand is. */
const LINEAR = new Set([
  "neg",
  "transpose",
  "broadcast",
  "reshape",
  "flip",
  "shrink",
  "pad",
  "split",
  "cast",
  "stop_gradient",
  "gather",
  "scatter",
]);
/** Whose result is 0 where any operand is. */
const PRODUCTS = new Set(["mul", "dot", "conv"]);

const sameShape = (a: Atom, b: Atom) =>
  a.aval.dtype === b.aval.dtype &&
  a.aval.shape.length === b.aval.shape.length &&
  a.aval.shape.every((size, i) => size === b.aval.shape[i]);

/**
 * The same function without operations on arrays that are 0 whatever the arguments: the tangents of what a forward-mode
 * derivative holds fixed, such as the data. (A product with 0 is 0, also where the other factor is not finite.)
 */
export function withoutZeros(trace: Trace): Trace {
  const zeros = new Set<Atom>(
    trace.constants
      .filter(({ data }) =>
        (data as unknown as ArrayLike<number> & Float32Array).every((x) => Number(x) === 0),
      )
      .map(({ atom }) => atom),
  );
  const replaced = new Map<Atom, Atom>();
  const known = (atom: Atom) => replaced.get(atom) ?? atom;
  const isZero = (atom: Atom) => Number(atom.value) === 0 || zeros.has(atom);
  const equations: Equation[] = [];
  for (const { inputs: given, ...eqn } of trace.equations) {
    const inputs = given.map(known);
    if (resultIsZero({ ...eqn, inputs }, isZero)) {
      for (const out of eqn.outBinders) {
        zeros.add(out);
        equations.push(zerosOf(out));
      }
      continue;
    }
    const [out] = eqn.outBinders;
    const other = eqn.primitive === "add" ? inputs.find((_, i) => isZero(inputs[1 - i])) : undefined;
    if (other && other.value === undefined && sameShape(other, out)) replaced.set(out, other);
    else equations.push({ ...eqn, inputs });
  }
  return { ...trace, equations, outputs: trace.outputs.map(known) };
}

function resultIsZero({ primitive, inputs, params }: Equation, isZero: (atom: Atom) => boolean): boolean {
  if (LINEAR.has(primitive)) return isZero(inputs[0]);
  if (PRODUCTS.has(primitive)) return inputs.some(isZero);
  if (primitive === "reduce") return params.op === "Add" && isZero(inputs[0]);
  if (primitive === "where") return inputs.slice(1).every(isZero);
  return (primitive === "add" || primitive === "concatenate") && inputs.every(isZero);
}

/** An array of zeros, which costs nothing where nothing reads it. */
function zerosOf(out: Atom): Equation {
  const { shape, dtype } = out.aval;
  const zero: Atom = { aval: { shape: [], dtype, weakType: false }, value: 0 };
  return {
    primitive: "broadcast",
    inputs: [zero],
    params: { shape, axis: shape.map((_, i) => i) },
    outBinders: [out],
  };
}
