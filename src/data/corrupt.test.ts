import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { CORRUPTIONS, corruptTest, type Dataset, withLabelNoise } from "./index.ts";

const rng = Rng.fromSeed(9);
const side = 15;
const size = side * side;
const pixelsOf = (make: (image: number, row: number, column: number) => number, count = 2) =>
  Uint8Array.from({ length: count * size }, (_, i) =>
    make(Math.floor(i / size), Math.floor((i % size) / side), i % side),
  );
function images(inputs: Uint8Array): Dataset {
  const count = inputs.length / size;
  const split = { count, inputs, targets: new Int32Array(count) };
  return {
    name: "images",
    task: "classification",
    shape: [side, side],
    classes: 10,
    byteScale: 1 / 255,
    byteShift: 0,
    train: split,
    test: split,
    checksum: "",
    source: "",
  };
}
const corrupted = (inputs: Uint8Array, kind: "noise" | "blur" | "contrast" | "brightness", amount: number) =>
  corruptTest(images(inputs), { kind, amount }, rng).test.inputs as Float32Array;

describe("corruptions", () => {
  it("blur of an impulse is the Gaussian kernel, and of a flat image nothing", () => {
    const sd = 1.3;
    const blurred = corrupted(
      pixelsOf((image, r, c) => (image === 0 && r === 7 && c === 7 ? 255 : image * 51)),
      "blur",
      sd,
    );
    const weight = (d: number) => Math.exp(-0.5 * (d / sd) ** 2);
    const total = Array.from({ length: 11 }, (_, i) => weight(i - 5)).reduce((a, b) => a + b);
    for (const [r, c] of [
      [7, 7],
      [7, 9],
      [5, 6],
      [4, 10],
    ]) {
      expect(blurred[r * side + c]).toBeCloseTo((weight(r - 7) * weight(c - 7)) / total ** 2, 6);
    }
    expect(blurred.subarray(0, size).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    for (const p of blurred.subarray(size)) expect(p).toBeCloseTo(0.2, 6);
  });

  // scipy 1.17.1: gaussian_filter(((7 * i[:, None] + 13 * i**2) % 256) / 255, sd), i = arange(15); a sd of 5 has a
  // kernel wider than the image.
  it.each([
    [0.5, [0.0084380699, 0.5038365065, 0.5975856391, 0.7440216407, 0.4017828846]],
    [2, [0.1615966932, 0.4470307943, 0.46211677, 0.4912718479, 0.5848491989]],
    [5, [0.3762459184, 0.4099640441, 0.4377194921, 0.4493414079, 0.5045879266]],
  ])("blur of %d is that of scipy.ndimage.gaussian_filter, edges included", (sd, expected) => {
    const blurred = corrupted(
      pixelsOf((_, r, c) => (7 * r + 13 * c * c) % 256, 1),
      "blur",
      sd,
    );
    [
      [0, 0],
      [0, 7],
      [7, 7],
      [14, 3],
      [14, 14],
    ].forEach(([r, c], i) => {
      expect(blurred[r * side + c]).toBeCloseTo(expected[i], 6);
    });
  });

  it("blur keeps what leaves an edge in the image", () => {
    const blurred = corrupted(
      pixelsOf((_, r, c) => (r === 0 && c === 1 ? 255 : 0), 1),
      "blur",
      2,
    );
    expect(blurred.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  it("noise has its standard deviation and stays in [0, 1]", () => {
    const noisy = corrupted(
      pixelsOf(() => 128, 40),
      "noise",
      0.04,
    );
    const mean = noisy.reduce((a, b) => a + b) / noisy.length;
    const variance = noisy.reduce((sum, p) => sum + (p - mean) ** 2, 0) / noisy.length;
    expect(mean).toBeCloseTo(128 / 255, 2);
    expect(Math.sqrt(variance)).toBeCloseTo(0.04, 2);
    const strong = corrupted(
      pixelsOf(() => 250),
      "noise",
      1,
    );
    expect(Math.max(...strong)).toBe(1);
    expect(Math.min(...strong)).toBe(0);
  });

  it("contrast keeps the mean of an image and shrinks the differences from it; brightness shifts and clips", () => {
    const pixels = pixelsOf((_, r) => (r < 7 ? 51 : 102));
    const flat = corrupted(pixels, "contrast", 0.5);
    const mean = (7 * 0.2 + 8 * 0.4) / 15;
    expect(flat[0]).toBeCloseTo(mean + 0.5 * (0.2 - mean), 6);
    expect(flat.subarray(0, size).reduce((a, b) => a + b) / size).toBeCloseTo(mean, 5);
    const bright = corrupted(pixels, "brightness", 0.7);
    expect(bright[0]).toBeCloseTo(0.9, 6);
    expect(bright[size - 1]).toBe(1);
  });

  it("of images of floats are those of the same images of bytes; the originals stay", () => {
    const bytes = pixelsOf((image, r, c) => (37 * image + 11 * r + 5 * c) % 256);
    const floats = Float32Array.from(bytes, (b) => b / 255);
    const data = images(bytes);
    const test = { ...data.test, inputs: floats };
    for (const corruption of [...CORRUPTIONS, { kind: "blur", amount: 0 } as const]) {
      const expected = corruptTest(data, corruption, rng).test.inputs;
      const got = corruptTest({ ...data, test }, corruption, rng).test.inputs;
      expect(got.every((p, i) => Math.abs(p - expected[i]) < 1e-6)).toBe(true);
      expect(got.buffer).not.toBe(floats.buffer);
    }
    expect(floats[9]).toBe(Math.fround(bytes[9] / 255));
    const standardised = { ...test, inputs: floats.map((p) => p - 0.5) };
    expect(() => corruptTest({ ...data, test: standardised }, CORRUPTIONS[0], rng)).toThrow(
      "pixels outside of [0, 1]",
    );
  });

  it("have the data set's own scaling, a note, and the same noise for the same stream", () => {
    const data = { ...images(pixelsOf(() => 102)), byteScale: 2 / 255, byteShift: -1 };
    const bright = corruptTest(data, { kind: "brightness", amount: 0.2 }, rng);
    expect(bright.test.inputs[3]).toBeCloseTo(2 * 0.6 - 1, 6);
    expect(bright.note).toBe("test images with brightness 0.2");
    const noise = (stream: Rng) => corruptTest(data, { kind: "noise", amount: 0.1 }, stream).test.inputs;
    expect(noise(rng.split("a"))).toEqual(noise(rng.split("a")));
    expect(noise(rng.split("a"))).not.toEqual(noise(rng.split("b")));
  });

  it("leave the training images, and name what they cannot change", () => {
    const data = images(pixelsOf(() => 3));
    expect(corruptTest(data, CORRUPTIONS[0], rng).train).toBe(data.train);
    expect(() => corruptTest(data, { kind: "blur", amount: -1 }, rng)).toThrow(
      "blur is -1; give a number from 0",
    );
    expect(() => corruptTest({ ...data, shape: [size] }, CORRUPTIONS[0], rng)).toThrow("for images");
  });
});

describe("label noise", () => {
  it("changes its share of the labels, less those that are drawn right, and no test label", () => {
    const count = 20_000;
    const labels = rng.split("labels").integers(count, 10);
    const split = { count, inputs: new Uint8Array(count), targets: labels };
    const data: Dataset = { ...images(new Uint8Array(size)), train: split, test: split };
    const noisy = withLabelNoise(data, 0.4, rng.split("noise"));
    let changed = 0;
    labels.forEach((label, i) => {
      if (noisy.train.targets[i] !== label) changed++;
    });
    // Within 0.005, almost four standard deviations.
    expect(changed / count).toBeCloseTo(0.4 * 0.9, 2);
    expect(changed).toBeLessThanOrEqual(0.4 * count);
    expect(withLabelNoise(data, 0, rng).train.targets).toEqual(labels);
    expect(data.train.targets).toBe(labels);
    expect(noisy.test.targets).toBe(labels);
    expect(withLabelNoise(data, 0.4, rng.split("noise")).train.targets).toEqual(noisy.train.targets);
    expect(() => withLabelNoise(data, 1.5, rng)).toThrow("1.5; give 0 to 1");
  });
});
