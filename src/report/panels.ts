import { type Chart, drawChart, lineStyles } from "./chart.ts";
import { layOut } from "./layout.ts";

/**
 * Charts of the same lines beside each other, under one legend; see {@link Chart}. Each has the series of the first, in
 * the same order.
 *
 * @returns a standalone SVG of 300 by 280 pixels a chart plus legend
 */
export function panelsFigure(charts: readonly Chart[], document: Document): SVGSVGElement {
  const [{ series }] = charts;
  const pairs = charts.map(({ xLabel, yLabel }) => `${yLabel} against ${xLabel}`);
  return layOut(
    {
      legend: lineStyles(series),
      panels: charts.map((chart) => drawChart({ ...chart, width: 300, height: 280 }, document)),
      description: `${pairs.join("; ")}. Lines: ${series.map(({ name }) => name).join(", ")}.`,
    },
    document,
  );
}
