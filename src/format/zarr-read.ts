import { unzlibSync } from "fflate";
import { FormatError } from "./format-error.ts";
import { arrayFromBytes, ELEMENT_TYPES, elementCount, type NdArray } from "./ndarray.ts";
import { chunkKey, DIMENSIONS, type Json, type ZarrArray, type ZarrFiles, type ZarrGroup } from "./zarr.ts";

/**
 * Reads a directory store of Zarr format 2 whose arrays are one chunk each, row-major, not compressed or compressed
 * with zlib: what `writeZarr` writes.
 *
 * @throws FormatError where there is no group, a file is missing or damaged, or the store uses what is not supported
 */
export function readZarr(files: ZarrFiles): ZarrGroup {
  return readGroup(files, "");
}

function readGroup(files: ZarrFiles, prefix: string): ZarrGroup {
  json(files, `${prefix}.zgroup`);
  const attributes = optionalJson(files, `${prefix}.zattrs`);
  const arrays: Record<string, ZarrArray> = {};
  const groups: Record<string, ZarrGroup> = {};
  for (const path of Object.keys(files)) {
    const [name, file, ...deeper] = path.slice(prefix.length).split("/");
    if (!path.startsWith(prefix) || deeper.length > 0) continue;
    if (file === ".zgroup") groups[name] = readGroup(files, `${prefix}${name}/`);
    if (file === ".zarray") arrays[name] = readArray(files, `${prefix}${name}`);
  }
  return { attributes, arrays, groups };
}

function readArray(files: ZarrFiles, path: string): ZarrArray {
  const meta = json(files, `${path}/.zarray`);
  const { [DIMENSIONS]: dimensions, ...attributes } = optionalJson(files, `${path}/.zattrs`);
  const shape = meta.shape as number[];
  const unsupported = (what: string) =>
    new FormatError(
      `${path}/.zarray`,
      "JSON",
      `${what} is not supported; save the array again in one chunk with zlib or without compressor`,
    );
  if (meta.zarr_format !== 2) throw unsupported(`Zarr format ${meta.zarr_format}`);
  if (meta.order !== "C" || meta.filters) throw unsupported(`order ${meta.order} or a filter`);
  if ((meta.chunks as number[]).some((length, axis) => length < shape[axis]))
    throw unsupported("more than one chunk");
  const compressor = meta.compressor as { id: string } | null;
  if (compressor && compressor.id !== "zlib") throw unsupported(`the compressor ${compressor.id}`);
  const type = ELEMENT_TYPES.find(({ npy }) => meta.dtype === `<${npy}` || meta.dtype === `|${npy}`);
  if (!type) throw unsupported(`the element type ${meta.dtype}`);

  const count = elementCount(shape);
  const chunk = `${path}/${chunkKey(shape)}`;
  const stored = count === 0 ? new Uint8Array(0) : bytes(files, chunk);
  const content = compressor && count > 0 ? inflate(stored, chunk) : stored;
  const expected = count * type.array.BYTES_PER_ELEMENT;
  if (content.length !== expected) {
    throw new FormatError(
      chunk,
      `byte ${Math.min(content.length, expected)}`,
      `an array of shape [${shape}] and type ${type.npy} makes ${expected} bytes, found ${content.length}`,
    );
  }
  const array: NdArray = {
    shape,
    data: arrayFromBytes(type, content),
    ...(type.dtype && { dtype: type.dtype }),
  };
  return { ...array, dimensions: (dimensions as string[] | undefined) ?? [], attributes };
}

function inflate(stored: Uint8Array, file: string): Uint8Array {
  try {
    return unzlibSync(stored);
  } catch (error) {
    throw new FormatError(
      file,
      "byte 0",
      `the zlib data cannot be decompressed (${(error as Error).message})`,
    );
  }
}

function bytes(files: ZarrFiles, path: string): Uint8Array {
  const content = files[path];
  if (!content) throw new FormatError(path, "byte 0", "the file is missing from the Zarr store");
  return content;
}

function json(files: ZarrFiles, path: string): Record<string, Json> {
  const text = new TextDecoder().decode(bytes(files, path));
  try {
    return JSON.parse(text) as Record<string, Json>;
  } catch (error) {
    throw new FormatError(path, "byte 0", `expected JSON (${(error as Error).message})`);
  }
}

function optionalJson(files: ZarrFiles, path: string): Record<string, Json> {
  return files[path] ? json(files, path) : {};
}
