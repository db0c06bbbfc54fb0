/** `isthmus dimension` on objectives: of wedges, whose dimension is s, and of a small network. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeNpy } from "../format/index.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("objective");

/** Three classes in the plane, each about a direction of its own. */
function write(split: string, count: number): string[] {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const angles = Float32Array.from(labels, (label, i) => (2 * Math.PI * label) / 3 + 0.3 * Math.sin(i));
  const data = Float32Array.from({ length: 2 * count }, (_, i) =>
    i % 2 ? Math.sin(angles[i >> 1]) : Math.cos(angles[i >> 1]),
  );
  writeFileSync(join(folder, `${split}-x.npy`), writeNpy({ shape: [count, 2], data }));
  writeFileSync(join(folder, `${split}-y.npy`), writeNpy({ shape: [count], data: labels }));
  return [`--${split}-inputs`, `${split}-x.npy`, `--${split}-targets`, `${split}-y.npy`];
}
const DATA = [...write("train", 240), ...write("test", 120)];

describe("isthmus dimension of an objective", () => {
  it("of wedges is the number of their short directions", () => {
    expect(isthmus("wedge", "--dimension", "100", "--short", "10", "--out", "wedges").code).toBe(0);
    const flags = ["--dimensions", "5,12", "--bisections", "3", "--repeats", "2", "--steps", "1500"];
    const { code, out, err } = isthmus("dimension", "wedges", ...flags, "--out", "planes", "--json");
    expect(err).not.toContain("isthmus:");
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(Math.abs(result.intrinsic - 10)).toBeLessThan(1.01);
    expect(existsSync(join(folder, "planes", "figures", "dimension.svg"))).toBe(true);
    expect(isthmus("report", "planes").code).toBe(0);
  });

  it("of a network resumes run by run with the same numbers", () => {
    const flags = [...DATA, "--network", "8", "--epochs", "4", "--dimensions", "2,20", "--bisections", "1"];
    const first = isthmus("dimension", ...flags, "--repeats", "2", "--out", "whole", "--json");
    expect(first.err).not.toContain("isthmus:");
    const result = JSON.parse(first.out);
    expect(result.parameters).toBe(2 * 8 + 8 + 8 * 3 + 3);
    expect(result.network.split).toBe("test");
    for (const { scores } of result.rows) {
      for (const score of scores) expect(score).toBeGreaterThanOrEqual(0);
    }
    // As if it had been stopped before its last run.
    const file = join(folder, "whole", "run.json");
    const record = JSON.parse(readFileSync(file, "utf8"));
    const last = Object.keys(record.timings).at(-1)!;
    delete record.timings[last];
    writeFileSync(file, JSON.stringify({ ...record, status: "running" }));
    const again = isthmus("dimension", "--resume", "whole", "--json");
    expect(again.err).not.toContain("isthmus:");
    expect(JSON.parse(again.out).rows).toEqual(result.rows);
  });

  it("says in one sentence what is wrong", () => {
    const error = (...args: string[]) => {
      const { code, err } = isthmus("dimension", ...args);
      expect(code).toBe(2);
      return err.trim();
    };
    expect(error("--dimensions", "10,1000000", ...DATA, "--network", "8")).toContain(
      '--dimensions "1000000" is not possible: give whole numbers from 1 to 51',
    );
    expect(error("--points", "20")).toContain("--points is about the dimension of points");
    expect(error("wedges", "--epochs", "3")).toContain("leave --epochs out");
    expect(error("--steps", "3")).toContain("--steps is about wedges");
  });
}, 120_000);
