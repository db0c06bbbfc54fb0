import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { binaryPicture, type Picture, readPicture, resizePicture } from "./index.ts";

const png = (width: number, channels: number, data: number[], depth: 8 | 16 = 8) => {
  const samples = depth === 16 ? Uint16Array.from(data) : Uint8Array.from(data);
  return encode({ width, height: data.length / width / channels, channels, depth, data: samples });
};
const valuesOf = (bytes: Uint8Array) => [...readPicture(bytes, "x.png").values];

describe("reading a PNG file", () => {
  it("gives grey as it is, of 8 and of 16 bits, top row first", () => {
    const picture = readPicture(png(3, 1, [0, 51, 255, 102, 0, 0]), "x.png");
    expect(picture).toEqual({
      width: 3,
      height: 2,
      values: Float64Array.of(0, 0.2, 1, 0.4, 0, 0),
    });
    expect(valuesOf(png(2, 1, [0, 65535], 16))).toEqual([0, 1]);
  });

  it("gives the luma of colours", () => {
    const values = valuesOf(png(2, 3, [255, 0, 0, 255, 255, 255]));
    expect(values[0]).toBeCloseTo(0.2126, 12);
    expect(values[1]).toBeCloseTo(1, 12);
  });

  it("takes the opacity instead, unless it is the same everywhere", () => {
    expect(valuesOf(png(2, 4, [9, 9, 9, 0, 9, 9, 9, 255]))).toEqual([0, 1]);
    expect(valuesOf(png(2, 2, [0, 255, 255, 255]))).toEqual([0, 1]);
    expect(valuesOf(png(2, 2, [255, 0, 255, 102]))).toEqual([0, 0.4]);
  });

  it("unpacks pixels of one bit, row by row", () => {
    // Two rows of nine pixels: 1010 0000 1, and 0000 0000 1.
    const data = Uint8Array.of(0b10100000, 0b10000000, 0, 0b10000000);
    const bytes = encode({ width: 9, height: 2, channels: 1, depth: 1, data });
    expect(valuesOf(bytes)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it("resolves a palette", () => {
    const palette = [
      [0, 0, 0],
      [102, 102, 102],
    ];
    const data = Uint8Array.of(0b01000000);
    const [a, b] = valuesOf(encode({ width: 2, height: 1, channels: 1, depth: 1, data, palette }));
    expect([a, b]).toEqual([0, expect.closeTo(0.4, 12)]);
  });

  it("says what is wrong with other files", () => {
    expect(() => readPicture(new TextEncoder().encode("GIF89a"), "a.gif")).toThrow(
      /^a\.gif, byte 0: expected the signature of a PNG file/,
    );
    expect(() => readPicture(new Uint8Array(), "empty")).toThrow(/signature/);
    const bytes = png(2, 1, [0, 255]);
    expect(() => readPicture(bytes.subarray(0, 30), "cut.png")).toThrow(/cut\.png.*damaged/);
  });
});

describe("resizing", () => {
  const picture: Picture = { width: 3, height: 2, values: Float64Array.of(0, 0.6, 0.9, 0.3, 0, 0.6) };
  it("averages what a pixel covers, weighted by area", () => {
    // One of the new columns covers the first old one and half of the second.
    const { values } = resizePicture(picture, 2, 1);
    expect(values[0]).toBeCloseTo((0 + 0.3 + 0.5 * (0.6 + 0)) / 3, 12);
    expect(values[1]).toBeCloseTo((0.9 + 0.6 + 0.5 * (0.6 + 0)) / 3, 12);
  });
  it("keeps the mean, and repeats pixels when it enlarges", () => {
    const mean = ({ values }: Picture) => values.reduce((s, v) => s + v, 0) / values.length;
    for (const [w, h] of [
      [1, 1],
      [2, 5],
      [7, 4],
    ])
      expect(mean(resizePicture(picture, w, h))).toBeCloseTo(mean(picture), 12);
    expect([...resizePicture(picture, 6, 2).values]).toEqual(
      [0, 0, 0.6, 0.6, 0.9, 0.9, 0.3, 0.3, 0, 0, 0.6, 0.6].map((v) => expect.closeTo(v, 12)),
    );
    expect(() => resizePicture(picture, 0, 2)).toThrow(/0 pixels/);
  });
});

it("a shape comes out upright, of two values, with an edge where half of a pixel is covered", () => {
  // An L of 6 x 6 pixels: two columns on the left, and the two lowest rows.
  const data = Array.from({ length: 36 }, (_, i) => (i % 6 < 2 || i >= 24 ? 255 : 0));
  const { rows, columns, values } = binaryPicture(png(6, 1, data), 3, "l.png");
  expect([rows, columns]).toEqual([3, 3]);
  expect([...values]).toEqual([1, 0, 0, 1, 0, 0, 1, 1, 1]);
  // A column of which exactly half is white is not more than half white.
  expect([...binaryPicture(png(4, 1, [255, 0, 255, 255]), 2, "half.png").values]).toEqual([0, 1, 0, 1]);
});
