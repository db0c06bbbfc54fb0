import { convertIndexedToRgb, type DecodedPng, decode, hasPngSignature } from "fast-png";
import { FormatError } from "../format/index.ts";

/** One value a pixel, in [0, 1], row-major, top row first. */
export interface Picture {
  width: number;
  height: number;
  values: Float64Array;
}

/**
 * The shape in a PNG file: its opacity, unless that is the same everywhere, else its brightness (the luma of
 * Rec. 709: 0.2126 red + 0.7152 green + 0.0722 blue).
 *
 * @param file its name, for error messages
 * @throws FormatError where the bytes are no PNG file or a damaged one
 */
export function readPicture(bytes: Uint8Array, file: string): Picture {
  if (!hasPngSignature(bytes)) {
    throw new FormatError(
      file,
      "byte 0",
      "expected the signature of a PNG file; convert the picture to PNG, or give another",
    );
  }
  let png: DecodedPng;
  let samples: Samples;
  try {
    png = decode(bytes, { checkCrc: true });
    samples = samplesOf(png);
  } catch (error) {
    throw new FormatError(
      file,
      "after the signature",
      `the PNG file is damaged or of an unknown kind (${(error as Error).message})`,
    );
  }
  const { width, height } = png;
  const { channels, data, top } = samples;
  const count = width * height;
  const channel = (k: number) => Float64Array.from({ length: count }, (_, i) => data[i * channels + k] / top);
  if (channels % 2 === 0) {
    const alpha = channel(channels - 1);
    if (alpha.some((a) => a !== alpha[0])) return { width, height, values: alpha };
  }
  if (channels < 3) return { width, height, values: channel(0) };
  const [red, green, blue] = [channel(0), channel(1), channel(2)];
  const values = red.map((r, i) => 0.2126 * r + 0.7152 * green[i] + 0.0722 * blue[i]);
  return { width, height, values };
}

/** Samples of a PNG, one array element each. */
interface Samples {
  data: ArrayLike<number>;
  /** 1: grey, 2: grey and alpha, 3: colours, 4: colours and alpha. */
  channels: number;
  /** The largest value a sample can have. */
  top: number;
}

/** Resolves palettes, transparent colours and samples of less than a byte. */
function samplesOf(png: DecodedPng): Samples {
  const { width, height, depth, channels, palette, transparency } = png;
  if (palette) return { data: convertIndexedToRgb(png), channels: palette[0].length, top: 255 };
  const top = 2 ** depth - 1;
  const data = depth < 8 ? unpacked(png) : png.data;
  if (!transparency || transparency.length === 0) return { data, channels, top };
  const withAlpha = new Uint16Array(width * height * (channels + 1));
  for (let i = 0; i < width * height; i++) {
    let clear = true;
    for (let k = 0; k < channels; k++) {
      const value = data[i * channels + k];
      withAlpha[i * (channels + 1) + k] = value;
      clear &&= value === transparency[k];
    }
    withAlpha[i * (channels + 1) + channels] = clear ? 0 : top;
  }
  return { data: withAlpha, channels: channels + 1, top };
}

/** Grey samples of 1, 2 or 4 bits, which are packed from the high bits on, every row from a new byte. */
function unpacked({ width, height, depth, data }: DecodedPng): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * stride + (bit >> 3)];
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  });
}

/**
 * The picture at another size: each new pixel is the mean of the old ones under it, weighted by how much of them it
 * covers, so that fine lines fade rather than vanish. Proportions are not kept.
 *
 * @throws RangeError where a side is not a whole number from 1
 */
export function resizePicture(picture: Picture, width: number, height: number): Picture {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1)
      throw new RangeError(`A side of the resized picture is ${side} pixels; give a whole number from 1.`);
  }
  const across = covers(picture.width, width);
  const down = covers(picture.height, height);
  const values = Float64Array.from({ length: width * height }, (_, i) => {
    let sum = 0;
    for (const [row, high] of down[Math.floor(i / width)])
      for (const [column, wide] of across[i % width])
        sum += high * wide * picture.values[row * picture.width + column];
    return sum / (picture.width * picture.height);
  });
  return { width, height, values };
}

/**
 * For every pixel of a line of `to`: which of the `from` old pixels it covers, and how much of each, in units of 1 / to
 * of an old pixel: in these all borders are whole numbers, so that a pixel that is half covered is exactly half covered.
 */
function covers(from: number, to: number): [pixel: number, length: number][][] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * from, (i + 1) * from];
    const list: [number, number][] = [];
    for (let pixel = Math.floor(start / to); pixel * to < end; pixel++) {
      list.push([pixel, Math.min(end, (pixel + 1) * to) - Math.max(start, pixel * to)]);
    }
    return list;
  });
}

/**
 * The shape in a PNG file as n x n values of 1 and 0: resized first, then 1 where more than half is solid (or bright);
 * what `patternMask` takes (Skorokhodov and Burtsev 2019, code).
 *
 * @throws FormatError as `readPicture`, RangeError as `resizePicture`
 */
export function binaryPicture(
  bytes: Uint8Array,
  n: number,
  file: string,
): { rows: number; columns: number; values: Uint8Array } {
  const { values } = resizePicture(readPicture(bytes, file), n, n);
  return { rows: n, columns: n, values: Uint8Array.from(values, (value) => (value > 0.5 ? 1 : 0)) };
}
