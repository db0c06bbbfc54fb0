import * as Plot from "@observablehq/plot";
import { layOut } from "./layout.ts";
import { FONT, FONT_SIZE, INK, LINE_COLOUR_COUNT, lineColour, textWidth } from "./theme.ts";
import { outerLabels } from "./ticks.ts";

/** Sets of points in two coordinates that are no distances. */
export interface Scatter {
  xLabel: string;
  yLabel: string;
  series: { name: string; x: ArrayLike<number>; y: ArrayLike<number> }[];
  /** Dashed lines that the points are compared with, and where their names stand in the legend. */
  curves?: { name: string; x: ArrayLike<number>; y: ArrayLike<number> }[];
  /** A dashed line across at this y. */
  line?: { name: string; y: number };
}

/** Series of no more points have larger ones. */
const FEW = 40;
const CURVE_DASHES = ["5,4", "1.5,3"];
/** Series whose colour was used before are rings. */
const isRing = (i: number) => i >= LINE_COLOUR_COUNT;
/** Of the vertical axis, about. */
const TICKS = 10;

/**
 * Points in two coordinates with scales of their own, such as draws of a posterior.
 *
 * @returns a standalone SVG of 640 by 380 pixels plus legend
 */
export function scatterFigure(
  { xLabel, yLabel, series, line, curves = [] }: Scatter,
  document: Document,
): SVGSVGElement {
  const axis = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;
  const rows = series.map(({ x, y }) => Array.from(x, (at, i) => [at, y[i]] as const));
  const ys = rows.flatMap((points) => points.map(([, y]) => y)).filter(Number.isFinite);
  const [low, high] = ys.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, -Infinity]);
  const labels = low < high ? outerLabels(low, high, TICKS) : [];
  const marginLeft = Math.max(62, 34 + Math.max(0, ...labels.map(textWidth)));
  const drawing = Plot.plot({
    document,
    width: 640,
    height: 380,
    marginLeft,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 46,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { nice: true },
    y: { nice: true },
    marks: [
      Plot.gridX({ stroke: "#000", strokeOpacity: 0.07 }),
      Plot.gridY({ stroke: "#000", strokeOpacity: 0.07 }),
      Plot.frame({ stroke: INK }),
      line && Plot.ruleY([line.y], { stroke: INK, strokeDasharray: "5,4", strokeWidth: 1.2 }),
      curves.map(({ name, x, y }, i) =>
        Plot.line(
          Array.from(x, (at, k) => [at, y[k]] as const),
          {
            stroke: INK,
            strokeDasharray: CURVE_DASHES[i % CURVE_DASHES.length],
            strokeWidth: 1.2,
            ariaDescription: name,
          },
        ),
      ),
      rows
        .map((points, i) => {
          // A few points must not be lost among many.
          const few = points.length <= FEW;
          const opacity = few ? 0.85 : 0.55;
          return Plot.dot(points, {
            r: few ? 4 : 1.9,
            ...(isRing(i)
              ? { stroke: lineColour(i), strokeWidth: 1.5, strokeOpacity: opacity }
              : { fill: lineColour(i), fillOpacity: opacity }),
            ariaDescription: series[i].name,
          });
        })
        // The first series lies on top.
        .reverse(),
      Plot.axisX({ ...axis, label: xLabel, labelOffset: 40 }),
      Plot.axisY({ ...axis, label: yLabel, labelOffset: marginLeft - 6 }),
    ],
  }) as SVGSVGElement;
  const legend = [
    ...series.map(({ name }, i) => ({ name, colour: lineColour(i), dot: 3, ring: isRing(i) })),
    ...curves.map(({ name }, i) => ({
      name,
      colour: INK,
      dash: CURVE_DASHES[i % CURVE_DASHES.length],
      width: 1.2,
    })),
    ...(line ? [{ name: line.name, colour: INK, dash: "5,4", width: 1.2 }] : []),
  ];
  const description = `${yLabel} against ${xLabel} of ${series.map(({ name }) => name).join(", ")}.`;
  return layOut({ legend, panels: [drawing], description }, document);
}
