import { type Attribute, type ElementType, encodeModel, type Initializer, type Node } from "./onnx.ts";
import { isAscending, isStored, sameOrder, squeezed, storedOrder, type View, wholeView } from "./view.ts";

const ARRAY = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const;

const COMMUTATIVE = new Set(["Add", "Mul", "Max", "Min", "Equal"]);

/** Bytes of constants of an element type. */
function constantBytes(type: ElementType, values: readonly number[]): Uint8Array {
  const array = type === "int64" ? BigInt64Array.from(values, BigInt) : ARRAY[type].from(values);
  return new Uint8Array(array.buffer);
}

/** Collects the nodes of an ONNX graph; equal nodes are emitted once, unused ones are dropped at the end. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly initializers = new Map<string, Initializer>();
  private readonly emitted = new Map<string, string[]>();
  private readonly producers = new Map<string, Node>();
  private readonly reshaped = new Map<string, { tensor: string; shape: readonly number[] }>();
  private counter = 0;
  /** Multiply-adds of the matrix products and convolutions emitted so far. */
  work = 0;

  /** Appends a node and returns the names of its outputs. */
  emitMany(
    op: string,
    inputs: string[],
    count: number,
    attributes: Record<string, Attribute> = {},
    domain = "",
  ): string[] {
    const operands = COMMUTATIVE.has(op) ? inputs.toSorted() : inputs;
    const key = JSON.stringify([domain, op, operands, attributes, count]);
    const known = this.emitted.get(key);
    if (known) return known;
    const outputs = Array.from({ length: count }, () => this.name());
    const node = { op, domain, inputs, outputs, attributes };
    this.nodes.push(node);
    for (const output of outputs) this.producers.set(output, node);
    this.emitted.set(key, outputs);
    return outputs;
  }

  emit(op: string, inputs: string[], attributes: Record<string, Attribute> = {}, domain = ""): string {
    return this.emitMany(op, inputs, 1, attributes, domain)[0];
  }

  /** The node that makes a tensor, if one does (inputs and constants have none). */
  producer(tensor: string): Node | undefined {
    return this.producers.get(tensor);
  }

  name(): string {
    return `t${this.counter++}`;
  }

  constant(type: ElementType, shape: readonly number[], bytes: Uint8Array): string {
    const key = `${type}[${shape.join()}]${bytes.length <= 64 ? bytes.join() : this.counter}`;
    let constant = this.initializers.get(key);
    if (!constant) {
      constant = { name: this.name(), type, shape, bytes };
      this.initializers.set(key, constant);
    }
    return constant.name;
  }

  scalar(type: ElementType, value: number): View {
    return wholeView(this.constant(type, [], constantBytes(type, [value])), type, []);
  }

  /** A list of integers, as ONNX takes shapes, axes and offsets. */
  integers(values: readonly number[]): string {
    return this.constant("int64", [values.length], constantBytes("int64", values));
  }

  /** Reshapes of reshapes start at the original; one that leads back to it is the original. */
  reshape(tensor: string, from: readonly number[], to: readonly number[]): string {
    const origin = this.reshaped.get(tensor) ?? { tensor, shape: from };
    if (sameOrder(origin.shape, to)) return origin.tensor;
    const result = this.emit("Reshape", [origin.tensor, this.integers(to)]);
    this.reshaped.set(result, origin);
    return result;
  }

  /**
   * The tensor of a view with the logical axes of `order` as its axes, in that order; axes that the view does not
   * store have size 1. `order` holds every stored axis.
   */
  inOrder(view: View, order: readonly number[]): { tensor: string; shape: number[] } {
    const stored = storedOrder(view);
    const wanted = order.filter((axis) => isStored(view, axis));
    let tensor = view.tensor;
    let base = [...view.base];
    if (!sameOrder(stored, wanted)) {
      const perm = wanted.map((axis) => view.axes[axis]);
      tensor = this.emit("Transpose", [tensor], { perm });
      base = perm.map((axis) => view.base[axis]);
    }
    const shape = order.map((axis) => (isStored(view, axis) ? view.shape[axis] : 1));
    return { tensor: this.reshape(tensor, base, shape), shape };
  }

  /** The view with its stored axes in logical order and nothing but axes of size 1 left out of the tensor. */
  materialised(view: View): View {
    const order = view.shape.map((_, i) => i);
    const broadcast = order.some((axis) => !isStored(view, axis) && view.shape[axis] !== 1);
    if (!broadcast && isAscending(storedOrder(view))) return view;
    const { tensor, shape } = this.inOrder(view, order);
    if (!broadcast) {
      return wholeView(this.reshape(tensor, shape, squeezed(shape)), view.type, view.shape);
    }
    const expanded = this.emit("Expand", [tensor, this.integers(view.shape)]);
    return wholeView(this.reshape(expanded, view.shape, squeezed(view.shape)), view.type, view.shape);
  }

  /** The tensor of a view in exactly its logical shape. */
  full(view: View): string {
    const whole = this.materialised(view);
    return this.reshape(whole.tensor, whole.base, whole.shape);
  }

  /** A view of a tensor that has exactly the given shape. */
  fromFull(tensor: string, type: ElementType, shape: readonly number[]): View {
    return wholeView(this.reshape(tensor, shape, squeezed(shape)), type, shape);
  }

  /** A view of a tensor whose axes are the logical axes `order`; the other logical axes are broadcast. */
  stored(tensor: string, type: ElementType, shape: readonly number[], order: readonly number[]): View {
    const real = order.filter((axis) => shape[axis] !== 1);
    const axes = shape.map((_, axis) => real.indexOf(axis));
    const base = real.map((axis) => shape[axis]);
    const given = order.map((axis) => shape[axis]);
    return { tensor: this.reshape(tensor, given, base), base, type, shape, axes };
  }

  /** Serialises the graph with the given inputs and outputs. */
  encode(inputs: View[], outputs: View[]): { model: Uint8Array; inputs: string[]; outputs: string[] } {
    // An output that is an input or a constant, or stands twice, needs a tensor of its own.
    const taken = new Set<string>(inputs.map((v) => v.tensor));
    for (const { name } of this.initializers.values()) taken.add(name);
    const names = outputs.map(({ tensor }) => {
      if (!taken.has(tensor)) {
        taken.add(tensor);
        return tensor;
      }
      const copy = this.name();
      this.nodes.push({ op: "Identity", domain: "", inputs: [tensor], outputs: [copy], attributes: {} });
      return copy;
    });
    const needed = new Set(names);
    const live = this.nodes
      .toReversed()
      .filter((node) => {
        if (!node.outputs.some((o) => needed.has(o))) return false;
        for (const input of node.inputs) needed.add(input);
        return true;
      })
      .toReversed();
    const model = encodeModel({
      inputs: inputs.map((v) => ({ name: v.tensor, type: v.type, shape: v.base })),
      outputs: outputs.map((v, i) => ({ name: names[i], type: v.type, shape: v.base })),
      initializers: [...this.initializers.values()].filter(({ name }) => needed.has(name)),
      nodes: live,
    });
    return { model, inputs: inputs.map((v) => v.tensor), outputs: names };
  }
}
