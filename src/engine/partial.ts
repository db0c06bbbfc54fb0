import type { Atom, Equation, Trace } from "./trace.ts";

/** Primitives that are views of their operand, or as cheap, and so are done again instead of being kept. */
const VIEWS = new Set(["transpose", "broadcast", "reshape", "stop_gradient"]);

/** A function in two parts: what the fixed arguments alone determine, and the rest. */
export interface PartialTrace {
  /** Fixed arguments -> residuals. */
  prepare: Trace;
  /** [...varying arguments, ...fixed arguments, ...residuals] -> results. */
  apply: Trace;
  residuals: Atom[];
}

/**
 * Splits a traced function for calls in which only some arguments change: everything that does not depend on these is
 * computed once, and the arrays that the rest reads of it, the residuals, are kept. Of a derivative along v that is the
 * linear map of v.
 *
 * @param varies for each argument
 */
export function splitTrace(trace: Trace, varies: readonly boolean[]): PartialTrace {
  const made = new Map<Atom, Equation>();
  for (const eqn of trace.equations) for (const out of eqn.outBinders) made.set(out, eqn);
  const varying = new Set<Atom>(trace.inputs.filter((_, i) => varies[i]));
  for (const eqn of trace.equations) {
    if (eqn.inputs.some((atom) => varying.has(atom))) for (const out of eqn.outBinders) varying.add(out);
  }
  // From the results back: the equations that are done at each call, and what these read of the others.
  const applied = new Set<Equation>();
  const residuals = new Set<Atom>();
  const wanted = [...trace.outputs];
  for (let atom = wanted.pop(); atom; atom = wanted.pop()) {
    const eqn = made.get(atom);
    if (!eqn || applied.has(eqn)) continue;
    if (varying.has(atom) || VIEWS.has(eqn.primitive)) {
      applied.add(eqn);
      wanted.push(...eqn.inputs);
    } else residuals.add(atom);
  }
  const kept = [...residuals];
  const { constants, equations } = trace;
  const fixed = trace.inputs.filter((_, i) => !varies[i]);
  return {
    prepare: {
      constants,
      inputs: fixed,
      equations: equations.filter(({ outBinders }) => !outBinders.some((out) => varying.has(out))),
      outputs: kept,
    },
    apply: {
      constants,
      inputs: [...trace.inputs.filter((_, i) => varies[i]), ...fixed, ...kept],
      equations: equations.filter((eqn) => applied.has(eqn)),
      outputs: trace.outputs,
    },
    residuals: kept,
  };
}
