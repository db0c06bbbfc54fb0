import { zlibSync } from "fflate";
import { bytesOf, checkArray, elementTypeOf, type NdArray } from "./ndarray.ts";

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** An array with named axes. */
export interface ZarrArray extends NdArray {
  /**
   * One name an axis; axes of one name in one group have one length. An array that is named as its only axis is its
   * coordinate.
   */
  dimensions: string[];
  attributes?: Record<string, Json>;
}

/** A group of arrays and of groups, like a folder. Names are without "/". */
export interface ZarrGroup {
  attributes?: Record<string, Json>;
  arrays?: Record<string, ZarrArray>;
  groups?: Record<string, ZarrGroup>;
}

/** Files of a directory store: their content by path, with "/" between folders. */
export type ZarrFiles = Record<string, Uint8Array>;

/** The attribute in which xarray keeps the names of an array's axes. */
export const DIMENSIONS = "_ARRAY_DIMENSIONS";

/**
 * The directory store of a group in Zarr format 2, with the conventions of xarray: names of axes, and the metadata of
 * all groups together in `.zmetadata`. `xarray.open_zarr(folder, group="…")` and `zarr.open(folder)` open it. Every
 * array is one chunk.
 *
 * @param compress whether values are compressed with zlib; default false, because random digits hardly shrink
 * @throws RangeError where a shape and the number of values or of dimensions disagree, or a name has a "/"
 */
export function writeZarr(root: ZarrGroup, { compress = false } = {}): ZarrFiles {
  const metadata: Record<string, Json> = {};
  const chunks: ZarrFiles = {};
  addGroup(root, "");
  const files: ZarrFiles = { ".zmetadata": encode({ metadata, zarr_consolidated_format: 1 }) };
  for (const [path, value] of Object.entries(metadata)) files[path] = encode(value);
  return { ...files, ...chunks };

  function addGroup(group: ZarrGroup, prefix: string): void {
    metadata[`${prefix}.zgroup`] = { zarr_format: 2 };
    metadata[`${prefix}.zattrs`] = group.attributes ?? {};
    for (const [name, array] of Object.entries(group.arrays ?? {}))
      addArray(array, `${prefix}${checked(name)}`);
    for (const [name, inner] of Object.entries(group.groups ?? {}))
      addGroup(inner, `${prefix}${checked(name)}/`);
  }

  function addArray(array: ZarrArray, path: string): void {
    const { shape, data, dimensions, attributes } = array;
    checkArray(path, array);
    if (dimensions.length !== shape.length) {
      throw new RangeError(
        `The array ${path} has ${shape.length} axes and ${dimensions.length} names for them (${dimensions}); give one name for each.`,
      );
    }
    const bytes = bytesOf(data);
    metadata[`${path}/.zarray`] = {
      // A chunk has at least one element along each axis, even where the array has none.
      chunks: shape.map((length) => Math.max(1, length)),
      compressor: compress ? { id: "zlib", level: 6 } : null,
      dtype: dtypeOf(array),
      fill_value: data instanceof Float32Array || data instanceof Float64Array ? "NaN" : null,
      filters: null,
      order: "C",
      shape,
      zarr_format: 2,
    };
    metadata[`${path}/.zattrs`] = { [DIMENSIONS]: dimensions, ...attributes };
    if (data.length > 0)
      chunks[`${path}/${chunkKey(shape)}`] = compress ? zlibSync(bytes, { level: 6 }) : bytes;
  }
}

/** Name of the first chunk of an array, which is the only one here. */
export function chunkKey(shape: readonly number[]): string {
  return shape.length === 0 ? "0" : shape.map(() => 0).join(".");
}

/** The element type as NumPy spells it, little-endian: "<f8", "|u1". */
export function dtypeOf(array: NdArray): string {
  const type = elementTypeOf(array);
  return `${type.array.BYTES_PER_ELEMENT === 1 ? "|" : "<"}${type.npy}`;
}

function checked(name: string): string {
  if (name === "" || name.includes("/")) {
    throw new RangeError(
      `"${name}" was given as a name in a Zarr group; give one that is not empty and has no "/".`,
    );
  }
  return name;
}

function encode(value: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 4));
}
