import { describe, expect, test } from "vitest";
import { figureDocument } from "./document-node.ts";
import type { Projection } from "./projected.ts";
import { projectionFigure } from "./projection.ts";
import { projectionFigure3d } from "./projection-3d.ts";

const document = figureDocument();
/** A parabola of width 10 and height 0.1, with scores for three components of which the third does not move. */
const scores = Array.from({ length: 41 }, (_, i) => [i / 4 - 5, 0.1 * (i / 20 - 1) ** 2, 0]).flat();
const bend: Projection = {
  series: [{ name: "curve", scores }],
  marks: [
    { label: "start", scores: scores.slice(0, 3) },
    { label: "end", scores: scores.slice(-3) },
  ],
  ratios: [0.99998, 1.9e-5, 3e-8],
};

const pairs = (path: string) =>
  [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
const curveOf = (svg: SVGSVGElement) =>
  pairs(svg.querySelector('[aria-description="curve"] path')!.getAttribute("d")!);
const extent = (values: number[]) => Math.max(...values) - Math.min(...values);

describe("a projection to two components", () => {
  test("has one scale: a bend of a hundredth of the length is one on paper", () => {
    const points = curveOf(projectionFigure(bend, document));
    expect(points.length).toBe(41);
    expect(extent(points.map(([, y]) => y)) / extent(points.map(([x]) => x))).toBeCloseTo(0.01, 3);
  });

  test("stretched fills the drawing, and says so at both axes", () => {
    const svg = projectionFigure({ ...bend, stretch: true }, document);
    const points = curveOf(svg);
    expect(extent(points.map(([, y]) => y)) / extent(points.map(([x]) => x))).toBeGreaterThan(0.5);
    expect(svg.textContent!.match(/stretched/g)!.length).toBe(2);
    expect(projectionFigure(bend, document).textContent).not.toContain("stretched");
  });

  test("labels its axes with the shares of the variance, told from 0 and from 100", () => {
    const text = (ratios: number[]) =>
      projectionFigure({ series: [{ name: "a", scores: [0, 0, 1, 1] }], ratios }, document).textContent;
    expect(text([0.99998, 1.9e-5])).toContain("PC1 (99.9980 % of variance)");
    expect(text([0.99998, 1.9e-5])).toContain("PC2 (0.0019 % of variance)");
    expect(text([0.782, 0.218])).toContain("PC1 (78.2 % of variance)");
    expect(text([0.782, 3e-8])).toContain("PC2 (3·10⁻⁶ % of variance)");
  });

  test("draws a straight line, whose second component was left out, straight", () => {
    const svg = projectionFigure({ series: [{ name: "curve", scores: [-1, 0, 1] }], ratios: [1] }, document);
    expect(extent(curveOf(svg).map(([, y]) => y))).toBe(0);
    expect(svg.textContent).toContain("PC1 (100.0 % of variance)");
    expect(svg.textContent).toContain("PC2 (0 % of variance)");
  });

  test("draws points that are not joined as dots, and the labelled ones", () => {
    const svg = projectionFigure({ ...bend, series: [{ name: "cloud", scores, joined: false }] }, document);
    expect(svg.querySelectorAll('[aria-description="cloud"] circle').length).toBe(41);
    expect(svg.textContent).toContain("start");
  });
});

describe("a projection to three components", () => {
  const segments = (svg: SVGSVGElement) =>
    [...svg.querySelectorAll('[aria-description="paths"] path')].map((path) => ({
      ends: pairs(path.getAttribute("d")!.replace("L", " ")),
      width: Number(path.getAttribute("stroke-width")),
      colour: path.getAttribute("stroke")!,
    }));

  test("is at one scale: a straight path in space is a straight line on paper", () => {
    const straight = Array.from({ length: 9 }, (_, i) => [i, 0.3 * i, -0.2 * i]).flat();
    const svg = projectionFigure3d(
      { series: [{ name: "a", scores: straight }], ratios: [0.9, 0.07, 0.03] },
      document,
    );
    const slopes = segments(svg).map(({ ends: [[x1, y1], [x2, y2]] }) => (y2 - y1) / (x2 - x1));
    expect(slopes.length).toBe(8);
    expect(extent(slopes)).toBeLessThan(0.01);
  });

  test("draws what is nearer later, thicker and in a darker colour", () => {
    const drawn = segments(projectionFigure3d(bend, document));
    expect(drawn.length).toBe(40);
    const green = (colour: string) => Number.parseInt(colour.slice(3, 5), 16);
    for (let i = 1; i < drawn.length; i++) {
      expect(drawn[i].width).toBeGreaterThanOrEqual(drawn[i - 1].width);
      expect(green(drawn[i].colour)).toBeLessThanOrEqual(green(drawn[i - 1].colour));
    }
    // The second axis goes away from the viewer.
    const depth = { series: [{ name: "a", scores: [0, 0, 0, 0, 1, 0, 0, 2, 0] }], ratios: [0.1, 0.8, 0.1] };
    const [far, near] = segments(projectionFigure3d(depth, document));
    expect(Math.max(...near.ends.map(([, y]) => y))).toBeGreaterThan(Math.max(...far.ends.map(([, y]) => y)));
  });

  test("labels all three axes", () => {
    const svg = projectionFigure3d({ ...bend, stretch: true }, document);
    for (const name of ["PC1", "PC2", "PC3"]) expect(svg.textContent).toContain(name);
    expect(svg.textContent!.match(/stretched/g)!.length).toBe(3);
  });
});

test.each([projectionFigure, projectionFigure3d])("wrong input is named", (figure) => {
  const series = [{ name: "a", scores: [1, 2, 3] }];
  expect(() => figure({ series, ratios: [0.5, 0.5] }, document)).toThrow('"a" has 3 scores and 2 ratios');
  expect(() => figure({ series: [], ratios: [1] }, document)).toThrow("at least one point");
});
