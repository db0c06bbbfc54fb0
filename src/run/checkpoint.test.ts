import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../format/index.ts";
import { importParameters, type NetworkSpec, networkOf } from "../model/index.ts";
import { fromSpec, type MapSpec } from "../subspace/index.ts";
import { decodeOptimum, decodeSubspace, encodeOptimum, encodeSubspace } from "./checkpoint.ts";

const small: NetworkSpec = { kind: "mlp", widths: [3, 4, 2], activation: "tanh", dropout: 0.25 };
const { layout } = networkOf(small);
const vector = fc.float32Array({ minLength: layout.size, maxLength: layout.size });
const ownTexts = fc.dictionary(
  fc.string().filter((key) => !["isthmus", "kind", "network", "map", "fixed", "__proto__"].includes(key)),
  fc.string(),
);
const counting = (size: number) => Float32Array.from({ length: size }, (_, i) => i);

test("an optimum is the same after a round trip, with its network and its metadata", () => {
  fc.assert(
    fc.property(vector, ownTexts, (theta, texts) => {
      const { network, arrays, metadata } = decodeOptimum(encodeOptimum(small, layout, theta, texts), "a");
      expect(network).toEqual(small);
      expect(metadata).toMatchObject(texts);
      const again = new Float32Array(layout.size);
      importParameters(layout, arrays, again);
      expect(again).toEqual(theta);
    }),
  );
});

test("the tensors of an optimum are the layers by PyTorch's names and shapes, [out, in]", () => {
  const { tensors } = readSafetensors(encodeOptimum(small, layout, counting(layout.size)));
  // θ is fc1.weight [4, 3], fc1.bias [4], fc2.weight [2, 4], fc2.bias [2], one after the other.
  expect(tensors).toEqual({
    "fc1.weight": { shape: [4, 3], data: counting(12) },
    "fc1.bias": { shape: [4], data: Float32Array.of(12, 13, 14, 15) },
    "fc2.weight": { shape: [2, 4], data: counting(8).map((x) => x + 16) },
    "fc2.bias": { shape: [2], data: Float32Array.of(24, 25) },
  });
});

test("a subspace is the same after a round trip", () => {
  const map: fc.Arbitrary<MapSpec> = fc.oneof(
    fc.constant({ kind: "line" as const }),
    fc.integer({ min: 1, max: 10 }).map((degree) => ({ kind: "bezier" as const, degree })),
    fc.integer({ min: 1, max: 3 }).map((dimension) => ({ kind: "simplex" as const, dimension })),
    fc
      .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 2 })
      .map((axis) => ({ kind: "affine" as const, origin: [1, 0], axes: [axis.map((x) => x + 0)] })),
  );
  const subspace = map.chain((map) => {
    const count = fromSpec(map).anchors;
    const times = { minLength: count, maxLength: count };
    return fc.record({
      map: fc.constant(map),
      anchors: fc.array(vector, times),
      fixed: fc.array(fc.boolean(), times),
    });
  });
  fc.assert(
    fc.property(subspace, ownTexts, ({ map, anchors, fixed }, texts) => {
      const decoded = decodeSubspace(encodeSubspace(small, layout, anchors, map, fixed, texts), "a");
      expect(decoded).toMatchObject({ network: small, map, anchors, fixed, metadata: texts });
    }),
  );
});

describe("what does not fit is refused, and it is said why", () => {
  const theta = counting(layout.size);
  const subspace = encodeSubspace(small, layout, [theta, theta], { kind: "line" }, [true, false]);
  const optimum = encodeOptimum(small, layout, theta);
  const metadata = readSafetensors(subspace).metadata;

  test("a checkpoint of another kind", () => {
    expect(() => decodeOptimum(subspace, "s.safetensors")).toThrow(
      "s.safetensors, metadata: expected an optimum, but the file holds a subspace.",
    );
    expect(() => decodeSubspace(optimum, "o.safetensors")).toThrow(
      /expected a subspace, .* holds an optimum/,
    );
    expect(() => decodeSubspace(writeSafetensors({}), "o.safetensors")).toThrow(
      /found tensors from elsewhere/,
    );
  });
  test("another architecture", () => {
    const other = networkOf({ ...small, widths: [3, 5, 2] }).layout;
    const { arrays } = decodeOptimum(optimum, "o");
    expect(() => importParameters(other, arrays, new Float32Array(other.size))).toThrow(
      /another architecture: fc1\.weight has shape \[4,3\] where fc1\.weight of this network has \[5,3\]/,
    );
  });
  test("a subspace whose tensors are not those of its metadata", () => {
    const { tensors } = readSafetensors(subspace);
    const { "anchor.1.fc2.bias": _, ...fewer } = tensors;
    expect(() => decodeSubspace(writeSafetensors(fewer, metadata), "s")).toThrow(
      /do not make the subspace .* float32 tensor anchor\.1\.fc2\.bias is missing\.$/,
    );
    for (const [entry, message] of [
      [{ map: '{"kind":"bezier","degree":2}' }, /2 flags in the entry fixed for 3 anchors/],
      [{ map: "{" }, /expected JSON in the entry map, found \{/],
      [{ network: "null" }, /do not make the subspace/],
    ] as [Record<string, string>, RegExp][])
      expect(() => decodeSubspace(writeSafetensors(tensors, { ...metadata, ...entry }), "s")).toThrow(
        message,
      );
  });
  test("a wrong number of parameters or anchors, and a metadata key that is taken", () => {
    expect(() => encodeOptimum(small, layout, theta.subarray(1))).toThrow(/25 elements was given.*has 26/);
    expect(() => encodeSubspace(small, layout, [theta], { kind: "line" }, [true])).toThrow(
      /line with 2 anchors/,
    );
    expect(() => encodeOptimum(small, layout, theta, { kind: "mine" })).toThrow(/key "kind"/);
  });
});

/** A Python with NumPy, if there is one. */
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import numpy"]).status === 0,
);

