import { lower } from "./lower.ts";
import type { ElementType } from "./onnx.ts";
import { splitTrace } from "./partial.ts";
import {
  createSession,
  type InferenceSession,
  type Session,
  type Tensor,
  WRITES_IN_PLACE,
} from "./platform.ts";
import { type Argument, flattenArguments, type TensorSpec, type Trace, trace } from "./trace.ts";
import { sizeOf } from "./view.ts";
import { withoutZeros } from "./zeros.ts";

export type ProgramArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

const ARRAY = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const;

interface Port {
  name: string;
  type: ElementType;
  shape: readonly number[];
  /** Shape inside the model: without axes of size 1. */
  dims: readonly number[];
}

/**
 * A traced function, compiled. Arguments and results are flat typed arrays in row-major order.
 */
export class Program implements Disposable {
  private readonly session: InferenceSession;
  private readonly makeTensor: Session["Tensor"];
  private readonly tensors = new WeakMap<ProgramArray, Map<string, Tensor>>();
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];

  constructor({ session, Tensor }: Session, inputs: readonly Port[], outputs: readonly Port[]) {
    this.session = session;
    this.makeTensor = Tensor;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Arrays for the results, to be reused from call to call. */
  allocateOutputs(): ProgramArray[] {
    return this.outputs.map(({ type, shape }) => new ARRAY[type as keyof typeof ARRAY](sizeOf(shape)));
  }

  /**
   * Runs the program on `inputs` and writes into `outputs` (fresh arrays if left out).
   * @throws Error if an array's length is not the one that the program was compiled for
   */
  async run(inputs: readonly ProgramArray[], outputs = this.allocateOutputs()): Promise<ProgramArray[]> {
    const feeds = this.bind(this.inputs, inputs, "argument");
    const fetches = this.bind(this.outputs, outputs, "result");
    if (WRITES_IN_PLACE) await this.session.run(feeds, fetches);
    else {
      const results = await this.session.run(feeds);
      this.outputs.forEach(({ name }, i) => {
        outputs[i].set(results[name].data as never);
      });
    }
    return outputs;
  }

  private bind(
    ports: readonly Port[],
    arrays: readonly ProgramArray[],
    what: string,
  ): Record<string, Tensor> {
    const bound: Record<string, Tensor> = {};
    for (let i = 0; i < ports.length; i++) {
      const port = ports[i];
      const needed = ARRAY[port.type as keyof typeof ARRAY];
      if (!(arrays[i] instanceof needed)) {
        const given = arrays[i] === undefined ? "is missing" : `is a ${arrays[i].constructor.name}`;
        throw new Error(
          `${what} ${i} of the program ${given}; it needs a ${needed.name} of ${sizeOf(port.shape)} elements (shape [${port.shape}]).`,
        );
      }
      if (arrays[i].length !== sizeOf(port.shape)) {
        throw new Error(
          `${what} ${i} of the program holds ${arrays[i].length} elements; it needs ${sizeOf(port.shape)} (shape [${port.shape}]).`,
        );
      }
      bound[port.name] = this.tensor(port, arrays[i]);
    }
    return bound;
  }

  /** Wraps an array once; training passes the same arrays at every step. */
  private tensor(port: Port, array: ProgramArray): Tensor {
    let known = this.tensors.get(array);
    if (!known) {
      known = new Map();
      this.tensors.set(array, known);
    }
    let tensor = known.get(port.name);
    if (!tensor) {
      tensor = new this.makeTensor(port.type, array, port.dims);
      known.set(port.name, tensor);
    }
    return tensor;
  }

  [Symbol.dispose](): void {
    void this.session.release();
  }
}

/** ONNX Runtime's complaint about an operator that it does not have for some element type, in plain words. */
function withoutKernel(error: unknown, specs: TensorSpec[]): Error | undefined {
  const complaint = /implementation for (\w+)\(|Type Error.* of operator \((\w+)\)/.exec(String(error));
  if (!complaint) return undefined;
  const types = [...new Set(specs.map(({ dtype = "float32" }) => dtype))].join(", ");
  return new Error(
    `ONNX Runtime has no operator ${complaint[1] ?? complaint[2]} for the element types of this program (arguments of ${types}); use float32, or write the function with other operations.`,
    { cause: error },
  );
}

/**
 * Compiles a function of arrays for arguments of fixed shapes: trace to a Jaxpr, lower to ONNX, make a session.
 * @param fn a pure function written with the engine's operations (or jax-js); nested lists of arrays are allowed
 * @param args the shapes and types of its arguments, nested the same way; the program takes them flattened
 * @throws Error naming the primitive, if the function uses one that has no lowering; or naming the operator, if ONNX
 * Runtime has none for the element types (in float64, convolutions and erf, for example)
 */
export function compile(fn: (...args: never[]) => unknown, args: Argument[]): Promise<Program> {
  return compileTrace(withoutZeros(trace(fn, args)), flattenArguments(args));
}

/** A function whose first arguments change from call to call, while the others stay. */
export interface SplitProgram {
  /** [...fixed arguments] -> residuals; missing where there are none. */
  prepare?: Program;
  /** [...varying arguments, ...fixed arguments, ...residuals] -> results */
  apply: Program;
}

/**
 * Compiles a function in two programs, so that what only depends on the fixed arguments is computed once for many calls; see
 * `compile`.
 *
 * @param varying arguments that change from call to call; `fn` takes them first
 * @param fixed the other arguments
 */
export async function compileSplit(
  fn: (...args: never[]) => unknown,
  varying: Argument[],
  fixed: Argument[],
): Promise<SplitProgram> {
  const [changing, staying] = [flattenArguments(varying), flattenArguments(fixed)];
  const varies = [...changing.map(() => true), ...staying.map(() => false)];
  const { prepare, apply, residuals } = splitTrace(withoutZeros(trace(fn, [...varying, ...fixed])), varies);
  const kept = residuals.map(({ aval }) => ({ shape: aval.shape, dtype: aval.dtype as TensorSpec["dtype"] }));
  return {
    // ONNX Runtime takes no graph without nodes.
    prepare: kept.length > 0 ? await compileTrace(prepare, staying) : undefined,
    apply: await compileTrace(apply, [...changing, ...staying, ...kept]),
  };
}

async function compileTrace(traced: Trace, specs: TensorSpec[]): Promise<Program> {
  const lowered = lower(traced);
  const session = await createSession(lowered.model, lowered.work).catch((error: unknown) => {
    throw withoutKernel(error, specs) ?? error;
  });
  const inputs = lowered.inputs.map((view, i) => ({
    name: lowered.inputNames[i],
    type: view.type,
    shape: specs[i].shape,
    dims: view.base,
  }));
  const outputs = lowered.outputs.map((view, i) => ({
    name: lowered.outputNames[i],
    type: view.type,
    shape: view.shape,
    dims: view.base,
  }));
  return new Program(session, inputs, outputs);
}
