import * as Plot from "@observablehq/plot";
import { bandColours, tint } from "./colour.ts";
import { colourBar, colourBarWidth } from "./colour-bar.ts";
import { type LegendEntry, layOut } from "./layout.ts";
import { bandOf, planeLevels } from "./levels.ts";
import { type Loop, outline } from "./outline.ts";
import { FONT, FONT_SIZE, INK, PAPER } from "./theme.ts";

/** A picture of two values, row-major, top row first: 1 inside, 0 outside. */
export interface CellPicture {
  rows: number;
  columns: number;
  values: ArrayLike<number>;
}

/** A value for each cell of a picture and of those around it. */
export interface CellMap {
  title?: string;
  picture: CellPicture;
  /** Cells around the picture on every side. */
  padding: number;
  /** (rows + 2 padding) x (columns + 2 padding), row-major, top row first. */
  values: ArrayLike<number>;
  /** What the values are, e.g. "test loss". */
  valueLabel: string;
  /**
   * `rate`: values in [0, 1], shown in per cent at round, even levels, and high ones are light. `loss`: levels are
   * dense near the smallest value, and low ones are light. What is good is light in both.
   */
  kind: "rate" | "loss";
  /** Values above are drawn alike; of a loss, default none. */
  vmax?: number;
}

/** How losses of a pattern are drawn: the first step of the levels (its logarithm) and their number. */
export const PATTERN_LEVELS = { logAlpha: Math.log(0.1), bands: 8 };

/** The largest size of the cells together, in pixels; they are square. */
const LARGEST = 400;
const MARGIN = { left: 50, top: 10, bottom: 46, right: 12, bar: 22 };

/**
 * A map of the cells of a plane with the outline of the picture that they should show, upright.
 *
 * @returns a standalone SVG; the cells together are at most 400 by 400 pixels
 * @throws where there is not one value a cell
 */
export function cellMapFigure(map: CellMap, document: Document): SVGSVGElement {
  const { picture, padding, kind, valueLabel, title, vmax } = map;
  const [rows, columns] = [picture.rows + 2 * padding, picture.columns + 2 * padding];
  if (map.values.length !== rows * columns) {
    throw new Error(
      `A map of ${rows} by ${columns} cells has ${map.values.length} values; give one a cell, row by row.`,
    );
  }
  const rate = kind === "rate";
  const values = Float64Array.from(map.values, (value) => (rate ? 100 * value : value));
  const levels = rate ? roundLevels(values) : planeLevels(values, { ...PATTERN_LEVELS, vmax });
  const colours = bandColours(levels, "perceptual", PATTERN_LEVELS.logAlpha);
  if (rate) colours.reverse();
  const label = rate ? `${valueLabel} (%)` : valueLabel;
  const fills = Array.from(values, (value) => colours[bandOf(levels, value)].fill);
  const drawing = drawCells({ rows, columns, fills, loops: outline(picture) }, document, {
    width: MARGIN.bar + colourBarWidth(levels),
    draw: (x, y, height) =>
      colourBar(
        { levels, colours, label, x: x + MARGIN.bar, y, height, decimals: rate ? 0 : undefined },
        document,
      ),
  });
  const description = `${title ?? label}: ${label} of ${rows} by ${columns} cells of a plane in weight space, with the outline of a picture.`;
  return layOut({ title, legend: [OUTLINE], legendBelow: true, panels: [drawing], description }, document);
}

const OUTLINE: LegendEntry = { name: "outline of the picture", colour: INK, width: 2.2 };

const [GOOD, , , BAD] = bandColours(Float64Array.of(0, 1, 2, 3), "perceptual").map(({ fill }) => fill);

/**
 * Which cells of a picture are trained to have a low loss and which a high one: the band along its boundary.
 *
 * @param cells 1 for a good cell, -1 for a bad one, 0 for one that is not trained; as many as the picture has
 */
