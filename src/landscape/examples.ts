import type { Dataset, Split } from "../data/index.ts";
import {
  allocateBytes,
  allocateIntegers,
  allocateVector,
  gatherBytes,
  gatherRows,
  releaseVector,
} from "../engine/index.ts";

type Targets = Int32Array | Float32Array;

/** A split of a data set in the vector memory: images stay bytes and become floats batch by batch. */
export class Examples implements Disposable {
  readonly count: number;
  /** Elements of one example. */
  readonly width: number;
  private readonly inputs: Uint8Array | Float32Array;
  private readonly targets: Targets;
  private readonly scale: number;
  private readonly shift: number;

  constructor(dataset: Dataset, split: Split) {
    this.count = split.count;
    this.width = dataset.shape.reduce((a, b) => a * b, 1);
    this.scale = dataset.byteScale;
    this.shift = dataset.byteShift;
    const { inputs, targets } = split;
    this.inputs = inputs instanceof Uint8Array ? allocateBytes(inputs.length) : allocateVector(inputs.length);
    this.inputs.set(inputs);
    this.targets =
      targets instanceof Int32Array ? allocateIntegers(targets.length) : allocateVector(targets.length);
    this.targets.set(targets);
  }

  get labelled(): boolean {
    return this.targets instanceof Int32Array;
  }

  allocateTargets(count: number): Targets {
    return this.labelled ? allocateIntegers(count) : allocateVector(count);
  }

  /** Copies the examples `index` into x [index.length, width] and y [index.length]. */
  gather(index: Int32Array, x: Float32Array, y: Targets): void {
    if (this.inputs instanceof Uint8Array) {
      gatherBytes(x, this.inputs, index, this.width, this.scale, this.shift);
    } else gatherRows(x, this.inputs, index, this.width);
    gatherRows(y as Int32Array, this.targets as Int32Array, index, 1);
  }

  [Symbol.dispose](): void {
    releaseVector(this.inputs, this.targets);
  }
}

/** Buffers for a batch of examples of fixed size, filled by index. */
export class Batch implements Disposable {
  readonly index: Int32Array;
  readonly x: Float32Array;
  readonly y: Targets;
  private readonly examples: Examples;

  constructor(examples: Examples, size: number) {
    this.examples = examples;
    this.index = allocateIntegers(size);
    this.x = allocateVector(size * examples.width);
    this.y = examples.allocateTargets(size);
  }

  /** Loads the examples with the given numbers. */
  load(numbers: ArrayLike<number>): void {
    this.index.set(numbers);
    this.examples.gather(this.index, this.x, this.y);
  }

  /** Loads consecutive examples. */
  loadFrom(start: number): void {
    for (let i = 0; i < this.index.length; i++) this.index[i] = start + i;
    this.examples.gather(this.index, this.x, this.y);
  }

  [Symbol.dispose](): void {
    releaseVector(this.index, this.x, this.y);
  }
}
