import * as Plot from "@observablehq/plot";
import { bandColours } from "./colour.ts";
import { colourBar, colourBarWidth } from "./colour-bar.ts";
import { type LegendEntry, layOut } from "./layout.ts";
import { bandTops, planeLevels } from "./levels.ts";
import { svgElement } from "./svg.ts";
import { FONT, FONT_SIZE, HALO, INK, PAPER } from "./theme.ts";

/** A part of a picture with a field on it, of any outline. */
export interface Patch {
  /** A closed line in the unit of the picture. */
  outline: readonly (readonly [x: number, y: number])[];
  /** The values at the nodes, from which the levels are made. */
  values: ArrayLike<number>;
  /** The value at a place; just outside of the outline, that of the nearest place inside. */
  at(x: number, y: number): number;
}

/** A labelled point of a picture; `anchor` says on which side of its label it is. */
export interface SurfacePoint {
  x: number;
  y: number;
  label: string;
  anchor?: "start" | "middle" | "end";
  below?: boolean;
}

/** A line over a picture. */
export interface SurfaceLine {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  dashed?: boolean;
}

/** One picture: patches, from the one furthest back to the nearest, with lines and points over them. */
export interface SurfacePanel {
  title: string;
  patches: readonly Patch[];
  lines: readonly SurfaceLine[];
  points: readonly SurfacePoint[];
  /** The unit of the picture is a length in weight space, and has axes with these labels. */
  axes?: { x: string; y: string };
}

/** Panels on one scale of colours. */
export interface SurfaceFigure {
  valueLabel: string;
  /** Values above are drawn alike; default none. */
  vmax?: number;
  panels: readonly SurfacePanel[];
  /** What the drawing shows, for readers who cannot see it. */
  description: string;
}

/** The largest size of a picture, in pixels; the bar beside the last. */
const LARGEST = 330;
const MARGIN = { top: 30, bottom: 30, side: 34, bar: 14 };
const AXES = { left: 58, bottom: 48 };
/** For the label of a point at the top. */
const TOP_LABEL = 24;
/** Samples along the longer side of a patch. */
const SAMPLES = 150;
/** Lime on dark, as published, is kept apart from the bands by a dark border. */
const LINE = "#7ee000";

/**
 * Fields on surfaces that are no rectangles, such as octants of a sphere and sectors of a plane, as filled contours; bands
 * and colours are those of `planeFigure`, the same in all panels.
 *
 * @returns a standalone SVG
 */
export function surfaceFigure(figure: SurfaceFigure, document: Document): SVGSVGElement {
  const { panels, vmax, valueLabel } = figure;
  const all = panels.flatMap(({ patches }) => patches.flatMap(({ values }) => Array.from(values)));
  const levels = planeLevels(all, { vmax });
  const colours = bandColours(levels, "perceptual");
  const drawings = panels.map((panel, k) => {
    const last = k === panels.length - 1;
    const bar = last
      ? (x: number, y: number, height: number) =>
          colourBar({ levels, colours, label: valueLabel, x, y, height }, document)
      : undefined;
    return drawPanel(panel, k, levels, colours, bar, document);
  });
  const legend: LegendEntry[] = [];
  for (const { lines } of panels) {
    for (const line of lines) {
      if (!legend.some(({ name }) => name === line.name)) legend.push(styleOf(line));
    }
  }
  return layOut({ legend, legendBelow: true, panels: drawings, description: figure.description }, document);
}

const styleOf = ({ name, dashed }: SurfaceLine): LegendEntry => ({
  name,
  colour: dashed ? INK : LINE,
  dash: dashed ? "4,4" : undefined,
  width: 2.4,
});

function drawPanel(
  { title, patches, lines, points, axes }: SurfacePanel,
  number: number,
  levels: Float64Array,
  colours: ReturnType<typeof bandColours>,
  bar: ((x: number, y: number, height: number) => SVGElement) | undefined,
  document: Document,
): SVGSVGElement {
  const corners = patches.flatMap(({ outline }) => outline);
  const [x0, x1] = extentOf(corners.map(([x]) => x));
  const [y0, y1] = extentOf(corners.map(([, y]) => y));
  const pixels = LARGEST / Math.max(x1 - x0, y1 - y0);
  const [width, height] = [(x1 - x0) * pixels, (y1 - y0) * pixels];
  const top = MARGIN.top + (axes ? 0 : TOP_LABEL);
  const left = axes ? AXES.left : MARGIN.side;
  const bottom = axes ? AXES.bottom : MARGIN.bottom;
  const right = MARGIN.side + (bar ? MARGIN.bar + colourBarWidth(levels) : 0);
  const clip = (i: number) => `patch-${number}-${i}`;
  const axis = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;
  return Plot.plot({
    document,
    width: left + width + right,
    height: top + height + bottom,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [x0, x1], axis: null },
    y: { domain: [y0, y1], axis: null },
    marks: [
      () => {
        const label = { x: left + width / 2, y: 16, "text-anchor": "middle", "font-weight": 600, fill: INK };
        return svgElement(document, "text", label, title);
      },
      patches.map((patch, i) => [
        clipTo(patch, clip(i), document),
        bands(patch, levels, colours, clip(i)),
        Plot.line(patch.outline as [number, number][], { stroke: INK, strokeWidth: 1 }),
      ]),
      axes && [
        Plot.axisX({ ...axis, label: axes.x, labelOffset: 40, ticks: width / 60 }),
        Plot.axisY({ ...axis, label: axes.y, labelOffset: 50, ticks: height / 50 }),
      ],
      lines.map((line) => {
        const { colour, dash, width: strokeWidth } = styleOf(line);
        const at = line.points as [number, number][];
        return [
          Plot.line(at, { stroke: dash ? PAPER : INK, strokeWidth: strokeWidth! + 2, strokeOpacity: 0.8 }),
          Plot.line(at, { stroke: colour, strokeWidth, strokeDasharray: dash, ariaDescription: line.name }),
        ];
      }),
      points.map((point) => [
        Plot.dot([point], { x: "x", y: "y", r: 5, fill: INK, stroke: PAPER, strokeWidth: 1.5 }),
        Plot.text([point], {
          x: "x",
          y: "y",
          text: "label",
          textAnchor: point.anchor ?? "middle",
          dx: { start: 9, middle: 0, end: -9 }[point.anchor ?? "middle"],
          dy: (point.anchor ?? "middle") !== "middle" ? 0 : point.below ? 16 : -15,
          fill: INK,
          fontWeight: 600,
          ...HALO,
        }),
      ]),
      bar ? () => bar(left + width + MARGIN.side + MARGIN.bar - 14, top, height) : null,
    ],
  }) as SVGSVGElement;
}

