import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RunFolder } from "./folder-node.ts";
import { RunError } from "./run-error.ts";

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "isthmus-run-"));
  path = join(root, "deep", "run");
});
afterEach(() => rmSync(root, { recursive: true }));

const run = {
  command: "isthmus train --seed 3",
  spec: { model: "784-512-10", epochs: 2 },
  seed: 3,
  threads: 2,
  versions: { isthmus: "0.1.0", node: "24", onnxruntime: "1", jax: "0" },
  data: { name: "fashion-mnist", checksum: "ab", note: "first 100 train examples" },
};

describe("run.json", () => {
  test("states the run, and what is changed later", () => {
    {
      using folder = RunFolder.create(path, run);
      expect(folder.record).toMatchObject({ format: 1, status: "running", timings: {}, ...run });
      expect(Date.now() - Date.parse(folder.record.started)).toBeLessThan(60_000);
      folder.update({ status: "failed", error: "Training diverged." });
      folder.update({ status: "running", error: undefined });
      folder.finishStage("fit", 1.5);
    }
    const folder = RunFolder.open(path);
    expect(folder.record).toMatchObject({ format: 1, status: "running", timings: { fit: 1.5 }, ...run });
    expect(folder.record).not.toHaveProperty("error");
    expect([folder.isFinished("fit"), folder.isFinished("sample"), folder.isFinished("toString")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(readdirSync(path)).toEqual(["run.json"]);
  });

  test("is not written over by a new run, nor are other files", () => {
    RunFolder.create(path, run)[Symbol.dispose]();
    expect(() => RunFolder.create(path, run)).toThrow(
      /holds a run; continue it with --resume, or choose another --out\.$/,
    );
    const other = join(root, "photos");
    mkdirSync(other);
    RunFolder.create(join(other), run)[Symbol.dispose]();
    rmSync(join(other, "run.json"));
    writeFileSync(join(other, "cat.jpg"), "");
    expect(() => RunFolder.create(other, run)).toThrow(
      /holds no run but other files \(cat\.jpg\); choose another --out/,
    );
    expect(readdirSync(other)).toEqual(["cat.jpg"]);
    expect(() => RunFolder.create(join(other, "cat.jpg"), run)).toThrow(/is a file and not a folder/);
    expect(() => RunFolder.create(join(other, "cat.jpg", "run"), run)).toThrow(/is a file and not a folder/);
  });

  test("that is missing, damaged or of a later format is reported in one sentence", () => {
    expect(() => RunFolder.open(path)).toThrow(
      /There is no run in .*: run\.json is missing; give the folder/,
    );
    mkdirSync(path, { recursive: true });
    for (const [text, message] of [
      ['{"format": 1', /run\.json is damaged: it is not JSON/],
      ["null", /run\.json is damaged: it lacks/],
      ['{"format": 1, "spec": {}, "status": "running"}', /run\.json is damaged: it lacks/],
      ['{"format": 2}', /has the format 2, and this version of isthmus reads format 1/],
    ] as [string, RegExp][]) {
      writeFileSync(join(path, "run.json"), text);
      expect(() => RunFolder.open(path)).toThrow(message);
      expect(() => RunFolder.open(path)).toThrow(RunError);
    }
  });
});

test("a run that another holder writes can be read but not written, and is read again when it is free", () => {
  const first = RunFolder.create(path, run);
  using second = RunFolder.open(path);
  expect(second.record.status).toBe("running");
  expect(() => second.writeText("report.html", "")).toThrow(/is being written by process/);
  first.update({ status: "interrupted" });
  first[Symbol.dispose]();
  second.finishStage("fit", 1);
  expect(RunFolder.open(path).record).toMatchObject({ status: "interrupted", timings: { fit: 1 } });
});

describe("files", () => {
  test("are what was written", () => {
    using folder = RunFolder.create(path, run);
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.float64Array(),
        fc.uint8Array(),
        fc.string(),
        (value, data, bytes, text) => {
          folder.writeJson("profile", value);
          expect(folder.readJson("profile")).toEqual(JSON.parse(JSON.stringify(value)));
          folder.writeArrays("draws", {
            x: { shape: [1, data.length], data },
            y: { shape: [], data: Int32Array.of(7) },
          });
          expect(folder.readArrays("draws")).toEqual({
            x: { shape: [1, data.length], data },
            y: { shape: [], data: Int32Array.of(7) },
          });
          folder.writeBytes("figures/plane.png", bytes);
          expect([...folder.readBytes("figures/plane.png")]).toEqual([...bytes]);
          folder.writeText("report.html", text);
          expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(folder.readBytes("report.html"))).toBe(
            text.toWellFormed(),
          );
        },
      ),
      { numRuns: 20 },
    );
    const files = readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
    const expected = ["figures", "figures/plane.png", "lock", "report.html", "results", "results/draws.npz"];
    expect(files).toEqual([...expected, "results/profile.json", "run.json"]);
  });

  test("typed arrays become arrays in JSON, and numbers that are not finite null", () => {
    using folder = RunFolder.create(path, run);
    folder.writeJson("losses", { mean: Number.NaN, each: Float64Array.of(0.1, Number.POSITIVE_INFINITY) });
    expect(folder.readJson("losses")).toEqual({ mean: null, each: [0.1, null] });
  });

  test("that are missing or lie outside are reported", () => {
    using folder = RunFolder.create(path, run);
    expect(() => folder.readJson("losses")).toThrow(/losses\.json cannot be read: there is no such file\.$/);
    for (const outside of ["../a", "figures/../../a", "/tmp/a"])
      expect(() => folder.writeText(outside, "")).toThrow(/leads out of the run folder/);
    expect(folder.has("figures/../run.json")).toBe(true);
  });

  test("that a crash left unfinished are cleared away by the next that writes, not by one that reads", () => {
    RunFolder.create(path, run)[Symbol.dispose]();
    mkdirSync(join(path, "results"));
    const unfinished = join(path, "results", "a.npz.77-3.tmp");
    writeFileSync(unfinished, "half");
    using folder = RunFolder.open(path);
    expect(folder.readMetrics()).toEqual([]);
    expect(existsSync(unfinished)).toBe(true);
    folder.lock();
    expect(existsSync(unfinished)).toBe(false);
  });
});

