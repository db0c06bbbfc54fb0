import { allocateVector, combine } from "../engine/index.ts";
import type { LayoutPart } from "../model/index.ts";

/** Vectors of the vector memory, one for each part. */
export const allocateParts = (parts: readonly LayoutPart[]): Float32Array[] =>
  parts.map(({ size }) => allocateVector(size));

/** The arrays of a parameter vector that is given in parts, in the order of the layout. */
export function partLeaves(parts: readonly LayoutPart[], pieces: readonly Float32Array[]): Float32Array[] {
  return parts.flatMap(({ leaves }, p) =>
    leaves.map(({ offset, size }) => pieces[p].subarray(offset, offset + size)),
  );
}

/**
 * The point of a span whose anchors are given in parts.
 * @param anchors of each part
 * @param coefficients groups · m
 */
export function combineParts(
  parts: readonly LayoutPart[],
  out: readonly Float32Array[],
  anchors: readonly (readonly Float32Array[])[],
  coefficients: Float64Array,
): void {
  parts.forEach(({ group }, p) => {
    const m = anchors[p].length;
    combine(out[p], anchors[p], coefficients.subarray(group * m, (group + 1) * m));
  });
}

/** Copies a parameter vector into its parts, or back. */
export function splitInto(
  parts: readonly LayoutPart[],
  theta: Float32Array,
  pieces: readonly Float32Array[],
): void {
  parts.forEach(({ offset, size }, p) => {
    pieces[p].set(theta.subarray(offset, offset + size));
  });
}

export function joinInto(
  parts: readonly LayoutPart[],
  pieces: readonly Float32Array[],
  theta: Float32Array,
): void {
  parts.forEach(({ offset }, p) => {
    theta.set(pieces[p], offset);
  });
}
