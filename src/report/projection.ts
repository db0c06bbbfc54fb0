import * as Plot from "@observablehq/plot";
import { axisWords, frameProjection, type Projection, project } from "./projected.ts";
import { FONT, FONT_SIZE, HALO, INK } from "./theme.ts";

/** The largest size of the frame, in pixels; at one scale it keeps the shape of the data and fills one of the two. */
const LARGEST = { width: 560, height: 420 };
const MARGIN = { left: 66, right: 20, top: 14, bottom: 50 };

/**
 * Points in the plane of their first two principal components (Chen & Saidi 2023, fig. 5), with one scale for both
 * axes unless `stretch` is set.
 *
 * @returns a standalone SVG
 * @throws where there is no finite point, or the scores do not make whole rows
 */
export function projectionFigure(projection: Projection, document: Document): SVGSVGElement {
  const { series, marks, box } = project(projection, 2);
  const [wide, high] = box.map(([low, high]) => high - low);
  const pixels = Math.min(LARGEST.width / wide, LARGEST.height / high);
  const width = projection.stretch ? LARGEST.width : wide * pixels;
  const height = projection.stretch ? LARGEST.height : high * pixels;
  const ticks = { x: Math.max(2, width / 80), y: Math.max(2, height / 50) };
  const label = (k: number) => {
    const { name, note } = axisWords(projection, k);
    return `${name} (${note})`;
  };
  // Beside a low frame there is no room for the label of its axis; it goes above.
  const low = height < 240;
  const top = low ? MARGIN.top + 18 : MARGIN.top;
  const upright = low
    ? ({ labelAnchor: "top", labelArrow: "up", labelOffset: MARGIN.left - 6 } as const)
    : { labelOffset: 58 };
  const drawing = Plot.plot({
    document,
    width: MARGIN.left + width + MARGIN.right,
    height: top + height + MARGIN.bottom,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: top,
    marginBottom: MARGIN.bottom,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: box[0] },
    y: { domain: box[1] },
    marks: [
      Plot.gridX({ stroke: "#000", strokeOpacity: 0.08, ticks: ticks.x }),
      Plot.gridY({ stroke: "#000", strokeOpacity: 0.08, ticks: ticks.y }),
      Plot.frame({ stroke: INK }),
      Plot.axisX({ ...AXIS, label: label(0), labelOffset: 40, ticks: ticks.x }),
      Plot.axisY({ ...AXIS, ...upright, label: label(1), ticks: ticks.y }),
      series.map(({ name, joined, colour, rows }) =>
        joined
          ? Plot.line(rows, {
              stroke: colour,
              strokeWidth: 2,
              strokeLinejoin: "round",
              ariaDescription: name,
            })
          : Plot.dot(rows, { r: 2.5, fill: colour, ariaDescription: name }),
      ),
      marks.map(({ label, row }) => {
        const share = (row[0] - box[0][0]) / wide;
        const textAnchor = share < 0.15 ? "start" : share > 0.85 ? "end" : "middle";
        return [
          Plot.dot([row], { r: 4.5, fill: INK, ...HALO, strokeWidth: 1.5 }),
          Plot.text([row], { text: () => label, textAnchor, dy: -14, fill: INK, ...HALO }),
        ];
      }),
    ],
  }) as SVGSVGElement;
  return frameProjection(projection, drawing, document);
}

const AXIS = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;
