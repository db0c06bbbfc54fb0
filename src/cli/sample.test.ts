/** `isthmus path` and `isthmus sample` on the toy data: what they write, going on after `kill -9`, and wrong input. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readNpz } from "../format/index.ts";
import type { LossPathResult, SampleResult } from "../run/node.ts";
import { commandFolder, MAIN } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("sample");

const read = (...path: string[]) => readFileSync(join(folder, ...path));
const json = (...path: string[]) => JSON.parse(read(...path).toString());

/** Kills a command as soon as a file of it is there. */
async function killOnce(file: string, args: string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: "ignore" });
  const ended = once(child, "exit");
  while (!existsSync(join(folder, file)) && child.exitCode === null) await wait(5);
  child.kill("SIGKILL");
  await ended;
}

const PATH = "path --degree 3 --steps 1500 --samples 8 --validate-every 100".split(" ");
const SAMPLE = "sample p --chains 3 --warmup 100 --draws 150 --temperature 1,10 --sampler nuts".split(" ");

describe("isthmus path", () => {
  it("learns the toy data all along, within the bounds of its length", () => {
    const { code, out, err } = isthmus(...PATH, "--json", "--out", "p");
    expect(err).not.toContain("isthmus:");
    expect(code).toBe(0);
    const result: LossPathResult = json("p", "results", "path.json");
    expect(JSON.parse(out)).toMatchObject({ degree: 3, shape: result.shape });
    // The targets have a standard deviation of 0.5 or more, and noise of 0.05.
    expect(Math.max(...result.splits.train.error)).toBeLessThan(0.2);
    expect(result.scale).toBeGreaterThan(0.04);
    expect(result.scale).toBeLessThan(0.2);
    expect(result.shape.length).toBeGreaterThan(result.shape.chord);
    // Other commands read it, and see the same losses.
    const evaluated = isthmus("evaluate", "p", "--at", "0.25", "--json", "--out", "evaluated");
    const row = JSON.parse(evaluated.out).rows.find((r: { split: string }) => r.split === "test");
    expect(row.loss).toBeCloseTo(result.splits.test.loss[25], 5);
  });

  it("killed and resumed ends with the same bytes", async () => {
    await killOnce("killed/checkpoints/path.resume.safetensors", [...PATH, "--out", "killed"]);
    expect(isthmus("path", "--resume", "killed").code).toBe(0);
    const file = ["checkpoints", "path.safetensors"];
    expect(read("killed", ...file).equals(read("p", ...file))).toBe(true);
    expect(read("killed", "metrics.jsonl").equals(read("p", "metrics.jsonl"))).toBe(true);
  });
});

describe("isthmus sample", () => {
  it("draws in the tunnel, at several temperatures", () => {
    const { code, err } = isthmus(...SAMPLE, "--json", "--out", "s");
    expect(err).not.toContain("isthmus:");
    expect(code).toBe(0);
    const result: SampleResult = json("s", "results", "sample.json");
    const { lambda, phi, scale } = readNpz(read("s", "results", "draws-10.npz"));
    expect([lambda.shape, phi.shape, scale.shape]).toEqual([
      [3, 150, 3],
      [3, 150, 3],
      [3, 150],
    ]);
    const ts = Array.from(lambda.data as Float64Array).filter((_, i) => i % 3 === 0);
    expect(ts.every((t) => t > -0.1 && t < 1.1)).toBe(true);
    expect(new Set(ts).size).toBeGreaterThan(100);
    // A higher temperature spreads the draws.
    const spread = (file: string) => {
      const { data } = readNpz(read("s", "results", file)).scale;
      const values = Array.from(data as Float64Array, Math.log);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    };
    expect(spread("draws-10.npz")).toBeGreaterThan(2 * spread("draws-1.npz"));
    const { splits } = result.temperatures[0];
    expect(splits.validation.rmse).toBeLessThan(0.2);
    expect(splits.validation.lppd).toBeGreaterThan(0);
    expect(existsSync(join(folder, "s", "report.html"))).toBe(true);
    // The path's ends are as far apart in the coordinates of the span as in weight space.
    const place = readNpz(read("s", "results", "path.npz"));
    const [K, last] = [3, place.t.shape[0] - 1];
    const apart = Array.from({ length: K }, (_, j) => {
      const [from, to] = [0, last].map((i) => Number(place.phi.data[i * K + j]));
      return (to - from) * Number(place.unit.data[j]);
    });
    expect(Math.hypot(...apart)).toBeCloseTo(json("p", "results", "path.json").shape.chord, 4);
    for (const name of ["density", "principal-axes"])
      expect(existsSync(join(folder, "s", "figures", `${name}.svg`))).toBe(true);
  });

  it("killed and resumed ends with the same draws", async () => {
    const path = "checkpoints/draws-1.resume.json";
    const flags = [...SAMPLE, "--thin", "4"];
    expect(isthmus(...flags, "--out", "whole").code).toBe(0);
    await killOnce(`cut/${path}`, [...flags, "--out", "cut"]);
    expect(isthmus("sample", "--resume", "cut").code).toBe(0);
    for (const name of ["draws-1.npz", "draws-10.npz"]) {
      expect(read("cut", "results", name).equals(read("whole", "results", name))).toBe(true);
    }
  });

  it.each([
    [["sample"], "give one path"],
    [["sample", "p", "--temperature", "0"], "give numbers above 0"],
    [["sample", "p", "--temperature", "1,1"], "names a temperature twice"],
    [["sample", "nowhere"], "there is no file or run folder nowhere"],
    [["path", "--degree", "0"], "give 1 or more"],
    [["path", "--scale", "-1"], '--scale "-1" is not possible'],
  ])("%j is wrong usage", (args, message) => {
    const { code, err } = isthmus(...args, "--out", "wrong");
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
