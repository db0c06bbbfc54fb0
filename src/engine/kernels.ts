import { KERNELS_WASM } from "./kernels-wasm.ts";
import { SCRATCH_BYTES, SCRATCH_OFFSET, vectorMemory } from "./memory.ts";
import type { Rng } from "./random.ts";

interface Exports {
  combine(out: number, pointers: number, coefficients: number, m: number, n: number): void;
  accumulate(pointers: number, coefficients: number, m: number, g: number, n: number): void;
  axpy(y: number, a: number, x: number, n: number): void;
  dot(x: number, y: number, origin: number, n: number): number;
  gram(out: number, pointers: number, m: number, origin: number, n: number): void;
  sgd(theta: number, g: number, v: number, n: number, ...options: number[]): void;
  adam(theta: number, g: number, m: number, v: number, n: number, ...options: number[]): void;
  combineSeveral(
    outs: number,
    pointers: number,
    coefficients: number,
    count: number,
    m: number,
    n: number,
  ): void;
  adamOuter(
    anchors: number,
    firsts: number,
    seconds: number,
    gradients: number,
    coefficients: number,
    dots: number,
    buffer: number,
    count: number,
    m: number,
    n: number,
    ...options: number[]
  ): void;
  flush(x: number, n: number): void;
  rectify(x: number, n: number): void;
  gate(g: number, x: number, n: number): void;
  mask(out: number, n: number, k0: number, k1: number, threshold: number, keep: number): void;
  gatherBytes(
    out: number,
    rows: number,
    available: number,
    index: number,
    count: number,
    d: number,
    scale: number,
    shift: number,
  ): number;
  dots(out: number, pointers: number, m: number, x: number, n: number): void;
  smallest(out: number, x: number, n: number, s: number, width: number, counts: number): number;
  gatherWords(out: number, rows: number, available: number, index: number, count: number, d: number): number;
  hadamard(x: number, n: number): void;
  multiply(y: number, x: number, n: number): void;
  scatterSigned(...pointersAndColumns: number[]): void;
  gatherSigned(...pointersAndColumns: number[]): void;
}

function instantiate(): Exports {
  const bytes = Uint8Array.from(atob(KERNELS_WASM), (c) => c.charCodeAt(0));
  const module = new WebAssembly.Module(bytes);
  const abort = () => {
    throw new Error("A vector kernel stopped.");
  };
  const imports = { env: { memory: vectorMemory.wasm, abort } };
  return new WebAssembly.Instance(module, imports).exports as unknown as Exports;
}

const kernels = instantiate();

/** Floats in a block of the kernels on several vectors. */
const BLOCK = 2048;

/** More anchors than this do not fit the kernels' argument list. */
const MOST_ANCHORS = SCRATCH_BYTES / 8;
const pointerList = new Uint32Array(vectorMemory.wasm.buffer, SCRATCH_OFFSET, MOST_ANCHORS);
const coefficientList = new Float32Array(
  vectorMemory.wasm.buffer,
  SCRATCH_OFFSET + 4 * MOST_ANCHORS,
  MOST_ANCHORS,
);

/** Room in which a selection counts digits. */
const selectionCounts = new Int32Array(vectorMemory.wasm.buffer, vectorMemory.allocate(4 * 2048), 2048);

function checkMemory(vector: ArrayBufferView): void {
  if (vector.buffer !== vectorMemory.wasm.buffer) {
    throw new Error(
      "A vector kernel takes vectors of the vector memory only; make them with allocateVector.",
    );
  }
}

function check(length: number, ...vectors: ArrayBufferView[]): void {
  for (const vector of vectors) {
    checkMemory(vector);
    if (vector.byteLength !== 4 * length) {
      throw new Error(`A vector kernel got vectors of ${vector.byteLength / 4} and of ${length} elements.`);
    }
  }
}

/** Kernels write the padding, too: the end of a part of a vector is not theirs. */
function checkWritten(length: number, ...vectors: ArrayBufferView[]): void {
  check(length, ...vectors);
  for (const vector of vectors) {
    if (!vectorMemory.isBlock(vector.byteOffset, vector.byteLength)) {
      throw new Error(
        `A vector kernel would write to a part of a vector, or to a released one (${length} elements); give a whole vector made with allocateVector.`,
      );
    }
  }
}

function listAnchors(
  anchors: readonly Float32Array[],
  length: number,
  coefficients?: ArrayLike<number>,
): void {
  if (anchors.length > MOST_ANCHORS) {
    throw new Error(
      `${anchors.length} anchors are more than the ${MOST_ANCHORS} that a vector kernel takes.`,
    );
  }
  if (coefficients && coefficients.length !== anchors.length) {
    throw new Error(`A vector kernel got ${coefficients.length} coefficients for ${anchors.length} anchors.`);
  }
  for (let i = 0; i < anchors.length; i++) {
    check(length, anchors[i]);
    pointerList[i] = anchors[i].byteOffset;
    if (coefficients) coefficientList[i] = coefficients[i];
  }
}

