import { expect, test } from "vitest";
import { boxEdges, orthographic, type Point3 } from "./orthographic.ts";

test("the picture is a rotation: lengths of points from x, y and depth together", () => {
  for (const point of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [3, -2, 5],
  ]) {
    const { x, y, depth } = orthographic(point);
    expect(Math.hypot(x, y, depth)).toBeCloseTo(Math.hypot(...point), 12);
  }
});

test("the first axis goes right, the third straight up, and the viewer is in front and above", () => {
  const [first, second, third] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ].map(orthographic);
  expect(first.x).toBeGreaterThan(0.8);
  expect(third.x).toBeCloseTo(0, 14);
  expect(third.y).toBeGreaterThan(0.8);
  expect(third.depth).toBeLessThan(0);
  expect(second.depth).toBeGreaterThan(0.8);
});

test("a box has twelve edges; the hidden ones meet in its furthest corner, the labelled ones are on its outline", () => {
  const half: Point3 = [2, 1, 0.5];
  const edges = boxEdges(half);
  expect(edges.length).toBe(12);
  const corners = [-1, 1].flatMap((i) => [-1, 1].flatMap((j) => [-1, 1].map((k) => [2 * i, j, 0.5 * k])));
  const furthest = corners.reduce((a, b) => (orthographic(b).depth > orthographic(a).depth ? b : a));
  const hidden = edges.filter((edge) => edge.hidden);
  expect(hidden.length).toBe(3);
  for (const { from, to } of hidden) expect([[...from], [...to]]).toContainEqual(furthest);
  const labelled = edges.filter((edge) => edge.labelled);
  expect(labelled.map(({ axis }) => axis)).toEqual([0, 1, 2]);
  // On the outline all corners are on one side of the edge.
  for (const { from, to, hidden } of labelled) {
    expect(hidden).toBe(false);
    const [p, q] = [orthographic(from), orthographic(to)];
    const sides = corners.map(orthographic).map((c) => (q.x - p.x) * (c.y - p.y) - (q.y - p.y) * (c.x - p.x));
    expect(Math.min(...sides) > -1e-9 || Math.max(...sides) < 1e-9).toBe(true);
  }
});
