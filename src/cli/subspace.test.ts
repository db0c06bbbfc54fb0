/** `isthmus subspace` on the embedded data: every kind, and going on after an interruption. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SubspaceResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("subspace");

const SMALL = "--train-count 800 --test-count 200 --network 16 --epochs 4".split(" ");

function learn(out: string, ...flags: string[]): SubspaceResult {
  const { code, err } = isthmus("subspace", ...SMALL, ...flags, "--out", out);
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  return JSON.parse(readFileSync(join(folder, out, "results", "subspace.json"), "utf8"));
}

describe("isthmus subspace", () => {
  it("learns a line whose published form has one copy of the biases", () => {
    const { kind, coordinates, shape } = learn("line", "--as-published");
    expect(kind).toBe("line");
    expect(coordinates).toHaveLength(41);
    if (shape.kind !== "path") throw new Error("a line is a path");
    expect(shape.straightness).toBeCloseTo(1, 6);
    expect(shape.totalTurning).toBeLessThan(1e-3);
    const { header, data } = tensorsOf("line");
    const bytes = (name: string) => data.subarray(...header[name].data_offsets);
    expect(bytes("anchor.0.fc1.bias")).toEqual(bytes("anchor.1.fc1.bias"));
    expect(bytes("anchor.0.fc1.weight")).not.toEqual(bytes("anchor.1.fc1.weight"));
  });

  it("learns simplexes, with layers of their own coordinates", () => {
    const { coordinates, shape } = learn("simplex", "--kind", "simplex:3", "--layerwise", "--epochs", "1");
    expect(coordinates).toHaveLength(35); // C(4 + 3, 3) lattice points with 5 along each edge
    if (shape.kind !== "simplex") throw new Error("a simplex is no path");
    expect(shape.norms).toHaveLength(4);
    expect(shape.volume).toBeGreaterThan(0);
  });

  it.each([
    ["neural", []],
    ["whole", ["--whole-vector", "--widths", "4-6", "--trunk", "relu"]],
    ["rectified", ["--rectified", "--as-published", "--widths", "5", "--trunk", "relu"]],
    ["repelled", ["--repel", "0.75", "--as-published"]],
  ])("learns a neural curve: %s", (name, flags) => {
    const { kind, shape } = learn(name, "--kind", "neural", ...flags);
    expect(kind).toBe("neural");
    if (shape.kind !== "path") throw new Error("a curve is a path");
    expect(shape.straightness).toBeGreaterThanOrEqual(1 - 1e-9);
    const evaluated = isthmus("evaluate", name, "--at", "0,1", "--json", "--out", `evaluated-${name}`);
    const { rows } = JSON.parse(evaluated.out);
    const { splits } = JSON.parse(readFileSync(join(folder, name, "results", "subspace.json"), "utf8"));
    const end = rows.find((r: { at: number[]; split: string }) => r.at[0] === 1 && r.split === "test");
    expect(end.loss).toBeCloseTo(splits.test.loss[40], 5);
    if (name === "rectified") {
      const { header, data } = tensorsOf(name);
      expect(Object.keys(header).filter((key) => key.startsWith("anchor.5"))).toHaveLength(4);
      expect(data.length).toBeGreaterThan(0);
    }
  });

  it("grows simplexes from optima, given or trained", () => {
    const { kind } = learn("grown", "--kind", "grown:1", "--volume", "0.01", "--vertex-epochs", "1");
    expect(kind).toBe("simplex");
    const optimum = join("grown", "checkpoints", "optimum-1.safetensors");
    const given = isthmus(
      "subspace",
      optimum,
      optimum,
      ...SMALL,
      "--kind",
      "grown:1",
      "--vertex-epochs",
      "1",
      "--out",
      "joined",
    );
    expect(given.code).toBe(0);
    const result: SubspaceResult = JSON.parse(
      readFileSync(join(folder, "joined", "results", "subspace.json"), "utf8"),
    );
    expect(result.kind).toBe("complex");
  });

  function tensorsOf(run: string) {
    const bytes = readFileSync(join(folder, run, "checkpoints", "subspace.safetensors"));
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    return { header, data: bytes.subarray(8 + length) };
  }
});
