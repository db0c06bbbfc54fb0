/**
 * A writer of ONNX models: the few protobuf messages of `onnx.proto` that a lowered program needs.
 *
 * A dozen messages with fixed field numbers do not justify a protobuf library and its schema compiler in a page
 * that has to load; nothing here parses.
 */

export type ElementType = "float32" | "float64" | "int32" | "int64" | "uint32" | "bool";

/** `TensorProto.DataType` of onnx.proto. */
const DATA_TYPE: Record<ElementType, number> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint32: 12,
};

/** Operator set that the lowering targets: reductions take their axes as an input from 18 on. */
const OPSET = 18;
const IR_VERSION = 9;

/** An attribute is an integer, a list of integers, a string or a float (marked, since 1 is both). */
export type Attribute = number | number[] | string | { float: number };

export interface Node {
  op: string;
  /** "" for the standard operators, "com.microsoft" for ONNX Runtime's own. */
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

export interface ValueInfo {
  name: string;
  type: ElementType;
  shape: readonly number[];
}

export interface Initializer extends ValueInfo {
  /** Little-endian elements. */
  bytes: Uint8Array;
}

export interface Graph {
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  initializers: Initializer[];
  nodes: Node[];
}

const text = new TextEncoder();

class Message {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  private push(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  private varint(value: number): void {
    // Negative integers are 64-bit two's complement in protobuf.
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
    this.push(Uint8Array.from(bytes));
  }

  integer(field: number, value: number): this {
    this.varint(field << 3);
    this.varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | 5);
    this.push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    this.push(value);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, text.encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.chunks) {
      out.set(chunk, offset);
      offset += chunk.length;
    }
    return out;
  }
}

function attributeMessage(name: string, value: Attribute): Message {
  const m = new Message().string(1, name);
  if (typeof value === "number") return m.integer(3, value).integer(20, 2);
  if (typeof value === "string") return m.string(4, value).integer(20, 3);
  if (Array.isArray(value)) {
    for (const v of value) m.integer(8, v);
    return m.integer(20, 7);
  }
  return m.float(2, value.float).integer(20, 1);
}

function nodeMessage(node: Node): Message {
  const m = new Message();
  for (const input of node.inputs) m.string(1, input);
  for (const output of node.outputs) m.string(2, output);
  m.string(3, node.outputs[0]).string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) m.message(5, attributeMessage(name, value));
  return node.domain === "" ? m : m.string(7, node.domain);
}

function valueInfoMessage({ name, type, shape }: ValueInfo): Message {
  const dims = new Message();
  for (const size of shape) dims.message(1, new Message().integer(1, size));
  const tensor = new Message().integer(1, DATA_TYPE[type]).message(2, dims);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}

function initializerMessage({ name, type, shape, bytes }: Initializer): Message {
  const m = new Message();
  for (const size of shape) m.integer(1, size);
  return m.integer(2, DATA_TYPE[type]).string(8, name).bytes(9, bytes);
}

/** Serialises a graph as an ONNX `ModelProto`. */
export function encodeModel(graph: Graph): Uint8Array {
  const g = new Message().string(2, "isthmus");
  for (const node of graph.nodes) g.message(1, nodeMessage(node));
  for (const initializer of graph.initializers) g.message(5, initializerMessage(initializer));
  for (const input of graph.inputs) g.message(11, valueInfoMessage(input));
  for (const output of graph.outputs) g.message(12, valueInfoMessage(output));
  const model = new Message().integer(1, IR_VERSION).string(2, "isthmus").message(7, g);
  const opset = (domain: string, version: number) => new Message().string(1, domain).integer(2, version);
  return model.message(8, opset("", OPSET)).message(8, opset("com.microsoft", 1)).finish();
}