describe("metrics.jsonl", () => {
  const text = () => readFileSync(join(path, "metrics.jsonl"), "utf8");

  test("has a line for each call, and is whole again after one was torn", () => {
    {
      using folder = RunFolder.create(path, run);
      folder.appendMetrics("fit", { epoch: 1, loss: 0.1 });
      folder.appendMetrics("fit", { epoch: 2, loss: Number.NaN });
    }
    const whole = '{"stage":"fit","epoch":1,"loss":0.1}\n{"stage":"fit","epoch":2,"loss":null}\n';
    expect(text()).toBe(whole);
    appendFileSync(join(path, "metrics.jsonl"), '{"stage":"fit","epoch":3,"é');
    using folder = RunFolder.open(path);
    expect(folder.readMetrics().map(({ epoch }) => epoch)).toEqual([1, 2]);
    folder.appendMetrics("fit", { epoch: 3 });
    expect(text()).toBe(`${whole}{"stage":"fit","epoch":3}\n`);
  });

  test("loses the lines of one stage after an epoch, and no others", () => {
    using folder = RunFolder.create(path, run);
    for (const epoch of [1, 2, 3]) folder.appendMetrics("a", { epoch });
    const before = text();
    for (const epoch of [1, 2, 3]) folder.appendMetrics("b", { epoch });
    folder.trimMetrics("b", 3);
    expect(folder.readMetrics()).toHaveLength(6);
    folder.trimMetrics("b", 1);
    expect(text()).toBe(`${before}{"stage":"b","epoch":1}\n`);
    folder.trimMetrics("b", 0);
    expect(text()).toBe(before);
  });

  test("with a damaged line in the middle is reported by its number", () => {
    using folder = RunFolder.create(path, run);
    folder.appendMetrics("fit", { epoch: 1 });
    appendFileSync(join(path, "metrics.jsonl"), "{\n{}\n");
    expect(() => folder.readMetrics()).toThrow(/metrics\.jsonl, line 2 is damaged/);
  });
});