export function cellMaskFigure(
  { picture, cells, title }: { picture: CellPicture; cells: ArrayLike<number>; title?: string },
  document: Document,
): SVGSVGElement {
  const { rows, columns, values } = picture;
  const kinds = [
    { name: "trained: low loss", colour: GOOD, is: (i: number) => cells[i] === 1 },
    { name: "trained: high loss", colour: BAD, is: (i: number) => cells[i] === -1 },
    { name: "inside, not trained", colour: tint(GOOD, 0.4), is: (i: number) => values[i] === 1 },
    { name: "outside, not trained", colour: "#eceef0", is: () => true },
  ];
  const which = Array.from({ length: rows * columns }, (_, i) => kinds.findIndex(({ is }) => is(i)));
  const fills = which.map((k) => kinds[k].colour);
  const legend = kinds
    .filter((_, k) => which.includes(k))
    .map(({ name, colour }) => ({ name, colour, width: 12 }));
  const drawing = drawCells({ rows, columns, fills, loops: outline(picture) }, document);
  const description = `${title ?? "The picture"}: ${rows} by ${columns} cells, by what they are trained for.`;
  return layOut({ title, legend, legendBelow: true, panels: [drawing], description }, document);
}

/** Square cells with axes that count them from the middle, the outline over them and what stands to the right. */
function drawCells(
  cells: { rows: number; columns: number; fills: readonly string[]; loops: readonly Loop[] },
  document: Document,
  right?: { width: number; draw: (x: number, y: number, height: number) => SVGElement },
): SVGSVGElement {
  const { rows, columns, fills, loops } = cells;
  const pixels = LARGEST / Math.max(rows, columns);
  const [width, height] = [columns * pixels, rows * pixels];
  const marginRight = MARGIN.right + (right?.width ?? 0);
  const boxes = fills.map((fill, i) => {
    const [x1, y2] = [(i % columns) - columns / 2, rows / 2 - Math.floor(i / columns)];
    return { x1, x2: x1 + 1, y1: y2 - 1, y2, fill };
  });
  const axis = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;
  return Plot.plot({
    document,
    width: MARGIN.left + width + marginRight,
    height: MARGIN.top + height + MARGIN.bottom,
    marginLeft: MARGIN.left,
    marginTop: MARGIN.top,
    marginRight,
    marginBottom: MARGIN.bottom,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [-columns / 2, columns / 2] },
    y: { domain: [-rows / 2, rows / 2] },
    color: { type: "identity" },
    marks: [
      Plot.rect(boxes, {
        x1: "x1",
        x2: "x2",
        y1: "y1",
        y2: "y2",
        fill: "fill",
        stroke: PAPER,
        strokeWidth: 0.6,
      }),
      loops.map((loop) => [
        Plot.line(loop, { stroke: PAPER, strokeWidth: 4.5, strokeOpacity: 0.75 }),
        Plot.line(loop, { stroke: INK, strokeWidth: OUTLINE.width, strokeLinecap: "square" }),
      ]),
      Plot.axisX({ label: "cells to the right of the middle", ...axis, labelOffset: 38, ticks: width / 45 }),
      Plot.axisY({ label: "cells above the middle", ...axis, labelOffset: 44, ticks: height / 45 }),
      right ? () => right.draw(MARGIN.left + width, MARGIN.top, height) : null,
    ],
  }) as SVGSVGElement;
}

/** Steps between the levels of a rate, in per cent, and at most so many of them. */
const STEPS = [1, 2, 5, 10];
const MOST_LEVELS = 10;

/** Multiples of a round step from below the smallest value, up to the last that is below the largest. */
function roundLevels(values: Float64Array): Float64Array {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const step = STEPS.find((s) => (high - low) / s < MOST_LEVELS - 1) ?? STEPS[STEPS.length - 1];
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step) - first);
  return Float64Array.from({ length: count }, (_, i) => (first + i) * step);
}
