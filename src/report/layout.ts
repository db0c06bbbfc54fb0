import { makeStandalone, svgElement, svgPaper } from "./svg.ts";
import { FAINT, FONT_SIZE, INK, textWidth } from "./theme.ts";

/** A line in the legend: how it is drawn, what it is, and what a reader should know about it. */
export interface LegendEntry {
  name: string;
  colour: string;
  dash?: string;
  width?: number;
  /** Drawn in a lighter ink after the name. */
  note?: string;
  /** A dot of this radius stands for it instead of a line. */
  dot?: number;
  /** The dot is a ring. */
  ring?: boolean;
}

const SAMPLE = 26;
const ROW = 20;
const MARGIN = 12;

/** Sets legend entries in rows of at most `width`, where an entry fits; returns their group and its size. */
function lineLegend(document: Document, entries: LegendEntry[], width: number) {
  const group = svgElement(document, "g", { "aria-label": "legend" });
  let x = 0;
  let row = 0;
  let widest = 0;
  for (const entry of entries) {
    const text = entry.note === undefined ? entry.name : `${entry.name}  ${entry.note}`;
    const wide = SAMPLE + 7 + textWidth(text);
    if (x > 0 && x + wide > width) {
      x = 0;
      row++;
    }
    const y = (row + 0.5) * ROW;
    const line = { x1: x, x2: x + SAMPLE, y1: y, y2: y, stroke: entry.colour };
    group.append(
      entry.dot === undefined
        ? svgElement(document, "line", {
            ...line,
            "stroke-width": entry.width ?? 1.8,
            ...(entry.dash === undefined ? {} : { "stroke-dasharray": entry.dash }),
          })
        : svgElement(document, "circle", {
            cx: x + SAMPLE / 2,
            cy: y,
            r: entry.dot,
            ...(entry.ring
              ? { fill: "none", stroke: entry.colour, "stroke-width": 1.5 }
              : { fill: entry.colour }),
          }),
    );
    const label = svgElement(document, "text", { x: x + SAMPLE + 7, y, dy: "0.34em" }, entry.name);
    if (entry.note !== undefined) {
      label.append(svgElement(document, "tspan", { dx: 6, fill: FAINT }, entry.note));
    }
    group.append(label);
    widest = Math.max(widest, x + wide);
    x += wide + 14;
  }
  return { group, width: widest, height: entries.length === 0 ? 0 : (row + 1) * ROW + 6 };
}

/**
 * Sets panels beside each other under one title, with one legend above or below them, on white paper. The result
 * stands alone: no style sheet, no ids that clash with those of another file.
 */
export function layOut(
  parts: {
    title?: string;
    legend: LegendEntry[];
    legendBelow?: boolean;
    /** A remark at the foot. */
    note?: string;
    panels: SVGSVGElement[];
    /** What the drawing shows, for readers who cannot see it. */
    description: string;
  },
  document: Document,
): SVGSVGElement {
  const { title, panels } = parts;
  const panelWidth = panels.reduce((sum, panel) => sum + Number(panel.getAttribute("width")), 0);
  const panelHeight = Math.max(...panels.map((panel) => Number(panel.getAttribute("height"))));
  const legend = lineLegend(document, parts.legend, panelWidth - MARGIN);
  const head = title === undefined ? 8 : 32;
  const legendTop = parts.legendBelow ? head + panelHeight : head;
  const panelTop = parts.legendBelow ? head : head + legend.height;
  const foot = parts.note === undefined ? 4 : 24;
  const words = textWidth(parts.note ?? "");
  const width = Math.ceil(Math.max(panelWidth, legend.width + MARGIN, words + MARGIN) + MARGIN);
  const height = Math.ceil(head + legend.height + panelHeight + foot);

  const svg = svgPaper(document, width, height, parts.description);
  if (title !== undefined) {
    const style = { x: MARGIN, y: 21, "font-size": FONT_SIZE + 2, "font-weight": 600, fill: INK };
    svg.append(svgElement(document, "text", style, title));
  }
  legend.group.setAttribute("transform", `translate(${MARGIN},${legendTop})`);
  if (parts.legend.length > 0) svg.append(legend.group);
  if (parts.note !== undefined) {
    svg.append(svgElement(document, "text", { x: MARGIN, y: height - 10, fill: FAINT }, parts.note));
  }
  let left = MARGIN / 2;
  for (const panel of panels) {
    panel.setAttribute("x", String(left));
    panel.setAttribute("y", String(panelTop));
    left += Number(panel.getAttribute("width"));
    svg.append(panel);
  }
  return makeStandalone(svg);
}
