import { describe, expect, it } from "vitest";
import { Rng } from "../engine/index.ts";
import { complex, evenly, middleOf, sampleCoordinates } from "./index.ts";

/** Two triangles that share the edge of the vertices 1 and 2. */
const two = complex(4, [
  [0, 1, 2],
  [3, 1, 2],
]);
const weightsAt = (z: ArrayLike<number>) => [...two.at(z)];

describe("complex", () => {
  it("draws each simplex as often as the others, and uniformly", () => {
    const n = 4000;
    const zs = sampleCoordinates(two, Rng.fromSeed(5), n);
    const rows = Array.from({ length: n }, (_, i) => weightsAt(zs.subarray(3 * i, 3 * i + 3)));
    let first = 0;
    const sums = [0, 0, 0, 0];
    for (const row of rows) {
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(Math.min(...row)).toBeGreaterThan(-1e-12);
      // Never inside of the tetrahedron.
      expect(Math.min(Math.abs(row[0]), Math.abs(row[3]))).toBeLessThan(1e-12);
      if (row[0] > 1e-12) first++;
      row.forEach((weight, v) => {
        sums[v] += weight / n;
      });
    }
    expect(Math.abs(first / n - 0.5)).toBeLessThan(0.03);
    [1 / 6, 1 / 3, 1 / 3, 1 / 6].forEach((mean, v) => {
      expect(Math.abs(sums[v] - mean)).toBeLessThan(0.015);
    });
  });

  it("has the lattice points of its simplexes, the shared ones once", () => {
    const zs = evenly(two, 3);
    const rows = Array.from({ length: zs.length / 3 }, (_, i) => weightsAt(zs.subarray(3 * i, 3 * i + 3)));
    // 6 + 6 points of two triangles with two on each edge, less the 3 of the common edge.
    expect(rows).toHaveLength(9);
    expect(new Set(rows.map((row) => row.map((w) => Math.round(2 * w)).join())).size).toBe(9);
  });

  it("has the centroid of its first simplex as its middle", () => {
    weightsAt(middleOf(two)).forEach((weight, v) => {
      expect(weight).toBeCloseTo([1 / 3, 1 / 3, 1 / 3, 0][v], 14);
    });
  });

  it("names corners that are not there, or twice", () => {
    expect(() => complex(2, [[0, 2]])).toThrow("from 0 to 1");
    expect(() => complex(2, [[1, 1]])).toThrow("different");
    expect(() => complex(2, [])).toThrow("without simplexes");
  });
});