/** out = sum_i coefficients[i] anchors[i] */
export function combine(
  out: Float32Array,
  anchors: readonly Float32Array[],
  coefficients: ArrayLike<number>,
): void {
  checkWritten(out.length, out);
  listAnchors(anchors, out.length, coefficients);
  const { byteOffset: list } = pointerList;
  kernels.combine(out.byteOffset, list, coefficientList.byteOffset, anchors.length, out.length);
}

/** anchors[i] += coefficients[i] g, for all i in one pass over g */
export function accumulate(
  anchors: readonly Float32Array[],
  coefficients: ArrayLike<number>,
  g: Float32Array,
): void {
  check(g.length, g);
  checkWritten(g.length, ...anchors);
  listAnchors(anchors, g.length, coefficients);
  const { byteOffset: list } = pointerList;
  kernels.accumulate(list, coefficientList.byteOffset, anchors.length, g.byteOffset, g.length);
}

/** y += a x */
export function axpy(y: Float32Array, a: number, x: Float32Array): void {
  checkWritten(y.length, y);
  check(y.length, x);
  kernels.axpy(y.byteOffset, a, x.byteOffset, y.length);
}

/** <x, y>, summed in float64 */
export function dot(x: Float32Array, y: Float32Array): number {
  check(x.length, x, y);
  return kernels.dot(x.byteOffset, y.byteOffset, 0, x.length);
}

/**
 * Gram matrix of the anchors minus an origin, in float64, row-major m x m. With one anchor as the origin, distances
 * inside their affine hull keep full precision however far from zero the hull lies.
 */
export function gram(anchors: readonly Float32Array[], origin?: Float32Array): Float64Array {
  const m = anchors.length;
  listAnchors(anchors, anchors[0].length);
  if (origin) check(anchors[0].length, origin);
  const offset = vectorMemory.allocate(8 * m * m);
  kernels.gram(offset, pointerList.byteOffset, m, origin?.byteOffset ?? 0, anchors[0].length);
  const result = new Float64Array(vectorMemory.wasm.buffer, offset, m * m).slice();
  vectorMemory.release(offset);
  return result;
}

/** Inner products of each of m vectors with x, in float64. */
export function dots(vectors: readonly Float32Array[], x: Float32Array): Float64Array {
  check(x.length, x, ...vectors);
  using lists = new Lists();
  const result = lists.doubles(vectors.length);
  kernels.dots(result.byteOffset, lists.pointers(vectors), vectors.length, x.byteOffset, x.length);
  return result.slice();
}

/**
 * The s components of x of the smallest magnitude, shrunk by `width` towards 0; of equal magnitudes the first count. Work
 * grows with the length of x, not with s.
 *
 * @param s from 1 to the length of x
 * @param width at least 0
 * @param out gets them in their places, and 0 elsewhere; may be left out
 * @returns the sum of their squares, in float64
 */
export function smallestComponents(x: Float32Array, s: number, width = 0, out?: Float32Array): number {
  check(x.length, x);
  if (out) checkWritten(x.length, out);
  if (!Number.isInteger(s) || s < 1 || s > x.length) {
    throw new RangeError(`${s} components of ${x.length} were asked for; give a whole number from 1.`);
  }
  const { byteOffset: counts } = selectionCounts;
  return kernels.smallest(out?.byteOffset ?? 0, x.byteOffset, x.length, s, width, counts);
}

export interface SgdOptions {
  rate: number;
  /** Number of this step, from 1; every 128th clears a velocity that has all but died. Default: never. */
  step?: number;
  /** Heavy-ball momentum, in [0, 1); default 0. */
  momentum?: number;
  /** L2 penalty added to the gradient; default 0. */
  decay?: number;
  /** Factor of the gradient, such as an anchor's coefficient; default 1. */
  scale?: number;
}

/** One step of stochastic gradient descent with momentum, in place (PyTorch's form: v = mu v + g, theta -= rate v). */
export function sgdStep(
  theta: Float32Array,
  g: Float32Array,
  velocity: Float32Array,
  options: SgdOptions,
): void {
  checkWritten(theta.length, theta, velocity);
  check(theta.length, g);
  const { rate, step, momentum = 0, decay = 0, scale = 1 } = options;
  if (step !== undefined) flushMoments(step, [velocity]);
  const n = theta.length;
  kernels.sgd(theta.byteOffset, g.byteOffset, velocity.byteOffset, n, rate, momentum, decay, scale);
}

export interface AdamOptions {
  rate: number;
  /** Number of this step, from 1, for the bias correction. */
  step: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** L2 penalty added to the gradient (Adam); default 0. */
  decay?: number;
  /** Decoupled weight decay (AdamW), multiplied by the rate; default 0. */
  decoupledDecay?: number;
  scale?: number;
}

