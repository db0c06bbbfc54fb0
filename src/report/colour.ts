import * as Plot from "@observablehq/plot";
import { bandTops } from "./levels.ts";
import { PAPER } from "./theme.ts";

/**
 * The colours of a plane: `published` is jet reversed (low is dark red, high is blue), as in Garipov et al. 2018 and
 * its followers; `perceptual` is viridis reversed (low is light, high is dark), whose steps look equal, also to
 * colour-blind readers and in grey print.
 */
export type ColourScale = "published" | "perceptual";

/** Fill and contour-line colour of a band, as `#rrggbb`. */
export interface BandColour {
  fill: string;
  line: string;
}

/** Share of colour in the published fill; the rest is white paper. */
const PUBLISHED_OPACITY = 0.55;
const PERCEPTUAL_OPACITY = 0.85;

/** Knots (position, value) of matplotlib's jet. */
const JET = {
  red: [0, 0, 0.35, 0, 0.66, 1, 0.89, 1, 1, 0.5],
  green: [0, 0, 0.125, 0, 0.375, 1, 0.64, 1, 0.91, 0, 1, 0],
  blue: [0, 0.5, 0.11, 1, 0.34, 1, 0.65, 0, 1, 0],
};

/** Linear interpolation in a list of knots x0, y0, x1, y1, ... */
function throughKnots(knots: number[], x: number): number {
  let k = 2;
  while (k < knots.length - 2 && x > knots[k]) k += 2;
  const share = (x - knots[k - 2]) / (knots[k] - knots[k - 2]);
  return knots[k - 1] + share * (knots[k + 1] - knots[k - 1]);
}

/** Matplotlib's jet at a position in [0, 1]: red, green and blue in [0, 1]. */
export function jet(position: number): [number, number, number] {
  return [
    throughKnots(JET.red, position),
    throughKnots(JET.green, position),
    throughKnots(JET.blue, position),
  ];
}

const viridis = Plot.scale({ color: { type: "linear", scheme: "viridis", domain: [0, 1] } })!;

function parse(colour: string): number[] {
  const pairs = colour.startsWith("#")
    ? colour.match(/[0-9a-f]{2}/gi)!.map((pair) => `0x${pair}`)
    : colour.match(/\d+/g)!;
  return pairs.map((part) => Number(part) / 255);
}

/** `share` of the colour on white paper. */
function onPaper(rgb: number[], share: number): string {
  const paper = parse(PAPER);
  const bytes = rgb.map((c, i) => Math.round(255 * (share * c + (1 - share) * paper[i])));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** `share` of a colour `#rrggbb` on white paper. */
export function tint(colour: string, share: number): string {
  return onPaper(parse(colour), share);
}

/**
 * Position of a value on the published colour map, in [0, 0.9] for values up to the last level: 0.9 times
 * (max(ln(z − m), logAlpha) − logAlpha)/(ln(M − m) − logAlpha), where m and M are widened by 1e-8.
 */
export function publishedPosition(levels: ArrayLike<number>, logAlpha: number, value: number): number {
  const low = levels[0] - 1e-8;
  const high = levels[levels.length - 1] + 1e-8;
  const above = Math.max(Math.log(Math.max(value - low, 0)), logAlpha) - logAlpha;
  return Math.min(1, (0.9 * above) / (Math.log(high - low) - logAlpha));
}

/**
 * The colours of the bands, from the first to the last (what is above the last level or not finite). On the
 * published scale a band has the colour of its middle and its contour line that of its top, as matplotlib draws
 * them; on the perceptual scale bands are evenly spaced. So they are on the published scale where the levels are
 * (see `planeLevels`).
 */
export function bandColours(levels: Float64Array, scale: ColourScale, logAlpha = -5): BandColour[] {
  const tops = bandTops(levels);
  const logarithmic = Math.log(levels[levels.length - 1] - levels[0]) > logAlpha;
  return Array.from({ length: tops.length + 1 }, (_, i) => {
    const even = 1 - i / tops.length;
    if (scale === "perceptual") {
      const rgb = parse(viridis.apply(even));
      const darker = rgb.map((c) => c * 0.72);
      return { fill: onPaper(rgb, PERCEPTUAL_OPACITY), line: onPaper(darker, 1) };
    }
    const position = (value: number) => (logarithmic ? 1 - publishedPosition(levels, logAlpha, value) : even);
    if (i === tops.length) return { fill: onPaper(jet(0), PUBLISHED_OPACITY), line: onPaper(jet(0), 1) };
    return {
      fill: onPaper(jet(position((levels[i] + tops[i]) / 2)), PUBLISHED_OPACITY),
      line: onPaper(jet(position(tops[i])), 1),
    };
  });
}
