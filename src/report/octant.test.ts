import { expect, test } from "vitest";
import { octantGrid } from "../geometry/index.ts";
import { figureDocument } from "./document-node.ts";
import { octantFigure, octantPatch, octantPlace } from "./octant.ts";
import { bilinear } from "./surface.ts";

test("a bilinear function is interpolated exactly, and held beyond the rim", () => {
  const f = (x: number, y: number) => 2 - x + 3 * y + 5 * x * y;
  const [xs, ys] = [
    [0, 0.5, 1],
    [-1, 1, 3, 5],
  ];
  const field = bilinear(
    xs,
    ys,
    ys.flatMap((y) => xs.map((x) => f(x, y))),
  );
  for (const [x, y] of [
    [0, -1],
    [0.3, 0.2],
    [0.5, 5],
    [0.9, 4.1],
  ])
    expect(field(x, y)).toBeCloseTo(f(x, y), 12);
  expect(field(2, 7)).toBeCloseTo(f(1, 5), 12);
});

test("each node of an octant has its value where the node is in the picture", () => {
  const { azimuths, polars, nodes } = octantGrid(9);
  const values = Float64Array.from({ length: 81 }, (_, p) => p);
  const radius = 4;
  const patch = octantPatch({ azimuths, polars, values, radius });
  // At the pole all azimuths are one place.
  for (let p = 9; p < 81; p++) {
    const [x, y] = octantPlace([...nodes.subarray(3 * p, 3 * p + 3)].map((v) => radius * v));
    expect(patch.at(x, y)).toBeCloseTo(p, 6);
  }
  for (const [x, y] of patch.outline) expect(Math.hypot(x, y)).toBeLessThanOrEqual(radius);
});

test("the figure names what it shows, and clips each sphere to its outline", () => {
  const { azimuths, polars } = octantGrid(5);
  const values = Float64Array.from({ length: 25 }, (_, p) => p / 25);
  const spheres = [1, 2].map((radius) => ({ radius, values }));
  const points = [{ label: "optimum 1", at: [1, 0, 0] }];
  const panel = { title: "training loss", azimuths, polars, spheres, points, arcs: [] };
  const svg = octantFigure({ panels: [panel], valueLabel: "loss" }, figureDocument());
  expect(svg.textContent).toContain("training loss");
  expect(svg.textContent).toContain("optimum 1");
  const clips = [...svg.querySelectorAll("clipPath")].map(({ id }) => `url(#${id})`);
  expect(clips).toHaveLength(2);
  for (const clip of clips) expect(svg.querySelector(`[clip-path="${clip}"]`)).not.toBeNull();
});
