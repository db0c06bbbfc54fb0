import {
  addSignedColumns,
  allocateIntegers,
  allocateVector,
  dotSignedColumns,
  type Rng,
  releaseVector,
  type SignedColumns,
} from "../../engine/index.ts";
import type { RandomProjection } from "./projection.ts";

/**
 * Each entry is not zero with probability 1/√D; those of a column are ± one magnitude, so that its length is 1 (Li et al.
 * 2018, section S7; Li, Hastie and Church 2006, "Very sparse random projections").
 */
export class SparseProjection implements RandomProjection {
  readonly size: number;
  readonly dimension: number;
  private readonly matrix: SignedColumns;

  constructor(size: number, dimension: number, rng: Rng) {
    this.size = size;
    this.dimension = dimension;
    const columns = Array.from({ length: dimension }, (_, j) => signedRows(size, rng.foldIn(j)));
    const starts = allocateIntegers(dimension + 1);
    const magnitudes = allocateVector(dimension);
    columns.forEach(({ length }, j) => {
      starts[j + 1] = starts[j] + length;
      magnitudes[j] = 1 / Math.sqrt(length);
    });
    const entries = allocateIntegers(starts[dimension]);
    columns.forEach((rows, j) => {
      entries.set(rows, starts[j]);
    });
    this.matrix = { starts, entries, magnitudes };
  }

  expand(z: Float32Array, out: Float32Array): void {
    out.fill(0);
    addSignedColumns(out, this.matrix, z);
  }

  contract(g: Float32Array, out: Float32Array): void {
    dotSignedColumns(out, this.matrix, g);
  }

  [Symbol.dispose](): void {
    releaseVector(...Object.values(this.matrix));
  }
}

/** Rows of a column's entries, ascending: twice the row, plus 1 where the sign is minus. */
function signedRows(size: number, rng: Rng): number[] {
  const probability = 1 / Math.sqrt(size);
  const step = Math.log1p(-probability);
  const rows: number[] = [];
  let row = -1;
  // Gaps between successes are geometric: work grows with the entries, not with D.
  for (let chunk = 0; row < size; chunk++) {
    const [gaps, signs] = rng.foldIn(chunk).splitN(2);
    const count = Math.ceil(1.2 * Math.sqrt(size)) + 8;
    const draws = gaps.uniform64(count);
    const bits = signs.bits(count);
    for (let k = 0; k < count && row < size; k++) {
      row += 1 + (size === 1 ? 0 : Math.floor(Math.log1p(-draws[k]) / step));
      if (row < size) rows.push(2 * row + (bits[k] & 1));
    }
  }
  // A column without entries has no length.
  return rows.length > 0 ? rows : [2 * rng.split("only").integers(1, size)[0]];
}
