import * as Plot from "@observablehq/plot";
import { layOut } from "./layout.ts";
import { FONT, FONT_SIZE, INK, PAPER } from "./theme.ts";

/** A square matrix of cosines. */
export interface CosineMatrix {
  /** Rows; null where there is no cosine. */
  values: readonly (readonly (number | null)[])[];
  /** Names of the rows and columns; by default their numbers. */
  names?: readonly string[];
  /** What the rows and columns are. */
  label: string;
  /** A line is drawn before each of these rows and columns, between groups. */
  breaks?: readonly number[];
}

const SIDE = 400;
/** Of more rows than these the numbers would not fit. */
const MOST_NUMBERS = 12;
/** A cosine of this size is drawn on a colour dark enough for light text. */
const DARK = 0.62;

/**
 * A matrix of cosines in colours from −1 (blue) over 0 (white) to 1 (red), with the numbers where they fit ("Large Scale
 * Structure", figure 3, middle).
 *
 * @returns a standalone SVG of about 460 by 440 pixels
 */
export function cosinesFigure(
  { values, names, label, breaks = [] }: CosineMatrix,
  document: Document,
): SVGSVGElement {
  const n = values.length;
  const nameOf = (i: number) => names?.[i] ?? String(i + 1);
  const cells = values.flatMap((row, i) => row.map((value, j) => ({ i, j, value })));
  const numbers = n <= MOST_NUMBERS ? cells.filter(({ value }) => value !== null) : [];
  const axis = { label, labelAnchor: "center", labelArrow: "none", tickSize: 0, stroke: INK } as const;
  const edges = breaks.map((at) => at - 0.5);
  const drawing = Plot.plot({
    document,
    width: SIDE + 76,
    height: SIDE + 56,
    marginLeft: 60,
    marginRight: 16,
    marginTop: 10,
    marginBottom: 46,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [-0.5, n - 0.5] },
    y: { domain: [n - 0.5, -0.5] },
    color: { type: "linear", scheme: "RdBu", reverse: true, domain: [-1, 1], clamp: true, unknown: "#ddd" },
    marks: [
      Plot.rect(cells, {
        x1: ({ j }) => j - 0.5,
        x2: ({ j }) => j + 0.5,
        y1: ({ i }) => i - 0.5,
        y2: ({ i }) => i + 0.5,
        fill: "value",
        stroke: PAPER,
        strokeWidth: n <= MOST_NUMBERS ? 1 : 0,
      }),
      [false, true].map((dark) =>
        Plot.text(
          numbers.filter(({ value }) => Math.abs(value!) > DARK === dark),
          {
            x: "j",
            y: "i",
            text: ({ value }) => twoDigits(value!),
            fill: dark ? PAPER : INK,
          },
        ),
      ),
      Plot.ruleX(edges, { stroke: INK, strokeWidth: 1.8 }),
      Plot.ruleY(edges, { stroke: INK, strokeWidth: 1.8 }),
      Plot.axisX({ ...axis, ticks: n, tickFormat: tick(nameOf), labelOffset: 38 }),
      Plot.axisY({ ...axis, ticks: n, tickFormat: tick(nameOf), labelOffset: 46 }),
    ],
  }) as SVGSVGElement;
  return layOut(
    { legend: [], panels: [drawing], description: `Cosines between ${label}, ${n} by ${n}.` },
    document,
  );
}

/** Names at whole numbers only. */
const tick = (nameOf: (i: number) => string) => (at: number) => (Number.isInteger(at) ? nameOf(at) : "");

/** Without the sign of what is rounded to zero. */
const twoDigits = (x: number) => (Math.abs(x) < 0.005 ? "0.00" : x.toFixed(2).replace("-", "−"));
