import { allocateVector, combine } from "../engine/index.ts";
import type { Layout, Leaf } from "../model/index.ts";

/** A stretch of the parameter vector that is trained as a vector of its own, with coefficients of its own. */
export interface LayoutPart {
  offset: number;
  size: number;
  /** Number of the group of parameters that share coefficients. */
  group: number;
  /** Its arrays; offsets count from the start of the part. */
  leaves: Leaf[];
}

/** Which parameters share coefficients. */
export interface Grouping {
  /** Every layer has coefficients of its own (Wortsman et al. 2021, "layerwise"). */
  layerwise: boolean;
  /** Biases are not on the subspace: one copy serves all points, as group `biases` (Chen and Saidi, code). */
  sharedBiases: boolean;
}

/** The parts of a layout, and how many groups they make; the biases, if shared, are the last group. */
export function partsOf(
  layout: Layout,
  { layerwise, sharedBiases }: Grouping,
): { parts: LayoutPart[]; groups: number } {
  const layerOf = ({ name }: Leaf) => name.slice(0, name.lastIndexOf("."));
  const layers = [...new Set(layout.leaves.map(layerOf))];
  const groups = (layerwise ? layers.length : 1) + (sharedBiases ? 1 : 0);
  const parts: LayoutPart[] = [];
  for (const leaf of layout.leaves) {
    const shared = sharedBiases && leaf.shape.length === 1;
    const group = shared ? groups - 1 : layerwise ? layers.indexOf(layerOf(leaf)) : 0;
    let part = parts.at(-1);
    if (part?.group !== group) {
      part = { offset: leaf.offset, size: 0, group, leaves: [] };
      parts.push(part);
    }
    part.leaves.push({ ...leaf, offset: leaf.offset - part.offset });
    part.size += leaf.size;
  }
  return { parts, groups };
}

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
