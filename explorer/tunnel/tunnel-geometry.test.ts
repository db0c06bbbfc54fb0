import { describe, expect, test } from "vitest";
import {
  frameRows,
  moveTo,
  type PlacedPath,
  pathPoint,
  placedPath,
  positionOf,
  rotationMinimisingFrame,
} from "../../src/geometry/index.ts";
import { bezierThrough, helixMap } from "../../src/geometry/tunnel/curves.reference.ts";
import { principalProjection, projected } from "./principal-projection.ts";
import { AROUND, normalOf, tubePositions, tubeTriangles, widestPair } from "./tube.ts";

const TS = Float64Array.from({ length: 121 }, (_, i) => i / 120);

/** A path as the page sees it: centres and normals on its principal components. */
function seen(curve: PlacedPath, range: readonly [number, number] = [0, 1]) {
  const K = curve.anchors.dimension;
  const frame = rotationMinimisingFrame(curve, { range });
  const projection = principalProjection(curve, TS);
  const places = new Float64Array(TS.length * K);
  TS.forEach((t, i) => {
    positionOf(curve, moveTo(curve, t, pathPoint(curve)), places.subarray(i * K, (i + 1) * K));
  });
  const { rows } = frameRows(frame, TS);
  const across = new Float64Array(TS.length * (K - 1) * K);
  TS.forEach((_, i) => {
    across.set(rows.subarray((i * K + 1) * K, (i + 1) * K * K), i * (K - 1) * K);
  });
  return {
    projection,
    places,
    centres: projected(projection, places),
    normals: projected(projection, across, { direction: true }),
  };
}

function tubeOf(curve: PlacedPath, radius: number): Float32Array {
  const { centres, normals } = seen(curve);
  const out = new Float32Array(TS.length * AROUND * 3);
  const strand = { centres, first: normalOf(normals, 2, 1), second: normalOf(normals, 2, 2) };
  tubePositions(strand, radius, AROUND, out);
  return out;
}

/** A circle of radius R in three dimensions, in the plane of the first two. */
function circle(R: number): PlacedPath {
  const points = Float64Array.of(0, 0, 0, R, 0, 0, 0, R, 0);
  return placedPath(helixMap(2 * Math.PI, true), { dimension: 3, points });
}

describe("the tube of a path", () => {
  test("around a circle is a torus", () => {
    const [R, r] = [2, 0.3];
    const tube = tubeOf(circle(R), r);
    // The first node is also the last, so that the mean of the nodes lies R / n from the centre, along the first component.
    const offFrom = (centre: number) => {
      let largest = 0;
      for (let i = 0; i < tube.length; i += 3) {
        const fromAxis = Math.hypot(tube[i] - centre, tube[i + 1]);
        largest = Math.max(largest, Math.abs(Math.hypot(fromAxis - R, tube[i + 2]) - r));
      }
      return largest;
    };
    expect(Math.min(offFrom(R / TS.length), offFrom(-R / TS.length))).toBeLessThan(1e-6);
  });

  test("around a straight path is a cylinder", () => {
    const tube = tubeOf(
      bezierThrough([
        [0, 0, 0],
        [1, 2, 2],
        [2, 4, 4],
      ]),
      0.4,
    );
    // The first principal component is the path: 6 long, from its middle.
    for (let i = 0; i < tube.length; i += 3) {
      expect(Math.hypot(tube[i + 1], tube[i + 2])).toBeCloseTo(0.4, 6);
      const t = TS[Math.floor(i / 3 / AROUND)];
      expect(tube[i]).toBeCloseTo(6 * (t - 0.5), 5);
    }
  });

  test("is closed around, and its triangles turn outwards alike", () => {
    const [n, around] = [5, 6];
    const index = tubeTriangles(n, around);
    expect(index.length).toBe(6 * (n - 1) * around);
    // Euler: every inner edge belongs to two triangles, in both directions; those of the two end rings to one.
    const edges = new Map<string, number>();
    for (let i = 0; i < index.length; i += 3) {
      for (let k = 0; k < 3; k++) {
        const edge = `${index[i + k]}-${index[i + ((k + 1) % 3)]}`;
        edges.set(edge, (edges.get(edge) ?? 0) + 1);
      }
    }
    expect([...edges.values()].every((count) => count === 1)).toBe(true);
    const free = [...edges.keys()].filter((edge) => !edges.has(edge.split("-").reverse().join("-")));
    expect(free).toHaveLength(2 * around);
  });

  test("in a plane is a strip", () => {
    const { centres, normals } = seen(
      bezierThrough([
        [0, 0],
        [1, 2],
        [3, 0],
      ]),
    );
    const out = new Float32Array(TS.length * 4 * 3);
    tubePositions({ centres, first: normalOf(normals, 1, 1) }, 0.5, 4, out);
    expect([...out].filter((_, at) => at % 3 === 2).every((z) => z === 0)).toBe(true);
    expect(Math.hypot(out[0] - centres[0], out[1] - centres[1])).toBeCloseTo(0.5, 6);
    expect(widestPair(normals, 1)).toEqual([1]);
  });
});

describe("the projection onto principal components", () => {
  test("keeps the distances of a path of three dimensions, and falls in extent from axis to axis", () => {
    const curve = bezierThrough([
      [1, -3, 0],
      [-3, 3, 3],
      [3, 3, -3],
      [-1, -3, 0],
    ]);
    const { places, centres, projection } = seen(curve);
    for (const [i, j] of [
      [0, 60],
      [13, 97],
    ]) {
      const apart = (rows: ArrayLike<number>) =>
        Math.hypot(...[0, 1, 2].map((d) => rows[3 * i + d] - rows[3 * j + d]));
      expect(apart(centres)).toBeCloseTo(apart(places), 5);
    }
    expect(projection.shares[0]).toBeGreaterThan(projection.shares[1]);
    expect(projection.shares[1]).toBeGreaterThan(projection.shares[2]);
    expect(projection.shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test("never lengthens what it shows of more dimensions, and has orthonormal axes", () => {
    const { projection } = seen(
      bezierThrough([
        [0, 0, 0, 0, 1],
        [1, 0, 2, 0, 0],
        [1, 1, 0, 1, 3],
        [0, 2, 1, 1, 0],
        [2, 2, 0, 2, 1],
        [3, 0, 1, 2, 0],
      ]),
    );
    projection.axes.forEach((a, i) => {
      projection.axes.forEach((b, j) => {
        expect(a.reduce((sum, x, d) => sum + x * b[d], 0)).toBeCloseTo(i === j ? 1 : 0, 9);
      });
    });
    const vector = Float64Array.of(1, -2, 0.5, 3, -1);
    const short = projected(projection, vector, { direction: true });
    expect(Math.hypot(...short)).toBeLessThanOrEqual(Math.hypot(...vector));
  });
});

test("the pair of normals that is seen best lies across the line of sight", () => {
  // Three normals, of which the third is not seen at all: its direction is not in the picture.
  const normals = Float32Array.of(0, 1, 0, 0, 0.2, 0, 0, 0, 1);
  expect(widestPair(normals, 3)).toEqual([1, 3]);
});
