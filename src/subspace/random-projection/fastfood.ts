import {
  allocateIntegers,
  allocateVector,
  combine,
  dot,
  gatherRows,
  hadamard,
  multiplyElements,
  type Rng,
  releaseVector,
} from "../../engine/index.ts";
import type { RandomProjection } from "./projection.ts";

/**
 * P z is the first D numbers of H G Π H B z / √(D Σ G²), where z is padded to the next power of two from D: B are random
 * signs, Π a permutation, G normal numbers and H the Hadamard matrix (Le, Sarlós and Smola 2013, "Fastfood"; Li et al. 2018,
 * section S7 and code). O(D log D) for any d; nothing of size D d is stored. The mean square length of the columns is 1; each
 * is 1 exactly where D is a power of two.
 */
export class FastfoodProjection implements RandomProjection {
  readonly size: number;
  readonly dimension: number;
  private readonly signs: Float32Array;
  private readonly normals: Float32Array;
  private readonly permutation: Int32Array;
  private readonly inverse: Int32Array;
  private readonly work: readonly [Float32Array, Float32Array];

  constructor(size: number, dimension: number, rng: Rng) {
    this.size = size;
    this.dimension = dimension;
    const length = 2 ** Math.ceil(Math.log2(size));
    this.work = [allocateVector(length), allocateVector(length)];
    this.signs = allocateVector(length);
    this.signs.set(rng.split("signs").uniform(length));
    this.signs.set(this.signs.map((u) => (u < 0.5 ? -1 : 1)));
    this.normals = allocateVector(length);
    this.normals.set(rng.split("normals").normal(length));
    const { normals } = this;
    combine(normals, [normals], [1 / Math.sqrt(size * dot(normals, normals))]);
    this.permutation = allocateIntegers(length);
    this.permutation.set(rng.split("permutation").permutation(length));
    this.inverse = allocateIntegers(length);
    this.permutation.forEach((from, to) => {
      this.inverse[from] = to;
    });
  }

  expand(z: Float32Array, out: Float32Array): void {
    const [x, y] = this.work;
    x.fill(0);
    x.set(z);
    multiplyElements(x, this.signs);
    hadamard(x);
    gatherRows(y, x, this.permutation, 1);
    multiplyElements(y, this.normals);
    hadamard(y);
    out.set(y.subarray(0, this.size));
  }

  contract(g: Float32Array, out: Float32Array): void {
    const [x, y] = this.work;
    y.fill(0);
    y.set(g);
    hadamard(y);
    multiplyElements(y, this.normals);
    gatherRows(x, y, this.inverse, 1);
    hadamard(x);
    multiplyElements(x, this.signs);
    out.set(x.subarray(0, this.dimension));
  }

  [Symbol.dispose](): void {
    releaseVector(this.signs, this.normals, this.permutation, this.inverse, ...this.work);
  }
}
