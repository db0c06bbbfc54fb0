import * as Plot from "@observablehq/plot";
import { bandColours, type ColourScale } from "./colour.ts";
import { aboveLabel, colourBar, colourBarWidth } from "./colour-bar.ts";
import { checkField, type Field, refine } from "./field.ts";
import { type LegendEntry, layOut } from "./layout.ts";
import { bandTops, planeLevels } from "./levels.ts";
import { FONT, FONT_SIZE, HALO, INK, PAPER } from "./theme.ts";

/** A labelled point of a plane. The papers draw the optima as circles and the third point as a diamond. */
export interface PlanePoint {
  x: number;
  y: number;
  label: string;
  shape: "circle" | "diamond";
  /** Distance from the plane; default 0. */
  offPlane?: number;
}

/** Points of a subspace, drawn as small dots where they project to. */
export interface PlaneSamples {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Largest distance of one of them from the plane. */
  offPlane?: number;
}

/** A path drawn over a plane: the projections of its points; where one is NaN or null, the pen is lifted. */
export interface PlanePath {
  name: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Dashed, as the papers draw the chord; default false. */
  dashed?: boolean;
  /** Largest distance of a point of the path from the plane; the legend says it, because the fill shows the loss
   * in the plane and not at such a point. */
  offPlane?: number;
}

/** A plane through weight space with a field on it. */
export interface Plane extends Field {
  title?: string;
  /** What the values are, e.g. "training loss". */
  valueLabel: string;
  /** The values (and vmax) are rates in [0, 1] and are shown in per cent; default false. */
  percent?: boolean;
  /** Default "perceptual". */
  scale?: ColourScale;
  /** Values above are drawn alike; default none. In the unit of the values. */
  vmax?: number;
  /** Natural logarithm of the smallest level step, in shown units; default −5, and −1 in per cent (the
   * published settings of loss and error planes). */
  logAlpha?: number;
  /** Number of bands up to the largest (clipped) value; default 7. */
  bands?: number;
  points: PlanePoint[];
  paths: PlanePath[];
  samples?: PlaneSamples[];
  /** Labels of the axes; default "distance in weight space". */
  xLabel?: string;
  yLabel?: string;
  /** Coordinates that are no distances: the axes have scales of their own, and the plane the largest size; default false. */
  stretch?: boolean;
}

/** The largest size of the plane itself, in pixels; it keeps its shape and fills one of the two. */
const LARGEST = { width: 500, height: 440 };
const MARGIN = { left: 62, top: 10, bottom: 48, bar: 22 };
/** A plane below this height, in pixels, is low. */
const LOW = 170;
const WEIGHTS = "distance in weight space";
/** Samples along the longer side, for contours as smooth as the bilinear field. */
const SAMPLES = 160;
const PATH_COLOURS = [INK, "#c8102e", "#0b4fd6"];

/**
 * A plane through three points of weight space, drawn as Garipov et al. 2018 (fig. 1) do: filled contours of the
 * bilinear field at levels that are dense near the minimum (see `planeLevels`), what is above vmax alike, points
 * and paths on top. One unit of x is as long on paper as one unit of y, since both are distances in weight space, unless
 * `stretch` is set.
 * Values that are not finite are drawn as above the last level, and a remark says how many there are.
 *
 * @returns a standalone SVG; the plane itself is at most 500 by 440 pixels.
 * @throws where the grid is not ascending and evenly spaced, the number of values is wrong or none is finite.
 */
