import { allocateVector, combine, dot, dots, type Rng, releaseVector } from "../../engine/index.ts";
import type { RandomProjection } from "./projection.ts";

/** Columns in one call of a kernel. */
const COLUMNS = 1024;

/** Columns of independent normal numbers, scaled to length 1. */
export class DenseProjection implements RandomProjection {
  readonly size: number;
  readonly dimension: number;
  private readonly columns: readonly Float32Array[];

  constructor(size: number, dimension: number, rng: Rng) {
    this.size = size;
    this.dimension = dimension;
    this.columns = Array.from({ length: dimension }, (_, j) => {
      const column = allocateVector(size);
      column.set(rng.foldIn(j).normal(size));
      combine(column, [column], [1 / Math.sqrt(dot(column, column))]);
      return column;
    });
  }

  expand(z: Float32Array, out: Float32Array): void {
    for (let start = 0; start < this.dimension; start += COLUMNS) {
      const columns = this.columns.slice(start, start + COLUMNS);
      const own = z.subarray(start, start + columns.length);
      if (start === 0) combine(out, columns, own);
      else combine(out, [out, ...columns], [1, ...own]);
    }
  }

  contract(g: Float32Array, out: Float32Array): void {
    out.set(dots(this.columns, g));
  }

  [Symbol.dispose](): void {
    releaseVector(...this.columns);
  }
}
