import * as Plot from "@observablehq/plot";
import type { Branch } from "../fit/index.ts";
import { layOut } from "./layout.ts";
import { FONT, FONT_SIZE, INK, lineColour } from "./theme.ts";

/** A disconnectivity graph of minima; see `disconnectivity`. */
export interface DisconnectivityGraph {
  /** One, or several where not all minima are joined. */
  trunks: readonly Branch[];
  yLabel: string;
  /** Names of the minima; by default their numbers. */
  names?: readonly string[];
}

/** Above the highest saddle, in shares of the whole height. */
const TRUNK = 0.06;

/**
 * A disconnectivity graph (Becker and Karplus 1997): each minimum is the foot of a line, and lines meet at the height of the
 * lowest saddle between their minima.
 *
 * @returns a standalone SVG of 640 by 380 pixels
 */
export function disconnectivityFigure(
  { trunks, yLabel, names }: DisconnectivityGraph,
  document: Document,
): SVGSVGElement {
  const feet: { x: number; y: number; name: string }[] = [];
  const lines: { x1: number; y1: number; x2: number; y2: number }[] = [];
  /** Draws a branch and returns where it ends: its middle, at the height of its own foot or saddle. */
  const draw = (branch: Branch): { x: number; y: number } => {
    if ("minimum" in branch) {
      const foot = {
        x: feet.length,
        y: branch.loss,
        name: names?.[branch.minimum] ?? String(branch.minimum + 1),
      };
      feet.push(foot);
      return foot;
    }
    const ends = ordered(branch.branches).map(draw);
    const xs = ends.map(({ x }) => x);
    const y = branch.saddle;
    for (const end of ends) lines.push({ x1: end.x, y1: end.y, x2: end.x, y2: y });
    lines.push({ x1: Math.min(...xs), y1: y, x2: Math.max(...xs), y2: y });
    return { x: (Math.min(...xs) + Math.max(...xs)) / 2, y };
  };
  const tops = trunks.map(draw);
  const heights = [...lines.flatMap(({ y1, y2 }) => [y1, y2]), ...feet.map(({ y }) => y)];
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const top = high + TRUNK * (high - low || Math.abs(high) || 1);
  for (const { x, y } of tops) lines.push({ x1: x, y1: y, x2: x, y2: top });
  const drawing = Plot.plot({
    document,
    width: 640,
    height: 380,
    marginLeft: 70,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 36,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [-0.6, feet.length - 0.4], axis: null },
    y: { domain: [low - TRUNK * (top - low), top], nice: false },
    marks: [
      Plot.gridY({ stroke: "#000", strokeOpacity: 0.07 }),
      Plot.link(lines, {
        x1: "x1",
        y1: "y1",
        x2: "x2",
        y2: "y2",
        stroke: lineColour(0),
        strokeWidth: 1.8,
        strokeLinecap: "square",
      }),
      Plot.dot(feet, { x: "x", y: "y", r: 3.5, fill: INK }),
      Plot.text(feet, { x: "x", y: "y", text: "name", dy: 13 }),
      Plot.frame({ anchor: "left", stroke: INK }),
      Plot.axisY({
        label: yLabel,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 58,
        tickSize: 4,
        stroke: INK,
      }),
    ],
  }) as SVGSVGElement;
  const description = `Disconnectivity graph of ${feet.length} minima: ${yLabel} of the minima and of the saddles between them.`;
  return layOut({ legend: [], panels: [drawing], description }, document);
}

const count = (branch: Branch): number => ("minima" in branch ? branch.minima.length : 1);

/** Larger branches first, so that lines do not cross more often than they must. */
const ordered = (branches: readonly Branch[]) => branches.toSorted((a, b) => count(b) - count(a));
