import { RESERVED_PAGES } from "./platform.ts";

const PAGE = 65_536;
/** Kernels run over whole blocks of 16 floats. */
const ALIGNMENT = 64;
/** The first bytes hold the kernels' argument lists; address 0 means "none". */
export const SCRATCH_OFFSET = ALIGNMENT;
export const SCRATCH_BYTES = 16_384;

const padded = (bytes: number) => Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);

interface Block {
  offset: number;
  bytes: number;
}

/**
 * The one WebAssembly memory that holds long vectors: parameters, gradients, optimiser state, anchors, data. Views of
 * it are the arguments and results of programs and kernels, in place. It is reserved at once, because growing would
 * invalidate the views; pages that nobody touched take no room.
 */
class VectorMemory {
  readonly wasm = new WebAssembly.Memory({ initial: RESERVED_PAGES, maximum: RESERVED_PAGES });
  private readonly free: Block[] = [
    {
      offset: SCRATCH_OFFSET + SCRATCH_BYTES,
      bytes: RESERVED_PAGES * PAGE - SCRATCH_OFFSET - SCRATCH_BYTES,
    },
  ];
  private readonly used = new Map<number, number>();

  /** Whether exactly these bytes, and the padding after them, were allocated as one block. */
  isBlock(offset: number, bytes: number): boolean {
    return this.used.get(offset) === padded(bytes);
  }

  allocate(bytes: number): number {
    const needed = padded(bytes);
    const index = this.free.findIndex((block) => block.bytes >= needed);
    if (index < 0) {
      const mebibytes = Math.round((RESERVED_PAGES * PAGE) / 2 ** 20);
      throw new Error(
        `Out of vector memory: ${bytes} bytes asked for, ${mebibytes} MiB reserved; use fewer anchors or a smaller network or data set, or dispose of spans no longer used.`,
      );
    }
    const block = this.free[index];
    const { offset } = block;
    block.offset += needed;
    block.bytes -= needed;
    if (block.bytes === 0) this.free.splice(index, 1);
    this.used.set(offset, needed);
    new Uint8Array(this.wasm.buffer, offset, needed).fill(0);
    return offset;
  }

  release(offset: number): void {
    const bytes = this.used.get(offset);
    if (bytes === undefined) return;
    this.used.delete(offset);
    const at = this.free.findIndex((block) => block.offset > offset);
    const index = at < 0 ? this.free.length : at;
    this.free.splice(index, 0, { offset, bytes });
    for (let i = Math.max(0, index - 1); i < this.free.length - 1 && i <= index; ) {
      const [a, b] = [this.free[i], this.free[i + 1]];
      if (a.offset + a.bytes === b.offset) {
        a.bytes += b.bytes;
        this.free.splice(i + 1, 1);
      } else i++;
    }
  }
}

export const vectorMemory = new VectorMemory();

/** A zero-filled float32 vector of the vector memory; give it back with `releaseVector`. */
export function allocateVector(length: number): Float32Array {
  return new Float32Array(vectorMemory.wasm.buffer, vectorMemory.allocate(4 * length), length);
}

/** Zero-filled int32 vector of the vector memory. */
export function allocateIntegers(length: number): Int32Array {
  return new Int32Array(vectorMemory.wasm.buffer, vectorMemory.allocate(4 * length), length);
}

/** Zero-filled bytes of the vector memory. */
export function allocateBytes(length: number): Uint8Array {
  return new Uint8Array(vectorMemory.wasm.buffer, vectorMemory.allocate(length), length);
}

/** Returns an allocated vector's memory; its views must not be used afterwards. Other arrays are ignored. */
export function releaseVector(...vectors: ArrayBufferView[]): void {
  for (const vector of vectors) {
    if (vector.buffer === vectorMemory.wasm.buffer) vectorMemory.release(vector.byteOffset);
  }
}
