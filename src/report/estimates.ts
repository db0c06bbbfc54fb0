import * as Plot from "@observablehq/plot";
import { layOut } from "./layout.ts";
import { FAINT, FONT, FONT_SIZE, INK, lineColour } from "./theme.ts";

/** Estimates of one quantity by several methods. */
export interface Estimates {
  estimates: { name: string; estimate: number; interval?: [low: number, high: number] }[];
  /** Drawn as a line. */
  truth?: number;
}

/**
 * A dot a method, with its interval.
 *
 * @returns a standalone SVG, 26 pixels high a method
 */
export function estimatesFigure({ estimates, truth }: Estimates, document: Document): SVGSVGElement {
  const ends = estimates.flatMap(({ estimate, interval }) => [estimate, ...(interval ?? [])]);
  const drawing = Plot.plot({
    document,
    width: 560,
    height: 60 + 26 * estimates.length,
    marginLeft: 176,
    marginRight: 20,
    marginBottom: 44,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [0, 1.08 * Math.max(...ends, truth ?? 0)], label: null },
    y: { domain: estimates.map(({ name }) => name), label: null },
    marks: [
      Plot.gridX({ stroke: "#000", strokeOpacity: 0.09 }),
      ...(truth === undefined ? [] : [Plot.ruleX([truth], { stroke: FAINT, strokeDasharray: "5,4" })]),
      Plot.ruleY(
        estimates.filter(({ interval }) => interval !== undefined),
        {
          y: "name",
          x1: (d: Estimates["estimates"][number]) => d.interval![0],
          x2: (d: Estimates["estimates"][number]) => d.interval![1],
          stroke: lineColour(0),
          strokeWidth: 2,
        },
      ),
      Plot.dot(estimates, { y: "name", x: "estimate", r: 4.5, fill: lineColour(0) }),
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
  const said = estimates.map(({ name, estimate }) => `${name} ${estimate.toFixed(2)}`).join(", ");
  return layOut({ legend: [], panels: [drawing], description: `Estimates of dimension: ${said}.` }, document);
}