/** One step of Adam or AdamW, in place (Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2). */
export function adamStep(
  theta: Float32Array,
  g: Float32Array,
  first: Float32Array,
  second: Float32Array,
  options: AdamOptions,
): void {
  checkWritten(theta.length, theta, first, second);
  check(theta.length, g);
  const { byteOffset } = theta;
  flushMoments(options.step, [first, second]);
  const state = [first.byteOffset, second.byteOffset] as const;
  const factors = adamFactors(options);
  kernels.adam(byteOffset, g.byteOffset, ...state, theta.length, ...factors, options.scale ?? 1);
}

/** Steps between two flushes: with a decay of 0.9 a moment of 1e-30 stays above the subnormal numbers for so long. */
const FLUSH_EVERY = 128;

function flushMoments(step: number, moments: readonly Float32Array[]): void {
  if (step % FLUSH_EVERY !== 0) return;
  for (const { byteOffset, length } of moments) kernels.flush(byteOffset, length);
}

/** Step length, betas, epsilon, bias correction of the second moment, decoupled and L2 decay, as the kernels take them. */
function adamFactors(options: AdamOptions): number[] {
  const { rate, step, epsilon = 1e-8, decay = 0, decoupledDecay = 0 } = options;
  // The kernel's float32 factors, exactly, also in the bias correction: 1 - 0.999 has lost four digits in float32.
  const beta1 = Math.fround(options.beta1 ?? 0.9);
  const beta2 = Math.fround(options.beta2 ?? 0.999);
  const root = 1 / Math.sqrt(1 - beta2 ** step);
  return [rate / (1 - beta1 ** step), beta1, beta2, epsilon, root, 1 - rate * decoupledDecay, decay];
}

/** Numbers in the argument lists of the kernels on several vectors; released after the call. */
class Lists implements Disposable {
  private readonly offsets: number[] = [];
  private add(bytes: number): number {
    const offset = vectorMemory.allocate(bytes);
    this.offsets.push(offset);
    return offset;
  }
  /** Addresses of vectors, with room for as many more. */
  pointers(vectors: readonly Float32Array[]): number {
    const offset = this.add(8 * vectors.length);
    new Uint32Array(vectorMemory.wasm.buffer, offset).set(vectors.map((v) => v.byteOffset));
    return offset;
  }
  floats(values: ArrayLike<number>): number {
    const offset = this.add(4 * values.length);
    new Float32Array(vectorMemory.wasm.buffer, offset, values.length).set(values);
    return offset;
  }
  doubles(count: number): Float64Array {
    return new Float64Array(vectorMemory.wasm.buffer, this.add(8 * count), count);
  }
  block(): number {
    return this.add(4 * BLOCK);
  }
  [Symbol.dispose](): void {
    for (const offset of this.offsets) vectorMemory.release(offset);
  }
}

/** outs[k] = sum_i coefficients[k][i] anchors[i], reading every anchor once. */
export function combineSeveral(
  outs: readonly Float32Array[],
  anchors: readonly Float32Array[],
  coefficients: readonly ArrayLike<number>[],
): void {
  const n = outs[0].length;
  const m = anchors.length;
  checkWritten(n, ...outs);
  check(n, ...anchors);
  using lists = new Lists();
  const c = lists.floats(coefficients.flatMap((row) => Array.from(row)));
  kernels.combineSeveral(lists.pointers(outs), lists.pointers(anchors), c, outs.length, m, n);
}

/**
 * One step of Adam or AdamW on m anchors whose gradients are combinations of a few vectors, sum_k coefficients[i][k]
 * gradients[k]: as `adamStep` on each, but in one pass over the memory and without forming the gradients.
 *
 * @returns inner products of the anchors before the step with the vectors, m x K row-major: the gradient of what the
 *   anchors are multiplied with
 */
export function adamOuterStep(
  anchors: readonly Float32Array[],
  firsts: readonly Float32Array[],
  seconds: readonly Float32Array[],
  gradients: readonly Float32Array[],
  coefficients: readonly ArrayLike<number>[],
  options: Omit<AdamOptions, "scale">,
): Float64Array {
  const n = gradients[0].length;
  const [m, count] = [anchors.length, gradients.length];
  checkWritten(n, ...anchors, ...firsts, ...seconds);
  check(n, ...gradients);
  flushMoments(options.step, [...firsts, ...seconds]);
  using lists = new Lists();
  const dots = lists.doubles(m * count);
  const state = [lists.pointers(firsts), lists.pointers(seconds)] as const;
  const c = lists.floats(coefficients.flatMap((row) => Array.from(row)));
  const [a, g] = [lists.pointers(anchors), lists.pointers(gradients)];
  const sizes = [count, m, n] as const;
  kernels.adamOuter(a, ...state, g, c, dots.byteOffset, lists.block(), ...sizes, ...adamFactors(options));
  return dots.slice();
}

