import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { encodeIdx, type NdArray, writeNpy, writeNpz } from "../format/index.ts";
import { loadFiles } from "./load-files-node.ts";
import { parseUserFiles } from "./user-files.ts";

const text = (name: string, content: string) => ({ name, bytes: new TextEncoder().encode(content) });
const npy = (name: string, array: NdArray) => ({ name, bytes: writeNpy(array) });

describe("two ways to the same data", () => {
  const inputs = { shape: [2, 2], data: Float64Array.of(1, 2, 4, 5) };
  const targets = { shape: [2], data: Float64Array.of(3, 6) };
  const truth = { count: 2, inputs: Float32Array.of(1, 2, 4, 5), targets: Float32Array.of(3, 6) };
  test.each([
    ["csv", text("t.csv", "a,b,y\n1,2,3\n4,5,6\n")],
    ["csv.gz", { name: "t.csv.gz", bytes: gzipSync(text("", "1 2 3\n4 5 6").bytes) }],
    ["npz", { name: "t.npz", bytes: writeNpz({ x: inputs, y: targets }) }],
    ["npy pair", { inputs: npy("x.npy", inputs), targets: npy("y.npy", targets) }],
    ["text pair", { inputs: text("x.txt", "1 2\n4 5"), targets: text("y.txt", "3\n6") }],
  ])("%s", async (_, train) => {
    const dataset = await parseUserFiles({ train, test: text("test.csv", "7,8,9") });
    expect(dataset.train).toEqual(truth);
    expect(dataset).toMatchObject({ task: "regression", shape: [2], classes: 0, byteScale: 1 });
    expect(dataset.test.targets).toEqual(Float32Array.of(9));
  });
});

test("idx files are images with labels, and stay bytes", async () => {
  const split = (count: number, label: number) => ({
    inputs: {
      name: "images",
      bytes: gzipSync(encodeIdx({ shape: [count, 2, 3], data: new Uint8Array(count * 6).fill(9) })),
    },
    targets: {
      name: "labels",
      bytes: encodeIdx({ shape: [count], data: new Uint8Array(count).fill(label) }),
    },
  });
  const dataset = await parseUserFiles({ train: split(4, 0), validation: split(1, 2), test: split(2, 1) });
  expect(dataset).toMatchObject({ task: "classification", shape: [2, 3], classes: 3, byteScale: 1 / 255 });
  expect(dataset.train.inputs).toEqual(new Uint8Array(24).fill(9));
  expect(dataset.validation!.targets).toEqual(Int32Array.of(2));
});

test("a table is a classification when asked for", async () => {
  const dataset = await parseUserFiles(
    { train: text("a.csv", "0.5,0\n0.25,2\n"), test: text("b.csv", "0.5,1\n") },
    { task: "classification", name: "mine" },
  );
  expect(dataset).toMatchObject({ name: "mine", classes: 3, source: "a.csv, b.csv" });
  expect(dataset.train.targets).toEqual(Int32Array.of(0, 2));
});

describe("what is wrong is said in one sentence", () => {
  const good = text("good.csv", "1,2\n3,4\n");
  const x = npy("x.npy", { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  test.each([
    [
      "another number of features",
      good,
      text("t.csv", "1,2,3"),
      "t.csv, inputs: expected examples like those of good.csv, numbers of shape [1], found numbers of shape [2].",
    ],
    [
      "targets missing",
      { inputs: x, targets: npy("y.npy", { shape: [3], data: new Float32Array(3) }) },
      good,
      "y.npy, targets: expected 2 targets, one for each example of x.npy, found the shape [3].",
    ],
    [
      "one file where two are needed",
      x,
      good,
      "x.npy, byte 0: this file holds one array, give two files, one of inputs and one of targets.",
    ],
    [
      "a value that is not finite",
      {
        inputs: npy("x.npy", { shape: [2, 1], data: Float32Array.of(1, Number.NaN) }),
        targets: npy("y.npy", { shape: [2], data: Float32Array.of(1, 2) }),
      },
      good,
      "x.npy, input value 2: expected a finite number in float32's range, found NaN.",
    ],
    [
      "a npz without targets",
      { name: "a.npz", bytes: writeNpz({ x: { shape: [1], data: Float32Array.of(1) } }) },
      good,
      "a.npz, arrays: expected inputs and targets, or x and y, found x.",
    ],
    [
      "a table of one column",
      text("t.csv", "1\n2"),
      good,
      "t.csv, line 1: expected at least two columns, features and last the target, found one.",
    ],
    [
      "targets that are all the same",
      text("t.csv", "1,0.5\n2,0.5"),
      good,
      "t.csv, targets: expected targets that differ (in a table the last column), found 0.5 in all 2 examples.",
    ],
  ] as const)("%s", async (_, train, testing, message) => {
    await expect(parseUserFiles({ train, test: testing })).rejects.toThrow(message);
  });
  test("a label that is not one", async () => {
    await expect(
      parseUserFiles({ train: text("t.csv", "1,0\n1,-1"), test: good }, { task: "classification" }),
    ).rejects.toThrow("t.csv, target 2: the label is -1, expected a whole number from 0 to 65535.");
  });
});

test("loadFiles reads paths, and names one that is not there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-files-"));
  try {
    const path = join(folder, "train.csv");
    writeFileSync(path, "1,2\n3,4\n");
    const dataset = await loadFiles({ train: path, test: path });
    expect(dataset.train.targets).toEqual(Float32Array.of(2, 4));
    await expect(loadFiles({ train: path, test: join(folder, "none.csv") })).rejects.toThrow(
      /The file .*none\.csv cannot be read .*; give the path of a file\./,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
