import * as Plot from "@observablehq/plot";
import { tint } from "./colour.ts";
import { type LegendEntry, layOut } from "./layout.ts";
import { FONT, FONT_SIZE, INK, lineColour, PAPER } from "./theme.ts";

/** A function of one variable with bands around it, and the data that it was learnt from. */
export interface Bands {
  title?: string;
  xLabel: string;
  yLabel: string;
  x: ArrayLike<number>;
  /** The line in the middle. */
  middle: { name: string; y: ArrayLike<number> };
  /** From the widest to the narrowest. */
  bands: { name: string; low: ArrayLike<number>; high: ArrayLike<number> }[];
  points: { name: string; x: ArrayLike<number>; y: ArrayLike<number> }[];
}

const SIZE = { width: 640, height: 380 };
const POINT_COLOURS = [INK, lineColour(1)];

/**
 * A predictive distribution over one input: bands, their middle and the data. The vertical axis shows all of the points
 * and of the middle, and the widest band as far as half of that height beyond.
 *
 * @returns a standalone SVG of 640 by 380 pixels plus title and legend
 */
export function bandFigure(figure: Bands, document: Document): SVGSVGElement {
  const { x, middle, bands, points } = figure;
  const colour = lineColour(0);
  const fills = bands.map((_, b) => tint(colour, 0.2 + (0.3 * b) / Math.max(1, bands.length - 1)));
  const shown = [...Array.from(middle.y), ...points.flatMap(({ y }) => Array.from(y))].filter(
    Number.isFinite,
  );
  const [low, high] = shown.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, -Infinity]);
  const air = (high - low) / 2 || 1;
  const edges = bands.flatMap((band) => [...Array.from(band.low), ...Array.from(band.high)]);
  const reach = edges.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [low, high]);
  const domain = [Math.max(reach[0], low - air), Math.min(reach[1], high + air)];
  const axis = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;
  const drawing = Plot.plot({
    document,
    ...SIZE,
    marginLeft: 62,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 46,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [x[0], x[x.length - 1]] },
    y: { domain, nice: true },
    marks: [
      bands.map((band, b) =>
        Plot.areaY(
          Array.from(x, (at, i) => ({ at, low: band.low[i], high: band.high[i] })),
          { x: "at", y1: "low", y2: "high", fill: fills[b], clip: "frame", ariaDescription: band.name },
        ),
      ),
      Plot.gridY({ stroke: "#000", strokeOpacity: 0.09 }),
      Plot.line(
        Array.from(x, (at, i) => [at, middle.y[i]]),
        { stroke: colour, strokeWidth: 2.2, clip: "frame", ariaDescription: middle.name },
      ),
      points.map((set, p) =>
        Plot.dot(
          Array.from(set.x, (at, i) => [at, set.y[i]]),
          {
            r: 2.8,
            fill: POINT_COLOURS[p % POINT_COLOURS.length],
            stroke: PAPER,
            strokeWidth: 0.7,
            clip: "frame",
            ariaDescription: set.name,
          },
        ),
      ),
      Plot.frame({ anchor: "bottom", stroke: INK }),
      Plot.frame({ anchor: "left", stroke: INK }),
      Plot.axisX({ ...axis, label: figure.xLabel, labelOffset: 40 }),
      Plot.axisY({ ...axis, label: figure.yLabel, labelOffset: 54 }),
    ],
  }) as SVGSVGElement;
  const legend: LegendEntry[] = [
    { name: middle.name, colour, width: 2.2 },
    ...bands.map(({ name }, b) => ({ name, colour: fills[b], width: 12 })),
    ...points.map(({ name }, p) => ({ name, colour: POINT_COLOURS[p % POINT_COLOURS.length], dot: 2.8 })),
  ];
  const description = `${figure.title ?? figure.yLabel}: ${figure.yLabel} over ${figure.xLabel}, with ${bands.map(({ name }) => name).join(" and ")}.`;
  return layOut({ title: figure.title, legend, panels: [drawing], description }, document);
}