export function planeFigure(plane: Plane, document: Document): SVGSVGElement {
  checkField(plane);
  const { percent = false, scale = "perceptual", bands, points, samples = [] } = plane;
  const logAlpha = plane.logAlpha ?? (percent ? -1 : -5);
  const factor = percent ? 100 : 1;
  const values = Float64Array.from(plane.values, (value) => value * factor);
  const vmax = plane.vmax === undefined ? undefined : plane.vmax * factor;
  const levels = planeLevels(values, { vmax, logAlpha, bands });
  const colours = bandColours(levels, scale, logAlpha);
  const label = percent ? `${plane.valueLabel} (%)` : plane.valueLabel;

  const [x0, x1] = [plane.xs[0], plane.xs[plane.xs.length - 1]];
  const [y0, y1] = [plane.ys[0], plane.ys[plane.ys.length - 1]];
  const pixels = Math.min(LARGEST.width / (x1 - x0), LARGEST.height / (y1 - y0));
  const [width, height] = plane.stretch
    ? [LARGEST.width, 0.65 * LARGEST.width]
    : [(x1 - x0) * pixels, (y1 - y0) * pixels];
  const { xLabel = WEIGHTS, yLabel = WEIGHTS } = plane;
  // Beside a low plane there is no room for the label of its axis, which goes above, nor for the levels of a bar as low.
  const low = height < LOW;
  const top = low ? MARGIN.top + 18 : MARGIN.top;
  const barHeight = Math.max(height, LOW);
  const bottom = Math.max(MARGIN.bottom, MARGIN.top + barHeight - height);
  const upright = low
    ? ({ labelAnchor: "top", labelArrow: "up", labelOffset: MARGIN.left - 6 } as const)
    : { labelOffset: 56 };
  const styles = pathStyles(plane.paths);

  const drawing = Plot.plot({
    document,
    width: MARGIN.left + width + MARGIN.bar + colourBarWidth(levels),
    height: top + height + bottom,
    marginLeft: MARGIN.left,
    marginTop: top,
    marginRight: MARGIN.bar + colourBarWidth(levels),
    marginBottom: bottom,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [x0, x1] },
    y: { domain: [y0, y1] },
    marks: [
      Plot.frame({ fill: colours.at(-1)!.fill, stroke: "none", ariaDescription: "last band" }),
      contours({ xs: plane.xs, ys: plane.ys, values }, levels, colours, scale === "published" ? 1.6 : 0.7),
      Plot.frame({ stroke: INK }),
      Plot.axisX({
        label: xLabel,
        ...AXIS,
        labelOffset: 40,
        ticks: Math.max(2, width / 70),
      }),
      Plot.axisY({
        label: yLabel,
        ...AXIS,
        ...upright,
        ticks: Math.max(2, height / 60),
      }),
      plane.paths.map((path, i) => drawPath(path, styles[i])),
      samples.map(drawSamples),
      drawPoints(points, { x: (x) => (x - x0) / (x1 - x0), y: (y) => (y - y0) / (y1 - y0) }),
      () =>
        colourBar(
          { levels, colours, label, x: MARGIN.left + width + MARGIN.bar, y: top, height: barHeight },
          document,
        ),
    ],
  }) as SVGSVGElement;

  const lost = values.filter((value) => !Number.isFinite(value)).length;
  return layOut(
    {
      title: plane.title,
      legend: [...styles, ...samples.map(sampleStyle), ...markStyles(points)],
      legendBelow: true,
      note:
        lost === 0
          ? undefined
          : `${lost} of ${values.length} nodes not finite, drawn as ${aboveLabel(levels)}`,
      panels: [drawing],
      description: `${plane.title ?? label}: ${label} on a plane${plane.stretch ? "" : " through weight space"}${points.length > 0 ? `, with ${points.map((p) => p.label).join(", ")}` : ""}.`,
    },
    document,
  );
}

const AXIS = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;

/**
 * The region of each band and all below it, painted from the highest to the lowest. The field is negated because
 * contour regions include their threshold: so a value equal to a level is in the band below, as in `bandOf`.
 */
