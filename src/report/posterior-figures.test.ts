/** Figures of posteriors: what is drawn, and where. */
import { expect, test } from "vitest";
import { bandFigure } from "./band.ts";
import { figureDocument } from "./document-node.ts";
import { rankFigure } from "./ranks.ts";
import { scatterFigure } from "./scatter.ts";

const document = figureDocument();
const described = (svg: SVGSVGElement, words: string) =>
  svg.querySelectorAll(`[aria-description="${words}"]`);
const texts = (svg: SVGSVGElement) => [...svg.querySelectorAll("text")].map((text) => text.textContent);

test("bands lie under the data, and far ones do not squeeze these", () => {
  const svg = bandFigure(
    {
      xLabel: "x",
      yLabel: "y",
      x: [0, 1, 2],
      middle: { name: "mean", y: [0, 1, 0] },
      bands: [
        { name: "90 %", low: [-1, -1000, -1], high: [1, 1000, 1] },
        { name: "50 %", low: [-0.5, 0, -0.5], high: [0.5, 2, 0.5] },
      ],
      points: [{ name: "training", x: [0.5, 1.5], y: [0.4, 0.6] }],
    },
    document,
  );
  expect(described(svg, "90 %")).toHaveLength(1);
  expect(described(svg, "training")[0].querySelectorAll("circle")).toHaveLength(2);
  expect(texts(svg)).toEqual(expect.arrayContaining(["mean", "90 %", "50 %", "training"]));
  // The axis ends half of the height of the data beyond them, rounded.
  const ticks = texts(svg).map((text) => Number(text?.replace("−", "-")));
  expect(Math.max(...ticks.filter(Number.isFinite))).toBeLessThanOrEqual(2);
});

test("rank plots have a bar a bin, a panel a chain, and equal counts have equal bars", () => {
  const svg = rankFigure({ counts: new Array(5 * 4).fill(3), chains: 5, variable: "t" }, document);
  const bars = [...svg.querySelectorAll("rect")].filter((bar) =>
    bar.closest('[aria-description="draws by rank"]'),
  );
  expect(bars).toHaveLength(20);
  expect(new Set(bars.map((bar) => bar.getAttribute("height")))).toHaveLength(1);
  expect(texts(svg)).toEqual(expect.arrayContaining(["chain 1", "chain 5", "rank of t among all draws"]));
});

test("a scatter has a dot a point, in the colour of its series", () => {
  const series = ["chain 1", "chain 2"].map((name, i) => ({ name, x: [0, 1, 2], y: [i, i, i] }));
  const svg = scatterFigure({ xLabel: "t", yLabel: "ξ₁", series, line: { name: "path", y: 0 } }, document);
  for (const { name } of series) expect(described(svg, name)[0].querySelectorAll("circle")).toHaveLength(3);
  expect(texts(svg)).toContain("path");
});

test("a scatter has its curves where their points are, and rings where colours come back", () => {
  const series = Array.from({ length: 7 }, (_, i) => ({ name: `group ${i}`, x: [0, 10], y: [i, i] }));
  const curves = [{ name: "limit", x: [0, 10], y: [0, 6] }];
  const svg = scatterFigure({ xLabel: "x", yLabel: "y", series, curves }, document);
  const path = described(svg, "limit")[0].querySelector("path")!;
  const ends = path
    .getAttribute("d")!
    .match(/[\d.]+,[\d.]+/g)!
    .map((point) => point.split(",").map(Number));
  const placeOf = (name: string, i: number) => {
    const dot = described(svg, name)[0].querySelectorAll("circle")[i];
    return ["cx", "cy"].map((key) => Number(dot.getAttribute(key)));
  };
  // From the first dot of the lowest group to the last of the highest.
  for (const [end, place] of [
    [ends[0], placeOf("group 0", 0)],
    [ends[1], placeOf("group 6", 1)],
  ]) {
    for (const k of [0, 1]) expect(Math.abs(end[k] - place[k])).toBeLessThan(1);
  }
  const fill = (name: string) => described(svg, name)[0].getAttribute("fill");
  expect(fill("group 6")).toBe("none");
  expect(fill("group 0")).not.toBe("none");
  expect(described(svg, "group 6")[0].getAttribute("stroke")).toBe(fill("group 0"));
});
