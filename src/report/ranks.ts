import * as Plot from "@observablehq/plot";
import { layOut } from "./layout.ts";
import { FAINT, FONT, FONT_SIZE, INK, lineColour } from "./theme.ts";

/** Panels beside each other. */
const ROW = 4;
const PANEL = { width: 160, height: 120 };

/**
 * Rank plots (Vehtari et al. 2021): for each chain a histogram of the ranks of its draws among those of all chains. Flat
 * ones, along the dashed line, are of chains that explore the same distribution.
 *
 * @param counts [C, bins] row-major, each row of the same sum, as `rankCounts` gives them
 * @returns a standalone SVG, four chains in a row
 */
export function rankFigure(
  { counts, chains, variable }: { counts: ArrayLike<number>; chains: number; variable: string },
  document: Document,
): SVGSVGElement {
  const bins = counts.length / chains;
  const bars = Array.from(counts, (count, at) => {
    const [chain, bin] = [Math.floor(at / bins), at % bins];
    return { count, low: bin / bins, high: (bin + 1) / bins, ...panelOf(chain) };
  });
  const even = bars.slice(0, bins).reduce((sum, { count }) => sum + count / bins, 0);
  const panels = Array.from({ length: chains }, (_, chain) => ({
    ...panelOf(chain),
    label: `chain ${chain + 1}`,
  }));
  const [columns, rows] = [Math.min(ROW, chains), Math.ceil(chains / ROW)];
  const axis = { labelAnchor: "center", labelArrow: "none", tickSize: 3, stroke: INK } as const;
  const drawing = Plot.plot({
    document,
    width: 60 + columns * PANEL.width,
    height: 60 + rows * PANEL.height,
    marginLeft: 52,
    marginRight: 8,
    marginTop: 10,
    marginBottom: 46,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [0, 1] },
    y: { domain: [0, 1.15 * Math.max(even, ...bars.map(({ count }) => count))] },
    fx: { axis: null, padding: 0.08 },
    fy: { axis: null, padding: 0.2 },
    marks: [
      Plot.rectY(bars, {
        fx: "column",
        fy: "row",
        x1: "low",
        x2: "high",
        y: "count",
        fill: lineColour(0),
        fillOpacity: 0.6,
        inset: 0.4,
        ariaDescription: "draws by rank",
      }),
      Plot.ruleY(panels, { fx: "column", fy: "row", y: even, stroke: INK, strokeDasharray: "4 3" }),
      Plot.ruleY(panels, { fx: "column", fy: "row", y: 0, stroke: INK }),
      Plot.text(panels, {
        fx: "column",
        fy: "row",
        text: "label",
        frameAnchor: "top-left",
        dy: -4,
        fill: FAINT,
      }),
      Plot.axisX({
        ...axis,
        label: `rank of ${variable} among all draws`,
        labelOffset: 38,
        ticks: [0, 0.5, 1],
        tickFormat: String,
      }),
      Plot.axisY({ ...axis, label: "draws", labelOffset: 46, ticks: 3 }),
    ],
  }) as SVGSVGElement;
  const description = `Rank plots of ${variable}, a panel a chain.`;
  return layOut({ legend: [], panels: [drawing], description }, document);
}

const panelOf = (chain: number) => ({ column: chain % ROW, row: Math.floor(chain / ROW) });
