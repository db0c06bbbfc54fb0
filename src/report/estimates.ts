import * as Plot from "@observablehq/plot";
import { type LegendEntry, layOut } from "./layout.ts";
import { FAINT, FONT, FONT_SIZE, INK, lineColour } from "./theme.ts";

/** Estimates of one quantity by several methods. */
export interface Estimates {
  estimates: {
    name: string;
    estimate: number;
    /** 95 % */
    interval?: [low: number, high: number];
    /** Standard deviation of the estimates at single points; half the length of a faint line. */
    spread?: number;
  }[];
  /** Drawn as a line. */
  truth?: { value: number; label: string };
}

const ESTIMATE = lineColour(0);
const SPREAD = "#a9c8dd";

/**
 * A dot for each method, with its interval or spread.
 *
 * @returns a standalone SVG, 26 pixels high for each method
 */
export function estimatesFigure({ estimates, truth }: Estimates, document: Document): SVGSVGElement {
  const rows = estimates.map(({ name, estimate, interval, spread = 0 }) => ({
    name,
    estimate,
    interval,
    // A line shorter than the dot would be hidden by it.
    spread: spread > 0 ? [Math.max(0, estimate - spread), estimate + spread] : undefined,
  }));
  const ends = rows.flatMap((row) => [row.estimate, ...(row.interval ?? []), ...(row.spread ?? [])]);
  const whiskers = (key: "interval" | "spread", stroke: string, strokeWidth: number) =>
    Plot.ruleY(
      rows.filter((row) => row[key] !== undefined),
      {
        y: "name",
        x1: (row: (typeof rows)[number]) => row[key]![0],
        x2: (row: (typeof rows)[number]) => row[key]![1],
        stroke,
        strokeWidth,
      },
    );
  const drawing = Plot.plot({
    document,
    width: 600,
    height: 66 + 26 * rows.length,
    marginLeft: 176,
    marginRight: 20,
    marginTop: 6,
    marginBottom: 44,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [0, 1.08 * Math.max(...ends, truth?.value ?? 0)], label: null },
    y: { domain: rows.map(({ name }) => name), label: null },
    marks: [
      Plot.gridX({ stroke: "#000", strokeOpacity: 0.09 }),
      ...(truth ? [Plot.ruleX([truth.value], { stroke: FAINT, strokeDasharray: "5,4" })] : []),
      whiskers("spread", SPREAD, 5),
      whiskers("interval", ESTIMATE, 2),
      Plot.dot(rows, { y: "name", x: "estimate", r: 4.5, fill: ESTIMATE }),
      Plot.axisX({
        label: "dimension",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 38,
        tickSize: 4,
        stroke: INK,
      }),
      Plot.axisY({ tickSize: 0, label: null }),
    ],
  }) as SVGSVGElement;
  const legend: LegendEntry[] = [{ name: "estimate", colour: ESTIMATE, dot: 4.5 }];
  if (rows.some(({ interval }) => interval)) {
    legend.push({ name: "95 % interval", colour: ESTIMATE, width: 2 });
  }
  if (rows.some(({ spread }) => spread)) {
    legend.push({ name: "± standard deviation over points", colour: SPREAD, width: 5 });
  }
  if (truth) legend.push({ name: truth.label, colour: FAINT, dash: "5,4" });
  const said = rows.map(({ name, estimate }) => `${name} ${estimate.toFixed(2)}`).join(", ");
  return layOut({ legend, panels: [drawing], description: `Estimates of dimension: ${said}.` }, document);
}
