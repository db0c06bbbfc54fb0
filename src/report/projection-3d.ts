import * as Plot from "@observablehq/plot";
import { tint } from "./colour.ts";
import { type BoxEdge, boxEdges, orthographic, type Point3 } from "./orthographic.ts";
import { axisWords, frameProjection, type Projected, type Projection, project } from "./projected.ts";
import { FAINT, FONT, FONT_SIZE, HALO, INK, textWidth } from "./theme.ts";

/** The largest size of the box in the picture, in pixels. */
const LARGEST = { width: 460, height: 360 };
const MARGIN = { top: 20, bottom: 56 };
/** From an edge of the box to the name of its axis, past the labels of the ticks. */
const PAST_TICKS = 44;

/**
 * Points in the space of their first three principal components (Chen & Saidi 2023, fig. 5), seen from far away,
 * in a box whose edges are the axes, with one scale for all axes unless `stretch` is set. What is nearer is darker and
 * thicker.
 *
 * @returns a standalone SVG
 * @throws where there is no finite point, or the scores do not make whole rows
 */
export function projectionFigure3d(projection: Projection, document: Document): SVGSVGElement {
  const projected = project(projection, 3);
  const { box, marks } = projected;
  const lengths = box.map(([low, high]) => high - low);
  const unit = lengths.map((length) => (projection.stretch ? length : Math.max(...lengths)));
  const inBox = (row: number[]): Point3 => {
    const [x, y, z] = row.map((value, k) => (value - (box[k][0] + box[k][1]) / 2) / unit[k]);
    return [x, y, z];
  };
  const [a, b, c] = lengths.map((length, k) => length / unit[k] / 2);
  const edges = boxEdges([a, b, c]);
  const corners = edges.flatMap(({ from, to }) => [orthographic(from), orthographic(to)]);
  const [right, top, far] = (["x", "y", "depth"] as const).map((key) =>
    Math.max(...corners.map((p) => p[key])),
  );
  const words = [0, 1, 2].map((k) => axisWords(projection, k));
  const side = PAST_TICKS + Math.max(...words.map(({ note }) => textWidth(note)));
  const pixels = Math.min(LARGEST.width / (2 * right), LARGEST.height / (2 * top));
  const drawing = Plot.plot({
    document,
    width: 2 * side + 2 * right * pixels,
    height: MARGIN.top + 2 * top * pixels + MARGIN.bottom,
    marginLeft: side,
    marginRight: side,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [-right, right], axis: null },
    y: { domain: [-top, top], axis: null },
    color: { type: "identity" },
    marks: [
      drawEdges(edges),
      edges
        .filter((edge) => edge.labelled)
        .map((edge) => drawAxis(edge, box[edge.axis], words[edge.axis], pixels)),
      drawSeries(projected, inBox, far),
      marks.map(({ label, row }) => {
        const at = [orthographic(inBox(row))];
        return [
          Plot.dot(at, { x: "x", y: "y", r: 4.5, fill: INK, ...HALO, strokeWidth: 1.5 }),
          Plot.text(at, { x: "x", y: "y", text: () => label, dy: -14, fill: INK, ...HALO }),
        ];
      }),
    ],
  }) as SVGSVGElement;
  return frameProjection(projection, drawing, document);
}

function drawEdges(edges: BoxEdge[]) {
  return edges.map(({ from, to, hidden }) => {
    const style = hidden ? { stroke: FAINT, strokeOpacity: 0.55, strokeDasharray: "3,4" } : { stroke: FAINT };
    return Plot.line([from, to].map(orthographic), { x: "x", y: "y", ...style, strokeWidth: 0.9 });
  });
}

/** The ticks of an axis beside its edge of the box, and its name. */
function drawAxis(
  { from, to, axis }: BoxEdge,
  [low, high]: [number, number],
  { name, note }: { name: string; note: string },
  pixels: number,
) {
  const [p, q] = [orthographic(from), orthographic(to)];
  const length = pixels * Math.hypot(q.x - p.x, q.y - p.y);
  const at = (value: number) => {
    const share = (value - low) / (high - low);
    const label = String(value).replace("-", "−");
    return { x: p.x + share * (q.x - p.x), y: p.y + share * (q.y - p.y), label };
  };
  const outside = [
    { textAnchor: "middle", dx: -4, dy: 13 },
    { textAnchor: "start", dx: 7, dy: 8 },
    { textAnchor: "end", dx: -7, dy: 0 },
  ] as const;
  const further = [
    { textAnchor: "middle", dx: -22, dy: 38 },
    { textAnchor: "start", dx: PAST_TICKS - 4, dy: 20 },
    { textAnchor: "end", dx: -PAST_TICKS, dy: 0 },
  ] as const;
  const ticks = niceTicks(low, high, length / (axis === 2 ? 36 : 56));
  return [
    Plot.dot(ticks.map(at), { x: "x", y: "y", r: 1.6, fill: INK }),
    Plot.text(ticks.map(at), { x: "x", y: "y", text: "label", ...outside[axis], fill: INK }),
    Plot.text([at((low + high) / 2)], {
      x: "x",
      y: "y",
      text: () => `${name}\n${note}`,
      ...further[axis],
      fill: INK,
    }),
  ];
}

/** About `count` round values between low and high. */
function niceTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}

/** All segments and dots from the furthest to the nearest, so that the near ones cover the far ones. */
function drawSeries({ series }: Projected, inBox: (row: number[]) => Point3, far: number) {
  const nearness = (depth: number) => 0.5 - depth / (2 * far);
  const shade = (colour: string, depth: number) => tint(colour, 0.35 + 0.65 * nearness(depth));
  const byDepth = <T extends { depth: number }>(items: T[]) => items.sort((a, b) => b.depth - a.depth);
  const segments = series
    .filter(({ joined }) => joined)
    .flatMap(({ colour, rows }) => {
      const places = rows.map((row) => orthographic(inBox(row)));
      return places.slice(1).map((to, i) => {
        const depth = (places[i].depth + to.depth) / 2;
        return { x1: places[i].x, y1: places[i].y, x2: to.x, y2: to.y, depth, colour };
      });
    });
  const dots = series
    .filter(({ joined }) => !joined)
    .flatMap(({ colour, rows }) => rows.map((row) => ({ ...orthographic(inBox(row)), colour })));
  return [
    Plot.link(byDepth(segments), {
      x1: "x1",
      y1: "y1",
      x2: "x2",
      y2: "y2",
      stroke: ({ colour, depth }) => shade(colour, depth),
      strokeWidth: ({ depth }) => 1.2 + 2 * nearness(depth),
      strokeLinecap: "round",
      ariaDescription: "paths",
    }),
    Plot.dot(byDepth(dots), {
      x: "x",
      y: "y",
      fill: ({ colour, depth }) => shade(colour, depth),
      r: 2.6,
      ariaDescription: "points",
    }),
  ];
}
