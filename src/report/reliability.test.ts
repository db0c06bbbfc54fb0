import { expect, test } from "vitest";
import { figureDocument } from "./document-node.ts";
import { reliabilityFigure } from "./reliability.ts";

const document = figureDocument();
/** Four bins, the first empty: 3 of 10 right at a confidence of 0.4, 5 of 10 at 0.6, 19 of 20 at 0.9. */
const calibration = {
  counts: [0, 10, 10, 20],
  confidence: [Number.NaN, 0.4, 0.6, 0.9],
  accuracy: [Number.NaN, 0.3, 0.5, 0.95],
  expectedError: (1 + 1 + 1) / 40,
};
const figure = (title?: string) => reliabilityFigure({ title, calibration }, document);

test("a bin with examples is a bar as high as its accuracy, as wide as the bin", () => {
  const svg = figure();
  const bars = [...svg.querySelectorAll('[aria-description="accuracy by confidence"] rect')].map((bar) =>
    Object.fromEntries(["x", "y", "width", "height"].map((key) => [key, Number(bar.getAttribute(key))])),
  );
  expect(bars).toHaveLength(3);
  const at = (axis: "x" | "y", label: string) => {
    const ticks = [...svg.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`)];
    const tick = ticks.find((text) => text.textContent === label)!;
    return Number(tick.getAttribute("transform")!.match(/-?[\d.]+/g)![axis === "x" ? 0 : 1]);
  };
  const [right, up] = [at("x", "1.0") - at("x", "0.0"), at("y", "0.0") - at("y", "1.0")];
  [0.3, 0.5, 0.95].forEach((accuracy, i) => {
    // Half a pixel is left free around each bar.
    expect(bars[i].height / up).toBeCloseTo(accuracy - 1 / up, 6);
    expect(bars[i].width / right).toBeCloseTo(0.25 - 1 / right, 6);
    expect((bars[i].x - bars[0].x) / right).toBeCloseTo(0.25 * i, 6);
  });
});

test("says the calibration error, beside a title too, within its width", () => {
  const heading = (svg: SVGSVGElement) => svg.querySelector("text[font-weight]")!;
  expect(heading(figure()).textContent).toBe("expected calibration error 7.50 %");
  const svg = figure("middle of the line");
  expect(heading(svg).textContent).toBe("middle of the line: ECE 7.50 %");
  for (const drawn of [figure(), svg]) {
    const text = heading(drawn);
    // A bold letter of DejaVu Sans is 0.7 of the font size wide on average, or less.
    const width = 0.7 * Number(text.getAttribute("font-size")) * text.textContent!.length;
    expect(Number(text.getAttribute("x")) + width).toBeLessThan(Number(drawn.getAttribute("width")));
  }
});
