import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readNpz, writeNpz, writeZarr } from "../format/index.ts";
import { arvizArrays, arvizGroup, type InferenceData } from "./index.ts";

/** Two chains of three draws: x[c, s, j] = c + s/10 + j/100. */
const DATA: InferenceData = {
  chains: 2,
  draws: 3,
  posterior: {
    x: {
      shape: [4],
      values: Float64Array.from(
        { length: 24 },
        (_, at) => Math.floor(at / 12) + (Math.floor(at / 4) % 3) / 10 + (at % 4) / 100,
      ),
    },
    t: { values: Float64Array.of(0, 1, 2, 3, 4, Number.NaN) },
  },
  sampleStats: {
    diverging: { values: Uint8Array.of(0, 1, 0, 0, 0, 1), dtype: "bool" },
    lp: { values: Float64Array.of(-1, -2, -3, -4, -5, -6) },
  },
  logLikelihood: { y: { shape: [2], values: Float64Array.from({ length: 12 }, (_, i) => -i) } },
  observedData: { y: { shape: [2], data: Float64Array.of(0.5, -0.5) } },
  attributes: { seed: 7 },
};

describe("inference data for ArviZ", () => {
  it("has the groups, axes and coordinates of its schema", () => {
    const { attributes, groups = {} } = arvizGroup(DATA);
    expect(attributes).toEqual({ inference_library: "isthmus", seed: 7 });
    expect(Object.keys(groups)).toEqual(["posterior", "sample_stats", "log_likelihood", "observed_data"]);
    const { arrays = {} } = groups.posterior;
    expect(arrays.x).toMatchObject({ shape: [2, 3, 4], dimensions: ["chain", "draw", "x_dim_0"] });
    expect(arrays.t).toMatchObject({ shape: [2, 3], dimensions: ["chain", "draw"] });
    expect(arrays.x_dim_0).toMatchObject({ data: BigInt64Array.of(0n, 1n, 2n, 3n), dimensions: ["x_dim_0"] });
    expect(arrays.draw.data).toEqual(BigInt64Array.of(0n, 1n, 2n));
    expect(groups.log_likelihood.arrays?.y.dimensions).toEqual(["chain", "draw", "y_dim_0"]);
    expect(groups.observed_data.arrays?.y.dimensions).toEqual(["y_dim_0"]);
    expect(Object.keys(groups.observed_data.arrays ?? {})).toEqual(["y", "y_dim_0"]);
  });

  it("as plain arrays in one file, without coordinates", () => {
    const arrays = readNpz(writeNpz(arvizArrays(DATA)));
    expect(Object.keys(arrays)).toEqual([
      "posterior/x",
      "posterior/t",
      "sample_stats/diverging",
      "sample_stats/lp",
      "log_likelihood/y",
      "observed_data/y",
    ]);
    expect(arrays["posterior/x"]).toEqual({ shape: [2, 3, 4], data: DATA.posterior.x.values });
    expect(arrays["sample_stats/diverging"].dtype).toBe("bool");
  });

  it("wants a value for each draw of each chain", () => {
    const values = new Float64Array(5);
    expect(() => arvizGroup({ ...DATA, posterior: { t: { values } } })).toThrow(
      "t has 5 values for 2 chains of 3 draws of shape []; give 6",
    );
  });
});

/** A Python that can import all these modules, if there is one. */
const pythonWith = (modules: string) =>
  ["python3", "/usr/bin/python3"].find((c) => spawnSync(c, ["-c", `import ${modules}`]).status === 0);
const withNumpy = pythonWith("numpy");
const withXarray = pythonWith("zarr, xarray");

describe("exchange with Python", () => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-arviz-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const save = (name: string, compress: boolean) => {
    for (const [path, bytes] of Object.entries(writeZarr(arvizGroup(DATA), { compress }))) {
      const file = join(folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    return join(folder, name);
  };
  const run = (python: string | undefined, script: string, path: string) => {
    const { status, stdout, stderr } = spawnSync(python ?? "", ["-c", script, path], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  it.skipIf(!withNumpy)("NumPy alone reads the chunks (skipped where there is no Python with NumPy)", () => {
    const script = `
import json, sys, numpy as np
def read(path):
    meta = json.load(open(path + "/.zarray"))
    key = ".".join("0" for _ in meta["shape"])
    return np.fromfile(path + "/" + key, meta["dtype"]).reshape(meta["shape"])
root = sys.argv[1]
x = read(root + "/posterior/x")
d = read(root + "/sample_stats/diverging")
print(json.dumps([x[1, 2, 3], list(x.shape), x.sum(), d.tolist(), str(d.dtype), read(root + "/posterior/draw").tolist()]))
`;
    const [last, shape, sum, diverging, dtype, draw] = run(withNumpy, script, save("plain", false));
    expect(last).toBeCloseTo(1.23, 12);
    expect(shape).toEqual([2, 3, 4]);
    // 12·(0 + 1) + 8·(0 + 0.1 + 0.2) + 6·(0 + 0.01 + 0.02 + 0.03)
    expect(sum).toBeCloseTo(14.76, 12);
    expect(diverging).toEqual([
      [false, true, false],
      [false, false, true],
    ]);
    expect([dtype, draw]).toEqual(["bool", [0, 1, 2]]);
  });

  it.skipIf(!withXarray).each([false, true])(
    "xarray opens each group as arviz.from_zarr does, compressed: %s (skipped where there is no Python with zarr and xarray)",
    (compress) => {
      const script = `
import json, sys, warnings, numpy as np, xarray as xr, zarr
warnings.simplefilter("error", RuntimeWarning)
store = sys.argv[1]
groups = {}
for name, _ in zarr.open(store, mode="r").groups():
    with xr.open_zarr(store, group=name, consolidated=True) as data:
        groups[name] = data.load()
p, s = groups["posterior"], groups["sample_stats"]
print(json.dumps([
    sorted(groups),
    dict(p.sizes),
    float(p.x.sel(chain=1, draw=2, x_dim_0=3)),
    int(np.isnan(p.t).sum()),
    [str(p.draw.dtype), str(s.diverging.dtype), int(s.diverging.sum())],
    groups["log_likelihood"].y.sum(("chain", "draw")).values.tolist(),
    groups["observed_data"].y.values.tolist(),
    p.attrs,
    zarr.open(store, mode="r").attrs.asdict(),
]))
`;
      expect(run(withXarray, script, save(`store-${compress}`, compress))).toEqual([
        ["log_likelihood", "observed_data", "posterior", "sample_stats"],
        { chain: 2, draw: 3, x_dim_0: 4 },
        expect.closeTo(1.23, 12),
        1,
        ["int64", "bool", 2],
        [-30, -36],
        [0.5, -0.5],
        { inference_library: "isthmus", seed: 7 },
        { inference_library: "isthmus", seed: 7 },
      ]);
    },
  );
});