const extentOf = (values: readonly number[]): [number, number] => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
];

type Marker = NonNullable<Plot.PlotOptions["marks"]>[number];

/** The outline of a patch as a clip path, and the colour of the last band inside. */
function clipTo({ outline }: Patch, id: string, document: Document): Marker {
  return (_index, scales) => {
    const { x, y } = scales as unknown as Record<"x" | "y", (value: number) => number>;
    const d = `${outline.map(([px, py], i) => `${i === 0 ? "M" : "L"}${x(px).toFixed(2)},${y(py).toFixed(2)}`).join("")}Z`;
    const path = svgElement(document, "clipPath", { id });
    path.append(svgElement(document, "path", { d }));
    return path;
  };
}

/** Contours of each band and all below it, from the highest to the lowest, as in `planeFigure`. */
function bands(
  { outline, at }: Patch,
  levels: Float64Array,
  colours: ReturnType<typeof bandColours>,
  id: string,
): Marker[] {
  const [x1, x2] = extentOf(outline.map(([x]) => x));
  const [y1, y2] = extentOf(outline.map(([, y]) => y));
  // A border of one sample around the patch, so that contours end outside of it.
  const step = Math.max(x2 - x1, y2 - y1) / SAMPLES;
  const bounds = { x1: x1 - step, x2: x2 + step, y1: y1 - step, y2: y2 + step };
  const width = Math.ceil((bounds.x2 - bounds.x1) / step);
  const height = Math.ceil((bounds.y2 - bounds.y1) / step);
  const above = levels[levels.length - 1] + 1;
  const negated = Float64Array.from({ length: width * height }, (_, i) => {
    const value = at(
      bounds.x1 + (((i % width) + 0.5) * (bounds.x2 - bounds.x1)) / width,
      bounds.y1 + ((Math.floor(i / width) + 0.5) * (bounds.y2 - bounds.y1)) / height,
    );
    return -(Number.isFinite(value) ? Math.min(value, above) : above);
  });
  const clipped: Plot.RenderFunction = (index, scales, values, dimensions, context, next) => {
    const drawn = next!(index, scales, values, dimensions, context);
    drawn?.setAttribute("clip-path", `url(#${id})`);
    return drawn;
  };
  const tops = bandTops(levels);
  const backdrop = Plot.rect([{ ...bounds }], {
    x1: "x1",
    x2: "x2",
    y1: "y1",
    y2: "y2",
    fill: colours.at(-1)!.fill,
    render: clipped,
  });
  const contours = Array.from(tops, (top, band) =>
    Plot.contour(negated, {
      ...bounds,
      width,
      height,
      interpolate: "none",
      thresholds: [-top],
      fill: colours[band].fill,
      stroke: colours[band].line,
      strokeWidth: 0.6,
      render: clipped,
      ariaDescription: `band ${band + 1}`,
    }),
  ).reverse();
  return [backdrop, ...contours];
}

/** The value of a field between the nodes of a grid of even steps, x fastest; beyond it, that of the nearest place. */
export function bilinear(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  values: ArrayLike<number>,
): (x: number, y: number) => number {
  const place = (nodes: ArrayLike<number>, value: number): [cell: number, share: number] => {
    const steps = nodes.length - 1;
    const at = ((value - nodes[0]) / (nodes[steps] - nodes[0])) * steps;
    const inside = Math.min(Math.max(at, 0), steps);
    const cell = Math.min(Math.floor(inside), steps - 1);
    return [cell, inside - cell];
  };
  const nx = xs.length;
  return (x, y) => {
    const [i, fx] = place(xs, x);
    const [j, fy] = place(ys, y);
    const corner = j * nx + i;
    const below = values[corner] + fx * (values[corner + 1] - values[corner]);
    const above = values[corner + nx] + fx * (values[corner + nx + 1] - values[corner + nx]);
    return below + fy * (above - below);
  };
}
