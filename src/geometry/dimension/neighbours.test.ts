import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kdTreeNeighbours } from "./kd-tree.ts";
import { allPairsNeighbours, nearestNeighbours } from "./neighbours.ts";
import { evenLine } from "./samples.reference.ts";

/** Sorts all other points by squared distance, then by index. */
function naive(rows: number[][], k: number) {
  return rows.map((a, i) =>
    rows
      .map((b, j) => ({ j, squared: a.reduce((sum, x, d) => sum + (x - b[d]) * (x - b[d]), 0) }))
      .filter(({ j }) => j !== i)
      .sort((p, q) => p.squared - q.squared || p.j - q.j)
      .slice(0, k),
  );
}

// Whole coordinates in a small range make many ties and repeated points.
const coordinate = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true }));
const samples = fc
  .record({ r: fc.integer({ min: 1, max: 6 }), n: fc.integer({ min: 2, max: 120 }) })
  .chain(({ r, n }) =>
    fc.record({
      rows: fc.array(fc.array(coordinate, { minLength: r, maxLength: r }), { minLength: n, maxLength: n }),
      k: fc.integer({ min: 1, max: Math.min(n - 1, 25) }),
    }),
  );

describe.each([
  ["k-d tree", kdTreeNeighbours],
  ["all pairs", allPairsNeighbours],
])("%s", (_, search) => {
  test("finds what sorting all distances finds, ties by index", () => {
    fc.assert(
      fc.property(samples, ({ rows, k }) => {
        const found = search({ dimension: rows[0].length, points: Float64Array.from(rows.flat()) }, k);
        const expected = naive(rows, k).flat();
        expect(Array.from(found.indices)).toEqual(expected.map(({ j }) => j));
        expect(Array.from(found.distances)).toEqual(expected.map(({ squared }) => Math.sqrt(squared)));
      }),
      { numRuns: 60 },
    );
  });

  test("finds the neighbours on a line of several blocks of points", () => {
    const { indices } = search(evenLine(1025), 2);
    for (let i = 1; i < 1024; i++)
      expect(Array.from(indices.subarray(2 * i, 2 * i + 2)).sort((a, b) => a - b)).toEqual([i - 1, i + 1]);
    expect(Array.from(indices.subarray(0, 2))).toEqual([1, 2]);
    expect(Array.from(indices.subarray(2048))).toEqual([1023, 1022]);
  });
});

test("k and coordinates are checked", () => {
  expect(() => nearestNeighbours(evenLine(5), 5)).toThrow(
    "5 nearest neighbours were asked for among 5 points",
  );
  expect(() => nearestNeighbours(evenLine(5), 0)).toThrow(RangeError);
  expect(() => nearestNeighbours(evenLine(5), 1.5)).toThrow(RangeError);
  const points = Float64Array.of(0, 1, 2, Number.NaN, 4, 5);
  expect(() => nearestNeighbours({ dimension: 2, points }, 1)).toThrow("Coordinate 1 of point 1 is NaN");
  expect(() => nearestNeighbours({ dimension: 4, points }, 1)).toThrow("not a whole number of points");
  expect(() => nearestNeighbours({ dimension: 0, points: new Float64Array(0) }, 1)).toThrow(
    "all points coincide",
  );
});