function contours(
  field: Field,
  levels: Float64Array,
  colours: ReturnType<typeof bandColours>,
  strokeWidth: number,
) {
  const { xs, ys, values } = field;
  const [m, M] = [levels[0], levels[levels.length - 1]];
  const finite = Float64Array.from(values, (z) => (Number.isFinite(z) ? z : M + (M - m || 1)));
  const factor = Math.max(2, Math.ceil(SAMPLES / (Math.max(xs.length, ys.length) - 1)));
  const { samples, width, height } = refine({ xs, ys, values: finite }, factor);
  const negated = samples.map((z) => -z);
  // Samples stand in the middle of their pixels, and the border of one sample is outside of the nodes.
  const rim = (nodes: ArrayLike<number>) => (1.5 * (nodes[1] - nodes[0])) / factor;
  const bounds = {
    x1: xs[0] - rim(xs),
    x2: xs[xs.length - 1] + rim(xs),
    y1: ys[0] - rim(ys),
    y2: ys[ys.length - 1] + rim(ys),
  };
  return Array.from(bandTops(levels), (top, band) =>
    Plot.contour(negated, {
      ...bounds,
      width,
      height,
      interpolate: "none",
      thresholds: [-top],
      fill: colours[band].fill,
      stroke: colours[band].line,
      strokeWidth,
      clip: "frame",
      ariaDescription: `band ${band + 1}`,
    }),
  ).reverse();
}

function pathStyles(paths: readonly PlanePath[]): LegendEntry[] {
  let solid = 0;
  return paths.map(({ name, dashed, offPlane }) => ({
    name,
    colour: dashed ? INK : PATH_COLOURS[solid++ % PATH_COLOURS.length],
    dash: dashed ? "3,4" : undefined,
    width: 2.2,
    note: offPlane === undefined ? undefined : offPlaneNote(offPlane),
  }));
}

function offPlaneNote(distance: number): string {
  const rounded = Number(distance.toPrecision(2));
  return rounded === 0 ? "in the plane" : `up to ${rounded} out of the plane`;
}

const SAMPLE_RADIUS = 2.4;

const sampleStyle = ({ name, offPlane }: PlaneSamples): LegendEntry => ({
  name,
  colour: INK,
  dot: SAMPLE_RADIUS,
  note: offPlane === undefined ? undefined : offPlaneNote(offPlane),
});

/** The legend says how far marked points are from the plane, where one is. */
function markStyles(points: readonly PlanePoint[]): LegendEntry[] {
  const offPlane = Math.max(0, ...points.map((point) => point.offPlane ?? 0));
  return offPlane > 0 ? [{ name: "marked points", colour: INK, dot: 5, note: offPlaneNote(offPlane) }] : [];
}

function drawSamples({ name, x, y }: PlaneSamples) {
  const points = Array.from(x, (value, i) => [value, y[i]] as const);
  return Plot.dot(points, {
    r: SAMPLE_RADIUS,
    fill: INK,
    stroke: PAPER,
    strokeWidth: 0.8,
    clip: "frame",
    ariaDescription: name,
  });
}

function drawPath(path: PlanePath, style: LegendEntry) {
  if (path.x.length !== path.y.length) {
    const counts = `${path.x.length} x values and ${path.y.length} y values`;
    throw new Error(`The path "${path.name}" has ${counts}; give one y for each x.`);
  }
  const points = Array.from(path.x, (x, i) => [x, path.y[i]] as const);
  const line = { clip: "frame", strokeLinejoin: "round" } as const;
  return [
    Plot.line(points, { ...line, stroke: PAPER, strokeWidth: 4.5, strokeOpacity: 0.75 }),
    Plot.line(points, {
      ...line,
      stroke: style.colour,
      strokeWidth: style.width,
      strokeDasharray: style.dash,
      ariaDescription: path.name,
    }),
  ];
}

/** Points with labels above them, or below or beside where the frame is near. `fraction` is the place in the frame. */
function drawPoints(points: PlanePoint[], fraction: { x: (x: number) => number; y: (y: number) => number }) {
  return points.map((point) => {
    const across = fraction.x(point.x);
    return [
      Plot.dot([point], {
        x: "x",
        y: "y",
        symbol: point.shape,
        r: point.shape === "diamond" ? 7 : 5.5,
        fill: INK,
        stroke: PAPER,
        strokeWidth: 1.5,
        ariaDescription: point.label,
      }),
      Plot.text([point], {
        x: "x",
        y: "y",
        text: "label",
        textAnchor: across < 0.12 ? "start" : across > 0.88 ? "end" : "middle",
        dy: fraction.y(point.y) > 0.9 ? 17 : -16,
        fill: INK,
        fontWeight: 600,
        ...HALO,
      }),
    ];
  });
}
