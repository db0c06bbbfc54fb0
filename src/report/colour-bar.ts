import type { BandColour } from "./colour.ts";
import { levelLabels } from "./levels.ts";
import { svgElement } from "./svg.ts";
import { INK, PAPER, textWidth } from "./theme.ts";

const BAR = 18;
const GAP = 7;

/** The label of the last band, which holds what is above the last level: "> 5.00". */
export function aboveLabel(levels: Float64Array, fewest?: number): string {
  return `> ${levelLabels(levels, fewest).at(-1)}`;
}

/** Pixels that the colour bar takes to the right of a plane. */
export function colourBarWidth(levels: Float64Array): number {
  return BAR + GAP + textWidth(aboveLabel(levels)) + 26;
}

/**
 * A colour bar with one box of equal height a band, lowest at the bottom: each edge between boxes carries its
 * level, the top edge "> M". The boxes are `rect`s in the order of the bands.
 */
export function colourBar(
  bar: {
    levels: Float64Array;
    colours: BandColour[];
    label: string;
    x: number;
    y: number;
    height: number;
    /** Decimals of the levels, if they differ by then; default 2. */
    decimals?: number;
  },
  document: Document,
): SVGGElement {
  const { levels, colours, x, decimals } = bar;
  const step = bar.height / colours.length;
  const edge = (i: number) => bar.y + bar.height - i * step;
  const group = svgElement(document, "g", { "aria-label": "colour bar" });
  for (const [i, { fill }] of colours.entries()) {
    const box = { x, y: edge(i + 1), width: BAR, height: step };
    group.append(svgElement(document, "rect", { ...box, fill, stroke: PAPER, "stroke-width": 0.75 }));
  }
  // A constant field has one level but two edges below the top; both are that level.
  const labels = levelLabels(levels, decimals);
  const texts = [...(levels.length === 1 ? [labels[0]] : []), ...labels, aboveLabel(levels, decimals)];
  for (const [i, text] of texts.entries()) {
    const at = { x: x + BAR + GAP, y: edge(i), dy: "0.34em", "text-anchor": "start", fill: INK };
    group.append(svgElement(document, "text", at, text));
  }
  const middle = bar.y + bar.height / 2;
  const far = x + colourBarWidth(levels) - 6;
  const turned = { transform: `translate(${far},${middle}) rotate(-90)`, "text-anchor": "middle", fill: INK };
  group.append(svgElement(document, "text", turned, bar.label));
  return group;
}