describe.skipIf(!python)("exchange with Python (skipped where there is no Python with NumPy)", () => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-checkpoint-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "checkpoint.safetensors");
  const run = (script: string) => {
    const { status, stdout, stderr } = spawnSync(python ?? "", ["-c", script, file], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    return stdout;
  };
  const x = [0.5, -1, 2];
  /** W₂ tanh(W₁ x + b₁) + b₂ from θ alone, as the layout is documented. */
  function outputs(theta: Float32Array): number[] {
    const dense = (at: number, out: number, h: number[]) =>
      Array.from({ length: out }, (_, o) =>
        h.reduce((sum, v, i) => sum + theta[at + o * h.length + i] * v, theta[at + out * h.length + o]),
      );
    return dense(16, 2, dense(0, 4, x).map(Math.tanh));
  }
  const theta = Float32Array.from({ length: layout.size }, (_, i) => Math.sin(i + 1));

  test("NumPy reads an optimum and computes the same outputs", () => {
    writeFileSync(file, encodeOptimum(small, layout, theta, { remark: "é" }));
    const printed = run(`
import json, struct, sys, numpy as np
raw = open(sys.argv[1], "rb").read()
n = struct.unpack("<Q", raw[:8])[0]
header = json.loads(raw[8 : 8 + n].decode("utf-8"))
meta = header.pop("__metadata__")
t = {}
for name, e in header.items():
    a, b = e["data_offsets"]
    assert e["dtype"] == "F32"
    t[name] = np.frombuffer(raw[8 + n + a : 8 + n + b], "<f4").reshape(e["shape"]).astype("f8")
h = np.tanh(t["fc1.weight"] @ np.array([0.5, -1, 2]) + t["fc1.bias"])
y = t["fc2.weight"] @ h + t["fc2.bias"]
print(json.dumps({"y": y.tolist(), "remark": meta["remark"], "network": json.loads(meta["network"])}))
`);
    const { y, remark, network } = JSON.parse(printed);
    expect(remark).toBe("é");
    expect(network).toEqual(small);
    const expected = outputs(theta);
    expect(y).toHaveLength(2);
    for (const i of [0, 1]) expect(y[i]).toBeCloseTo(expected[i], 12);
  });

  test("a PyTorch state dict of another hand is read, names and all", () => {
    const printed = run(`
import json, struct, sys, numpy as np
rng = np.random.default_rng(0)
t = {"0.weight": rng.normal(size=(4, 3)), "0.bias": rng.normal(size=4), "2.weight": rng.normal(size=(2, 4)), "2.bias": rng.normal(size=2)}
t = {name: a.astype("<f4") for name, a in t.items()}
header, data = {"__metadata__": {"format": "pt"}}, b""
for name, a in t.items():
    header[name] = {"dtype": "F32", "shape": list(a.shape), "data_offsets": [len(data), len(data) + a.nbytes]}
    data += a.tobytes()
header = json.dumps(header).encode()
open(sys.argv[1], "wb").write(struct.pack("<Q", len(header)) + header + data)
d = {name: a.astype("f8") for name, a in t.items()}
y = d["2.weight"] @ np.tanh(d["0.weight"] @ np.array([0.5, -1, 2]) + d["0.bias"]) + d["2.bias"]
print(json.dumps(y.tolist()))
`);
    const { network, arrays, metadata } = decodeOptimum(readFileSync(file), file);
    expect(network).toBeUndefined();
    expect(metadata).toEqual({ format: "pt" });
    const read = new Float32Array(layout.size);
    importParameters(layout, arrays, read);
    const y = outputs(read);
    JSON.parse(printed).forEach((expected: number, i: number) => {
      expect(y[i]).toBeCloseTo(expected, 12);
    });
  });
});
