import { expect, test } from "vitest";
import { disconnectivity } from "../fit/index.ts";
import { cosinesFigure } from "./cosines.ts";
import { disconnectivityFigure } from "./disconnectivity.ts";
import { figureDocument } from "./document-node.ts";

const document = figureDocument();

test("a matrix of cosines has a cell for each, numbers where there are any, and lines between groups", () => {
  const values = [
    [1, 0.7, null],
    [0.7, 1, -0.001],
    [null, -0.001, 1],
  ];
  const svg = cosinesFigure({ values, label: "hyperplane", breaks: [2] }, document);
  expect(svg.querySelectorAll('[aria-label="rect"] rect')).toHaveLength(9);
  const numbers = [...svg.querySelectorAll('[aria-label="text"] text')].map((text) => text.textContent);
  expect(numbers.sort()).toEqual(["0.00", "0.00", "0.70", "0.70", "1.00", "1.00", "1.00"]);
  expect(svg.querySelectorAll('[aria-label="rule"] line')).toHaveLength(2);
});

test("lines of a disconnectivity graph end at the minima and meet at their saddles", () => {
  const losses = [0, 1, 3];
  const trunks = disconnectivity(losses, [
    { a: 0, b: 1, saddle: 2 },
    { a: 1, b: 2, saddle: 5 },
  ]);
  const svg = disconnectivityFigure({ trunks, yLabel: "loss" }, document);
  const dots = [...svg.querySelectorAll('[aria-label="dot"] circle')].map((dot) => ({
    x: Number(dot.getAttribute("cx")),
    y: Number(dot.getAttribute("cy")),
  }));
  expect(dots).toHaveLength(3);
  // Heights are to scale: twice as far from the first minimum to the saddle at 2 as to the second minimum.
  const paths = [...svg.querySelectorAll('[aria-label="link"] path')].map((path) =>
    path
      .getAttribute("d")!
      .match(/-?[\d.]+/g)!
      .map(Number),
  );
  const unit = dots[0].y - dots[1].y;
  const level = (loss: number) => dots[0].y - loss * unit;
  expect(dots[2].y).toBeCloseTo(level(3), 6);
  const across = paths.filter(([x1, y1, x2, y2]) => y1 === y2 && x1 !== x2);
  expect(across.map(([, y]) => y).sort((a, b) => a - b)).toEqual([
    expect.closeTo(level(5), 2),
    expect.closeTo(level(2), 2),
  ]);
  const feet = paths.filter(([x1, , x2]) => x1 === x2).map(([x]) => x);
  for (const { x } of dots) expect(feet.some((foot) => Math.abs(foot - x) < 0.01)).toBe(true);
});
