import { describe, expect, test } from "vitest";
import { FormatError } from "./format-error.ts";
import { writeZarr, type ZarrFiles, type ZarrGroup } from "./zarr.ts";
import { readZarr } from "./zarr-read.ts";

const base64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/**
 * Written by zarr-python 2.13: `m = group.create_dataset("m", data=np.arange(40, dtype="<i8").reshape(5, 8),
 * chunks=(5, 8), compressor=numcodecs.Zlib(6))`, with attributes, and a scalar in an inner group.
 */
const ZARR_PYTHON: ZarrFiles = Object.fromEntries(
  Object.entries({
    ".zgroup": "ewogICAgInphcnJfZm9ybWF0IjogMgp9",
    "m/.zarray":
      "ewogICAgImNodW5rcyI6IFsKICAgICAgICA1LAogICAgICAgIDgKICAgIF0sCiAgICAiY29tcHJlc3NvciI6IHsKICAgICAgICAiaWQiOiAiemxpYiIsCiAgICAgICAgImxldmVsIjogNgogICAgfSwKICAgICJkdHlwZSI6ICI8aTgiLAogICAgImZpbGxfdmFsdWUiOiAwLAogICAgImZpbHRlcnMiOiBudWxsLAogICAgIm9yZGVyIjogIkMiLAogICAgInNoYXBlIjogWwogICAgICAgIDUsCiAgICAgICAgOAogICAgXSwKICAgICJ6YXJyX2Zvcm1hdCI6IDIKfQ==",
    "m/0.0":
      "eJwtxUkCgQAAAMBICtFqqUgb/v/DDmYuEwR/G28deufIe8dOfPDRJ6c+++LMuQuXrlz76pvvfrhx685Pv9z77cGjJ89e/PHXP69ObwMN",
    "m/.zattrs":
      "ewogICAgIl9BUlJBWV9ESU1FTlNJT05TIjogWwogICAgICAgICJyIiwKICAgICAgICAiYyIKICAgIF0sCiAgICAidW5pdCI6ICJuYXQiCn0=",
    ".zattrs": "ewogICAgIm5vdGUiOiAiXHUwMGU5Igp9",
    "inner/.zgroup": "ewogICAgInphcnJfZm9ybWF0IjogMgp9",
    "inner/s/.zarray":
      "ewogICAgImNodW5rcyI6IFtdLAogICAgImNvbXByZXNzb3IiOiBudWxsLAogICAgImR0eXBlIjogIjxmNCIsCiAgICAiZmlsbF92YWx1ZSI6IDAuMCwKICAgICJmaWx0ZXJzIjogbnVsbCwKICAgICJvcmRlciI6ICJDIiwKICAgICJzaGFwZSI6IFtdLAogICAgInphcnJfZm9ybWF0IjogMgp9",
    "inner/s/0": "AAAgQA==",
  }).map(([path, content]) => [path, base64(content)]),
);

/**
 * The group of `xr.Dataset({"x": (("chain", "draw"), np.arange(6.).reshape(2, 3) / 4)}, coords={"chain": [0, 1]},
 * attrs={"a": 1})`.
 */
const POSTERIOR: ZarrGroup = {
  groups: {
    posterior: {
      attributes: { a: 1 },
      arrays: {
        x: {
          shape: [2, 3],
          data: Float64Array.from({ length: 6 }, (_, i) => i / 4),
          dimensions: ["chain", "draw"],
        },
        chain: { shape: [2], data: BigInt64Array.of(0n, 1n), dimensions: ["chain"] },
      },
    },
  },
};

