import * as Plot from "@observablehq/plot";
import type { Calibration } from "../inference/index.ts";
import { layOut } from "./layout.ts";
import { FONT, FONT_SIZE, INK, lineColour } from "./theme.ts";

/**
 * A reliability diagram (Guo et al. 2017): accuracy in each bin of confidence, beside the diagonal of a calibrated
 * predictor. Bins without examples are left out.
 *
 * @returns a standalone SVG of 360 by 340 pixels plus title
 */
export function reliabilityFigure(
  { title, calibration }: { title?: string; calibration: Calibration },
  document: Document,
): SVGSVGElement {
  const bins = calibration.counts.length;
  const bars = calibration.accuracy.flatMap((accuracy, b) =>
    calibration.counts[b] > 0 ? [{ low: b / bins, high: (b + 1) / bins, accuracy }] : [],
  );
  const percent = `${(100 * calibration.expectedError).toFixed(2)} %`;
  const error = `expected calibration error ${percent}`;
  const axis = { labelAnchor: "center", labelArrow: "none", tickSize: 4, stroke: INK } as const;
  const drawing = Plot.plot({
    document,
    width: 360,
    height: 340,
    marginLeft: 56,
    marginBottom: 46,
    style: { fontFamily: FONT, fontSize: `${FONT_SIZE}px`, color: INK, overflow: "visible" },
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      Plot.rectY(bars, {
        x1: "low",
        x2: "high",
        y: "accuracy",
        fill: lineColour(0),
        fillOpacity: 0.55,
        inset: 0.5,
        ariaDescription: "accuracy by confidence",
      }),
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: INK, strokeDasharray: "4 3" },
      ),
      Plot.frame({ stroke: INK }),
      Plot.axisX({ ...axis, label: "confidence", labelOffset: 38 }),
      Plot.axisY({ ...axis, label: "accuracy", labelOffset: 46 }),
    ],
  }) as SVGSVGElement;
  return layOut(
    {
      // Beside a title the words in full do not fit the width.
      title: title ? `${title}: ECE ${percent}` : error,
      legend: [],
      panels: [drawing],
      description: `Reliability diagram, ${error}.`,
    },
    document,
  );
}