/** x = max(x, 0), in place */
export function rectify(x: Float32Array): void {
  checkWritten(x.length, x);
  kernels.rectify(x.byteOffset, x.length);
}

/** Sets g to 0 where x is not positive: the gradient behind `rectify`, given its result. */
export function gate(g: Float32Array, x: Float32Array): void {
  checkWritten(g.length, g);
  check(g.length, x);
  kernels.gate(g.byteOffset, x.byteOffset, g.length);
}

/**
 * A mask of inverted dropout: 1 / (1 - rate) with probability 1 - rate, else 0, independently.
 * @param rate probability of a zero, in [0, 1)
 */
export function dropoutMask(out: Float32Array, rate: number, rng: Rng): void {
  checkWritten(out.length, out);
  const [k0, k1] = rng.key;
  const threshold = Math.min(2 ** 32 - 1, Math.round((1 - rate) * 2 ** 32));
  kernels.mask(out.byteOffset, out.length, k0, k1, threshold, 1 / (1 - rate));
}

function checkRows(bad: number, index: Int32Array, available: number): void {
  if (bad < 0) return;
  throw new Error(`There is no row ${index[bad]} (at place ${bad} of the index) among ${available} rows.`);
}

/**
 * Copies rows of bytes as floats: out[r] = scale * rows[index[r]] + shift, `width` values a row.
 * @throws Error if an index names no row
 */
export function gatherBytes(
  out: Float32Array,
  rows: Uint8Array,
  index: Int32Array,
  width: number,
  scale: number,
  shift: number,
): void {
  check(index.length * width, out);
  check(index.length, index);
  checkMemory(rows);
  const available = Math.floor(rows.length / width);
  const [to, from, at] = [out.byteOffset, rows.byteOffset, index.byteOffset];
  checkRows(
    kernels.gatherBytes(to, from, available, at, index.length, width, scale, shift),
    index,
    available,
  );
}

/**
 * Copies rows of 4-byte values: out[r] = rows[index[r]], `width` values a row.
 * @throws Error if an index names no row
 */
export function gatherRows<A extends Float32Array | Int32Array>(
  out: A,
  rows: A,
  index: Int32Array,
  width: number,
): void {
  check(index.length * width, out);
  check(index.length, index);
  checkMemory(rows);
  const available = Math.floor(rows.length / width);
  const [to, from, at] = [out.byteOffset, rows.byteOffset, index.byteOffset];
  checkRows(kernels.gatherWords(to, from, available, at, index.length, width), index, available);
}

/**
 * Walsh-Hadamard transform in place, in natural (Hadamard) order and without a factor: twice is the length times the start.
 *
 * @param x of a length that is a power of two
 */
export function hadamard(x: Float32Array): void {
  checkWritten(x.length, x);
  if (x.length === 0 || (x.length & (x.length - 1)) !== 0) {
    throw new RangeError(
      `A Walsh-Hadamard transform of ${x.length} elements was asked for; give a power of two.`,
    );
  }
  kernels.hadamard(x.byteOffset, x.length);
}

/** y *= x, element by element */
export function multiplyElements(y: Float32Array, x: Float32Array): void {
  checkWritten(y.length, y);
  check(y.length, x);
  kernels.multiply(y.byteOffset, x.byteOffset, y.length);
}

/** A matrix of D rows and d columns that holds ± one magnitude in a few places of each column, in the vector memory. */
export interface SignedColumns {
  /** Where the entries of each column begin, and the end of the last, [d + 1]. */
  starts: Int32Array;
  /** Twice the row, plus 1 where the sign is minus; rows are from 0 to D - 1, and none is checked. */
  entries: Int32Array;
  /** Magnitude of each column, [d]. */
  magnitudes: Float32Array;
}

/** out += P z; z has length d, out has length D. */
export function addSignedColumns(
  out: Float32Array,
  { starts, entries, magnitudes }: SignedColumns,
  z: Float32Array,
): void {
  checkWritten(out.length, out);
  check(starts.length - 1, magnitudes, z);
  const pointers = [out, starts, entries, magnitudes, z].map(({ byteOffset }) => byteOffset);
  kernels.scatterSigned(...pointers, z.length);
}

/** out = Pᵀ g; g has length D, out has length d. */
export function dotSignedColumns(
  out: Float32Array,
  { starts, entries, magnitudes }: SignedColumns,
  g: Float32Array,
): void {
  checkWritten(out.length, out);
  check(starts.length - 1, magnitudes, out);
  checkMemory(g);
  const pointers = [out, starts, entries, magnitudes, g].map(({ byteOffset }) => byteOffset);
  kernels.gatherSigned(...pointers, out.length);
}
