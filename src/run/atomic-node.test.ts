import type fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeAtomically } from "./atomic-node.ts";
import { RunFolder } from "./folder-node.ts";
import { RunError } from "./run-error.ts";

/** The error with which the next write stops after half of its bytes. */
let failure: string | undefined;

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const failing =
    <F extends typeof real.writeFileSync | typeof real.appendFileSync>(write: F) =>
    (file: fs.PathOrFileDescriptor, content: string | Uint8Array, options?: fs.WriteFileOptions) => {
      if (!failure) return write(file, content, options);
      write(file, content.slice(0, content.length / 2), options);
      throw Object.assign(new Error(`${failure}: write`), { code: failure });
    };
  return {
    ...real,
    writeFileSync: failing(real.writeFileSync),
    appendFileSync: failing(real.appendFileSync),
  };
});

let root: string;
beforeEach(() => {
  failure = undefined;
  root = mkdtempSync(join(tmpdir(), "isthmus-atomic-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("a write that fails half-way leaves the old file and nothing else", () => {
  for (const [code, message] of [
    [
      "ENOSPC",
      /value\.json cannot be written: the disk is full; free some space and continue with --resume\.$/,
    ],
    ["EACCES", /value\.json cannot be written: permission is missing; .* another --out\.$/],
    ["EIO", /value\.json cannot be written: EIO: write\.$/],
  ] as [string, RegExp][])
    test(code, () => {
      const file = join(root, "value.json");
      writeAtomically(file, "old content");
      failure = code;
      expect(() => writeAtomically(file, "new content")).toThrow(message);
      expect(() => writeAtomically(file, "new content")).toThrow(RunError);
      expect(readFileSync(file, "utf8")).toBe("old content");
      expect(readdirSync(root)).toEqual(["value.json"]);
      failure = undefined;
      writeAtomically(file, "new content");
      expect(readFileSync(file, "utf8")).toBe("new content");
    });
});

describe("on a full disk", () => {
  const run = {
    command: "test",
    spec: {},
    seed: 0,
    threads: 1,
    versions: { isthmus: "", node: "", onnxruntime: "", jax: "" },
  };

  test("a run folder that cannot be begun is not left behind", () => {
    failure = "ENOSPC";
    expect(() => RunFolder.create(join(root, "run"), run)).toThrow(/cannot be written: the disk is full/);
    expect(readdirSync(root)).toEqual([]);
  });

  test("run.json and the metrics stay as they were", () => {
    using folder = RunFolder.create(join(root, "run"), run);
    folder.appendMetrics("fit", { epoch: 1 });
    failure = "ENOSPC";
    expect(() => folder.update({ status: "done" })).toThrow(RunError);
    expect(() => folder.appendMetrics("fit", { epoch: 2 })).toThrow(
      /metrics\.jsonl cannot be written: the disk is full/,
    );
    failure = undefined;
    expect(folder.record.status).toBe("running");
    expect(RunFolder.open(folder.path).record.status).toBe("running");
    expect(folder.readMetrics()).toEqual([{ stage: "fit", epoch: 1 }]);
    folder.appendMetrics("fit", { epoch: 2 });
    expect(folder.readMetrics()).toHaveLength(2);
  });
});

test("what is in the way of a file is named", () => {
  writeAtomically(join(root, "file"), "");
  expect(() => writeAtomically(join(root, "file", "a"), "")).toThrow(/a part of the path is a file/);
  writeAtomically(join(root, "folder", "a"), "");
  expect(() => writeAtomically(join(root, "folder"), "")).toThrow(/a folder has this name/);
  expect(readdirSync(root).sort()).toEqual(["file", "folder"]);
});
