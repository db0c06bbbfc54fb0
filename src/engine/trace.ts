import * as jax from "@jax-js/jax";
import type { ElementType } from "./onnx.ts";

/** Shape and element type of one array that enters or leaves a program. */
export interface TensorSpec {
  shape: readonly number[];
  dtype?: ElementType;
}

/** A variable or a scalar literal of a Jaxpr (a literal has `value`). */
export interface Atom {
  /** Weakly typed are numbers of the source code: they take the type of the array that they meet. */
  aval: { shape: number[]; dtype: string; weakType: boolean };
  value?: number | boolean;
}

export interface Equation {
  primitive: string;
  inputs: Atom[];
  params: Record<string, unknown>;
  outBinders: Atom[];
}

/** A traced function: straight-line code over variables, nested `jit` calls inlined. */
export interface Trace {
  inputs: Atom[];
  constants: { atom: Atom; data: ArrayBufferView }[];
  equations: Equation[];
  outputs: Atom[];
}

/** jax-js takes any object that is not a plain one for an array; this one only has a shape and a type. */
class AbstractArray {
  readonly shape: number[];
  readonly dtype: string;
  readonly weakType = false;
  constructor(spec: TensorSpec) {
    this.shape = [...spec.shape];
    this.dtype = spec.dtype ?? "float32";
  }
}

export type Argument = TensorSpec | Argument[];

const isSpec = (a: Argument): a is TensorSpec => !Array.isArray(a);
const abstract = (a: Argument): unknown => (isSpec(a) ? new AbstractArray(a) : a.map(abstract));

/** All specs of nested arguments, in the order in which the program takes them. */
export function flattenArguments(args: Argument[]): TensorSpec[] {
  return args.flatMap((a) => (isSpec(a) ? [a] : flattenArguments(a)));
}

/**
 * Traces `fn` on arguments of the given shapes to straight-line code.
 * @param fn a function of jax-js arrays (nested lists of them are allowed) that returns an array or a list of arrays
 */
export function trace(fn: (...args: never[]) => unknown, args: Argument[]): Trace {
  const make = jax.makeJaxpr as unknown as (
    f: unknown,
  ) => (...a: unknown[]) => { jaxpr: jax.ClosedJaxpr; treedef: unknown };
  const closed = make(fn)(...args.map(abstract)).jaxpr;
  // After inlining, simplify again: calls hide constants that fold.
  const flat = closed.jaxpr.flatten().simplify() as unknown as {
    inBinders: Atom[];
    eqns: Equation[];
    outs: Atom[];
  };
  const used = new Set<Atom>([...flat.eqns.flatMap((e) => e.inputs), ...flat.outs]);
  const constants = flat.inBinders
    .slice(0, closed.consts.length)
    .map((atom, i) => ({ atom, array: closed.consts[i] as unknown as jax.Array }))
    .filter(({ atom }) => used.has(atom))
    .map(({ atom, array }) => ({ atom, data: array.ref.dataSync() as ArrayBufferView }));
  const inputs = flat.inBinders.slice(closed.consts.length);
  closed.dispose();
  return { inputs, constants, equations: flat.eqns, outputs: flat.outs };
}
