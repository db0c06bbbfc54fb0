/** Files in and out: bytes to plain objects and back, with no knowledge of networks. */
export { parseCsv, type Table } from "./csv.ts";
export { FormatError } from "./format-error.ts";
export { gunzip } from "./gzip.ts";
export { encodeIdx, type IdxArray, parseIdx } from "./idx.ts";
export { elementCount, type NdArray, type TypedArray } from "./ndarray.ts";
export { isNpy, readNpy, writeNpy } from "./npy.ts";
export { isZip, readNpz, writeNpz } from "./npz.ts";
export {
  readSafetensors,
  readSafetensorsMetadata,
  type Safetensors,
  writeSafetensors,
} from "./safetensors.ts";
export { type Json, writeZarr, type ZarrArray, type ZarrFiles, type ZarrGroup } from "./zarr.ts";
export { readZarr } from "./zarr-read.ts";
