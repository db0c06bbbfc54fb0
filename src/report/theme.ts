/** Ink, colours and type of every figure: one place, so that the figures of a report look like one hand drew them. */

export const INK = "#1c2127";
export const FAINT = "#6b737c";
export const PAPER = "#ffffff";

export const FONT = "system-ui, sans-serif";
export const FONT_SIZE = 12;

/** A halo that keeps text and points legible on whatever lies under them. */
export const HALO = { stroke: PAPER, strokeWidth: 4, strokeLinejoin: "round" } as const;

/** Okabe and Ito's colours that carry a thin line on white; they stay apart for colour-blind readers. */
const LINE_COLOURS = ["#0072b2", "#d55e00", "#00866a", "#a4508b", "#8a6d00", "#3f9bcf"];

/** Lines of a figure that have colours of their own. */
export const LINE_COLOUR_COUNT = LINE_COLOURS.length;

/** Colour of the i-th line of a figure; repeats after six. */
export function lineColour(i: number): string {
  return LINE_COLOURS[i % LINE_COLOURS.length];
}

/**
 * An estimate of the width of `text` in pixels at `FONT_SIZE`. There is no text measurement outside a
 * browser, so this counts characters at the width of DejaVu Sans, the widest of the usual system fonts.
 */
export function textWidth(text: string): number {
  return 0.58 * FONT_SIZE * [...text].length;
}
