import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coefficientMatrix, evenly, line } from "../subspace/index.ts";
import { centredGrid, gramOf, gridAround, planeAlong, planeGrid, planeThrough } from "./index.ts";

describe("grid", () => {
  test("as published goes from −0.2 to 1.2 of the lengths in 21 steps of 0.07", () => {
    const { xs, ys } = planeGrid({ dx: 10, dy: 5, nodesAtPoints: false });
    expect(xs.length).toBe(21);
    expect(xs[0]).toBeCloseTo(-2, 14);
    expect(xs[1] - xs[0]).toBeCloseTo(0.7, 14);
    expect(xs[20]).toBeCloseTo(12, 14);
    expect(ys[20]).toBeCloseTo(6, 14);
  });

  test("by default has nodes at 0 and 1, even spacing and nearly the margin", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 120 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (points, margin) => {
          const { xs, ys } = planeGrid({ dx: 3, dy: 2, points, margin });
          expect(xs.length).toBe(points);
          for (const [nodes, length] of [
            [xs, 3],
            [ys, 2],
          ] as const) {
            expect(nodes).toContain(0);
            expect(nodes).toContain(length);
            const step = nodes[1] - nodes[0];
            nodes.forEach((x, i) => {
              if (i > 0) expect(x - nodes[i - 1]).toBeCloseTo(step, 12);
            });
            expect(nodes[0] + nodes[points - 1]).toBeCloseTo(length, 12);
          }
          // One node more or less on each side changes the margin by at most this.
          const step = (xs[1] - xs[0]) / 3;
          if (points > 3 + 4 * margin)
            expect(Math.abs(-xs[0] / 3 - margin)).toBeLessThan(2 * step * (1 + margin));
        },
      ),
    );
    expect(planeGrid({ dx: 14, dy: 14 }).xs[0]).toBe(-3);
    expect(planeGrid({ dx: 1, dy: 1, points: 51 }).xs[0]).toBeCloseTo(-7 / 36, 14);
    expect(planeGrid({ dx: 1, dy: 1, points: 15 }).xs[0]).toBeCloseTo(-0.2, 14);
  });

  test("lists its nodes with x fastest", () => {
    const { xs, ys, nodes } = planeGrid({ dx: 1, dy: 2, margin: 0, points: 2 });
    expect([...xs, ...ys]).toEqual([0, 1, 0, 2]);
    expect([...nodes]).toEqual([0, 0, 1, 0, 0, 2, 1, 2]);
    const { map } = planeThrough(
      gramOf([
        [0, 0],
        [0, 2],
        [1, 0],
      ]),
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    );
    expect([...coefficientMatrix(map, nodes)]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0, -1, 1, 1]);
  });

  test("wrong sizes are named", () => {
    expect(() => planeGrid({ dx: 1, dy: 1, points: 1 })).toThrow("A grid of 1 points");
    expect(() => planeGrid({ dx: 1, dy: 1, margin: -1 })).toThrow("The margin of the grid is -1");
  });
});

describe("grid around points", () => {
  const gram = gramOf([
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const plane = planeAlong(gram, [1, 0, 0, 0], [-1, 1, 0, 0], [-1, 0, 1, 0]);

  test("covers them, with the margin on all sides, and lists its nodes with x fastest", () => {
    // At (4, 1), (-2, 3) and, seen from above, (1, 2).
    const shown = [
      [-4, 4, 1, 0],
      [0, -2, 3, 0],
      [-7, 1, 2, 5],
    ];
    const { xs, ys, nodes } = gridAround(plane, shown, { margin: 0.5, points: 4 });
    [-5, -1, 3, 7].forEach((x, i) => {
      expect(xs[i]).toBeCloseTo(x, 12);
    });
    expect(ys[0]).toBeCloseTo(1 - 3, 12);
    expect(ys[3]).toBeCloseTo(3 + 3, 12);
    expect([...nodes.subarray(0, 4)]).toEqual([xs[0], ys[0], xs[1], ys[0]]);
    expect(nodes.length).toBe(32);
  });

  test("a straight path gets height from the margin", () => {
    const points = Array.from(evenly(line(), 5), (t) => [...line().at(t), 0, 0]);
    const { xs, ys } = gridAround(plane, points);
    expect([xs[0], xs[20], ys[0], ys[20]]).toEqual([-0.2, 1.2, -0.2, 0.2]);
  });

  test("points in one place, no points and no margin are errors", () => {
    expect(() => gridAround(plane, [[1, 0, 0, 0]])).toThrow("project to one place");
    expect(() => gridAround(plane, [])).toThrow("The 0 points given");
    expect(() => gridAround(plane, [[1, 0, 0, 0]], { margin: 0 })).toThrow("give more than 0");
  });
});

test("a centred grid is symmetric and has the origin in its middle", () => {
  const { xs, ys, nodes } = centredGrid(2, 3, 5);
  expect([...xs]).toEqual([-2, -1, 0, 1, 2]);
  expect([...ys]).toEqual([-3, -1.5, 0, 1.5, 3]);
  expect([...nodes.subarray(24, 26)]).toEqual([0, 0]);
  expect(() => centredGrid(0, 1, 5)).toThrow("lengths above 0");
});
