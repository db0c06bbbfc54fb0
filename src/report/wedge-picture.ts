import * as Plot from "@observablehq/plot";
import { tint } from "./colour.ts";
import { layOut } from "./layout.ts";
import { orthographic, type Point3 } from "./orthographic.ts";
import { FONT, FONT_SIZE, HALO, INK, lineColour, PAPER } from "./theme.ts";

/** Two optima in the three-dimensional landscape of 2-wedges, and where a path between them changes its wedge. */
export interface WedgePicture {
  /** Half the thickness of the wedges, as a fraction of the half side of the picture. */
  halfWidth: number;
  /** In [−1, 1]³, in the part that the viewer sees: x ≥ 0, y ≤ 0, z ≥ 0. */
  optima: readonly [Point3, Point3];
  via: Point3;
}

const SIZE = 420;
const COLOURS = ["#c7cfd8", "#aeb9c6", "#dfe4ea"] as const;
/** The viewer sees the faces towards +x, −y and +z. */
const FACING = [
  { axis: 0, sign: 1, colour: COLOURS[1] },
  { axis: 1, sign: -1, colour: COLOURS[0] },
  { axis: 2, sign: 1, colour: COLOURS[2] },
] as const;

/**
 * The union of the three coordinate planes of space, with some thickness: all 2-wedges of D = 3. Two optima on different
 * ones, the straight line between them, which leaves the wedges, and a path over the axis in which they meet ("Large Scale
 * Structure", figure 1, left).
 *
 * @returns a standalone SVG
 */
export function wedgePictureFigure(
  { halfWidth, optima, via }: WedgePicture,
  document: Document,
): SVGSVGElement {
  // Wedges cut each other into the cells of a grid; all but its corners are low loss.
  const cuts = [-1, -halfWidth, halfWidth, 1];
  const isLow = (cell: readonly number[]) => cell.every((i) => i >= 0 && i <= 2) && cell.some((i) => i === 1);
  const faces = [];
  // From the back to the front, so that what is nearer covers the rest.
  for (const i of [0, 1, 2]) {
    for (const j of [2, 1, 0]) {
      for (const k of [0, 1, 2]) {
        const cell = [i, j, k];
        if (!isLow(cell)) continue;
        for (const { axis, sign, colour } of FACING) {
          const next = cell.map((c, a) => (a === axis ? c + sign : c));
          if (!isLow(next)) faces.push({ corners: faceOf(cell, axis, sign, cuts), colour });
        }
      }
    }
  }
  const at = (point: Point3) => {
    const { x, y } = orthographic(point);
    return [x, y] as [number, number];
  };
  const places = faces.flatMap(({ corners }) => corners.map(at));
  const reach = (k: 0 | 1) => Math.max(...places.map((place) => Math.abs(place[k])));
  const [right, top] = [reach(0), reach(1)];
  const labels = optima.map((point, i) => ({
    at: at(point),
    text: `optimum ${i + 1}`,
    dy: i === 0 ? 17 : -15,
  }));
  const low = lineColour(2);
  const high = lineColour(1);
  const drawing = Plot.plot({
    document,
    width: SIZE,
    height: (SIZE * top) / right,
    margin: 8,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [-right, right], axis: null },
    y: { domain: [-top, top], axis: null },
    marks: [
      faces.map(({ corners, colour }) =>
        Plot.line([...corners, corners[0]].map(at), {
          fill: colour,
          stroke: tint(INK, 0.35),
          strokeWidth: 0.7,
          strokeLinejoin: "round",
        }),
      ),
      Plot.line(optima.map(at), { stroke: PAPER, strokeWidth: 5 }),
      Plot.line(optima.map(at), { stroke: high, strokeWidth: 2.6 }),
      Plot.line([optima[0], via, optima[1]].map(at), { stroke: PAPER, strokeWidth: 5 }),
      Plot.line([optima[0], via, optima[1]].map(at), {
        stroke: low,
        strokeWidth: 2.6,
        strokeDasharray: "6,4",
      }),
      labels.map(({ at: place, text, dy }) => [
        Plot.dot([place], { r: 5.5, fill: INK, stroke: PAPER, strokeWidth: 1.5 }),
        Plot.text([place], { text: () => text, dy, fill: INK, fontWeight: 600, ...HALO }),
      ]),
    ],
  }) as SVGSVGElement;
  return layOut(
    {
      legend: [
        { name: "straight line, through high loss", colour: high, width: 2.6 },
        { name: "over the axis where the wedges meet", colour: low, width: 2.6, dash: "6,4" },
      ],
      legendBelow: true,
      panels: [drawing],
      description:
        "Three coordinate planes with some thickness, two points on different ones, the straight line between them and a path over the axis in which the planes meet.",
    },
    document,
  );
}

/** The four corners of a face of a cell. */
function faceOf(
  cell: readonly number[],
  axis: number,
  sign: number,
  cuts: readonly number[],
): [Point3, Point3, Point3, Point3] {
  const [p, q] = [0, 1, 2].filter((other) => other !== axis);
  const corner = (i: number, j: number): Point3 => {
    const point: [number, number, number] = [0, 0, 0];
    point[axis] = cuts[cell[axis] + (sign > 0 ? 1 : 0)];
    point[p] = cuts[cell[p] + i];
    point[q] = cuts[cell[q] + j];
    return point;
  };
  return [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
}
