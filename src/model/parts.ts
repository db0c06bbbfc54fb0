import type { Layout, Leaf } from "./layout.ts";

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
