import { FormatError, type NdArray, readSafetensors, writeSafetensors } from "../format/index.ts";
import { isWedges, type WedgeSpec } from "../landscape/index.ts";
import {
  importParameters,
  type Layout,
  layoutOf,
  leafViews,
  type NamedArray,
  type NetworkSpec,
  networkOf,
} from "../model/index.ts";
import { fromSpec, type MapSpec, storedAnchors } from "../subspace/index.ts";
import { isMarked, jsonEntry, markedMetadata } from "./checkpoint-kind.ts";

/** Whose parameter vectors a checkpoint holds: a network's, or points of a landscape of wedges. */
interface Owner {
  network?: NetworkSpec;
  wedges?: WedgeSpec;
}

/** A checkpoint of one parameter vector; of no owner where the file comes from elsewhere. */
export interface OptimumCheckpoint extends Owner {
  /** For `importParameters(layout, arrays, theta)`, which checks that they fit the network. */
  arrays: NamedArray[];
  /** All metadata of the file, with the caller's own. */
  metadata: Record<string, string>;
}

/** A checkpoint of a subspace. */
export interface SubspaceCheckpoint extends Owner {
  /** For `fromSpec`. */
  map: MapSpec;
  /** m vectors of D parameters. */
  anchors: Float32Array[];
  /** Which anchors training left as they were. */
  fixed: boolean[];
  metadata: Record<string, string>;
}

/** The one array of a point of a landscape of wedges. */
export const wedgeLayout = ({ dimension }: WedgeSpec): Layout =>
  layoutOf([{ name: "theta", shape: [dimension] }]);

/**
 * The safetensors file of a parameter vector: one float32 tensor a leaf, named and shaped as in the layout
 * (`fc1.weight` [512, 784]), which is what PyTorch's `load_state_dict` takes. The spec of the network, or of the wedges, is in the metadata.
 *
 * @param metadata texts of your own; the keys isthmus, kind, network and wedges are taken
 * @throws Error where θ is not of the layout's length
 */
export function encodeOptimum(
  owner: NetworkSpec | WedgeSpec,
  layout: Layout,
  theta: Float32Array,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const marked = markedMetadata("optimum", ownerEntry(owner), metadata);
  return writeSafetensors(tensorsOf(layout, theta, ""), marked);
}

/**
 * The parameter vector in a safetensors file, of `encodeOptimum` or from elsewhere, such as a PyTorch state dict.
 *
 * @param file name for messages
 * @throws FormatError for a file that is damaged or holds a checkpoint of another kind
 */
export function decodeOptimum(bytes: Uint8Array, file: string): OptimumCheckpoint {
  const { tensors, metadata } = readSafetensors(bytes, file);
  const arrays = Object.entries(tensors).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: data instanceof BigInt64Array || data instanceof BigUint64Array ? Array.from(data, Number) : data,
  }));
  if (!isMarked(metadata, "optimum", file)) return { arrays, metadata };
  return { ...ownerOf(metadata, file), arrays, metadata };
}

/**
 * The safetensors file of a subspace: the tensors of anchor i have the names of the layout after `anchor.i.`
 * (`anchor.0.fc1.weight`).
 *
 * @param metadata texts of your own; the keys isthmus, kind, network, wedges, map and fixed are taken
 * @throws Error where an anchor is not of the layout's length, or there are not as many as the map has
 */
export function encodeSubspace(
  owner: NetworkSpec | WedgeSpec,
  layout: Layout,
  anchors: readonly Float32Array[],
  map: MapSpec,
  fixed: readonly boolean[],
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const expected = storedAnchors(map);
  if (anchors.length !== expected || fixed.length !== expected)
    throw new RangeError(
      `A ${map.kind} with ${expected} anchors was given ${anchors.length} anchors and ${fixed.length} flags; give ${expected} of both.`,
    );
  const own = { ...ownerEntry(owner), map: JSON.stringify(map), fixed: JSON.stringify(fixed) };
  const tensors = anchors.map((anchor, i) => tensorsOf(layout, anchor, `anchor.${i}.`));
  return writeSafetensors(Object.assign({}, ...tensors), markedMetadata("subspace", own, metadata));
}

/**
 * The subspace in a file of `encodeSubspace`.
 *
 * @param file name for messages
 * @param allocate makes the anchors; give `allocateVector` to have them in the vector memory
 * @throws FormatError for a file that is damaged or holds something else
 */
export function decodeSubspace(
  bytes: Uint8Array,
  file: string,
  allocate: (length: number) => Float32Array = (length) => new Float32Array(length),
): SubspaceCheckpoint {
  const { tensors, metadata } = readSafetensors(bytes, file);
  if (!isMarked(metadata, "subspace", file))
    throw new FormatError(
      file,
      "metadata",
      "expected a subspace written by isthmus, found tensors from elsewhere",
    );
  const owner = ownerOf(metadata, file);
  const map = jsonEntry(metadata, "map", file) as MapSpec;
  const fixed = jsonEntry(metadata, "fixed", file) as boolean[];
  try {
    const layout = owner.wedges ? wedgeLayout(owner.wedges) : networkOf(owner.network!).layout;
    // Builds the map, so that a damaged spec is found here.
    fromSpec(map);
    const count = storedAnchors(map);
    if (fixed.length !== count)
      throw new Error(`${fixed.length} flags in the entry fixed for ${count} anchors`);
    const anchors = Array.from({ length: count }, (_, i) => {
      const arrays = layout.leaves.map(({ name }) => namedArray(tensors, `anchor.${i}.${name}`, name));
      const anchor = allocate(layout.size);
      importParameters(layout, arrays, anchor);
      return anchor;
    });
    return { ...owner, map, anchors, fixed, metadata };
  } catch (error) {
    const problem = (error as Error).message.replace(/\.$/, "");
    throw new FormatError(
      file,
      "content",
      `the tensors do not make the subspace of the metadata: ${problem}`,
    );
  }
}

function tensorsOf(layout: Layout, theta: Float32Array, prefix: string): Record<string, NdArray> {
  const views = leafViews(layout, theta);
  return Object.fromEntries(
    layout.leaves.map(({ name, shape }, i) => [prefix + name, { shape, data: views[i] }]),
  );
}

function namedArray(tensors: Record<string, NdArray>, stored: string, name: string): NamedArray {
  const tensor = tensors[stored];
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`the float32 tensor ${stored} is missing`);
  return { name, shape: tensor.shape, data: tensor.data };
}

function ownerEntry(owner: NetworkSpec | WedgeSpec): Record<string, string> {
  return { [isWedges(owner) ? "wedges" : "network"]: JSON.stringify(owner) };
}

function ownerOf(metadata: Record<string, string>, file: string): Owner {
  if (metadata.wedges !== undefined) return { wedges: jsonEntry(metadata, "wedges", file) as WedgeSpec };
  return { network: jsonEntry(metadata, "network", file) as NetworkSpec };
}