describe("Zarr", () => {
  test("reads a store of zarr-python", () => {
    const { attributes, arrays, groups } = readZarr(ZARR_PYTHON);
    expect(attributes).toEqual({ note: "é" });
    expect(arrays?.m).toEqual({
      shape: [5, 8],
      data: BigInt64Array.from({ length: 40 }, (_, i) => BigInt(i)),
      dimensions: ["r", "c"],
      attributes: { unit: "nat" },
    });
    expect(groups?.inner.arrays?.s).toMatchObject({ shape: [], data: Float32Array.of(2.5) });
  });

  test("writes the bytes that xarray 2023.1 writes", () => {
    const files = writeZarr(POSTERIOR);
    expect(text(files[".zgroup"])).toBe('{\n    "zarr_format": 2\n}');
    expect(text(files["posterior/.zattrs"])).toBe('{\n    "a": 1\n}');
    expect(text(files["posterior/x/.zarray"])).toBe(
      '{\n    "chunks": [\n        2,\n        3\n    ],\n    "compressor": null,\n    "dtype": "<f8",\n    "fill_value": "NaN",\n    "filters": null,\n    "order": "C",\n    "shape": [\n        2,\n        3\n    ],\n    "zarr_format": 2\n}',
    );
    expect(text(files["posterior/x/.zattrs"])).toBe(
      '{\n    "_ARRAY_DIMENSIONS": [\n        "chain",\n        "draw"\n    ]\n}',
    );
    expect(JSON.parse(text(files["posterior/chain/.zarray"]))).toMatchObject({
      dtype: "<i8",
      fill_value: null,
    });
    expect(files["posterior/x/0.0"]).toEqual(
      base64("AAAAAAAAAAAAAAAAAADQPwAAAAAAAOA/AAAAAAAA6D8AAAAAAADwPwAAAAAAAPQ/"),
    );
    expect(files["posterior/chain/0"]).toEqual(base64("AAAAAAAAAAABAAAAAAAAAA=="));
    const { metadata, zarr_consolidated_format } = JSON.parse(text(files[".zmetadata"]));
    expect(zarr_consolidated_format).toBe(1);
    const documents = Object.keys(files).filter((path) => /\.z(group|attrs|array)$/.test(path));
    expect(Object.keys(metadata).sort()).toEqual(documents.sort());
    for (const path of documents) expect(metadata[path]).toEqual(JSON.parse(text(files[path])));
  });

  test.each([false, true])("comes back as it was, compressed: %s", (compress) => {
    const group: ZarrGroup = {
      attributes: { sampler: "nuts", grid: [1, null] },
      arrays: {
        flags: { shape: [3], data: Uint8Array.of(1, 0, 1), dtype: "bool", dimensions: ["i"], attributes: {} },
        none: { shape: [0, 2], data: new Float32Array(0), dimensions: ["j", "k"], attributes: { unit: "m" } },
        scalar: { shape: [], data: Int32Array.of(-7), dimensions: [], attributes: {} },
        // An odd byte offset in its buffer.
        part: {
          shape: [2],
          data: new Uint8Array(5).fill(9).subarray(1, 3),
          dimensions: ["l"],
          attributes: {},
        },
      },
      groups: { deep: { attributes: {}, arrays: {}, groups: {} } },
    };
    const back = readZarr(writeZarr(group, { compress }));
    expect(back).toEqual({ ...group, groups: { deep: { attributes: {}, arrays: {}, groups: {} } } });
  });

  test("compression makes equal values small", () => {
    const group = { arrays: { x: { shape: [1000], data: new Float64Array(1000), dimensions: ["i"] } } };
    expect(writeZarr(group, { compress: true })["x/0"].length).toBeLessThan(100);
    expect(writeZarr(group)["x/0"].length).toBe(8000);
  });

  test("refuses what cannot be written", () => {
    const array = { shape: [2, 2], data: new Float64Array(4), dimensions: ["i"] };
    expect(() => writeZarr({ arrays: { x: array } })).toThrow("x has 2 axes and 1 names");
    expect(() => writeZarr({ arrays: { x: { ...array, shape: [3], dimensions: ["i"] } } })).toThrow(
      "x has 4 values",
    );
    expect(() => writeZarr({ groups: { "a/b": {} } })).toThrow('"a/b" was given as a name');
  });

  test("says what is wrong with a store", () => {
    const files = writeZarr(POSTERIOR);
    const changed = (path: string, change: (meta: Record<string, unknown>) => object) => ({
      ...files,
      [path]: new TextEncoder().encode(JSON.stringify(change(JSON.parse(text(files[path]))))),
    });
    const array = "posterior/x/.zarray";
    for (const [broken, message] of [
      [{}, /\.zgroup, byte 0: the file is missing/],
      [{ ...files, "posterior/x/0.0": new Uint8Array(40) }, /makes 48 bytes, found 40/],
      [{ ...files, [array]: new Uint8Array(3) }, /expected JSON/],
      [changed(array, (meta) => ({ ...meta, chunks: [1, 3] })), /more than one chunk is not supported/],
      [changed(array, (meta) => ({ ...meta, compressor: { id: "blosc" } })), /the compressor blosc/],
      [
        changed(array, (meta) => ({ ...meta, compressor: { id: "zlib" } })),
        /zlib data cannot be decompressed/,
      ],
      [changed(array, (meta) => ({ ...meta, dtype: ">f8" })), /the element type >f8/],
      [changed(array, (meta) => ({ ...meta, order: "F" })), /order F/],
      [changed(array, (meta) => ({ ...meta, zarr_format: 3 })), /Zarr format 3/],
    ] as [ZarrFiles, RegExp][]) {
      expect(() => readZarr(broken)).toThrow(message);
      expect(() => readZarr(broken)).toThrow(FormatError);
    }
    const { "posterior/x/0.0": _, ...rest } = files;
    expect(() => readZarr(rest)).toThrow("posterior/x/0.0, byte 0: the file is missing from the Zarr store");
  });
});
