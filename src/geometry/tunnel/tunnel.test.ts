import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { bezier } from "../../subspace/index.ts";
import { gramOf, pathLength } from "../index.ts";
import { CURVES, helixMap } from "./curves.reference.ts";
import {
  type AmbientSpace,
  affineSpan,
  frameRows,
  lineSpace,
  publishedFrame,
  type SpanMetric,
  spanPositions,
  tunnelSpace,
  volumeSpace,
} from "./index.ts";
import { moveTo, pathPoint, placedPath, positionOf } from "./placed-path.ts";

function spanOf(K: number, metric: SpanMetric = "published") {
  const numbers = Rng.fromSeed(K).normal((K + 1) * 30);
  return affineSpan(
    gramOf(Array.from({ length: K + 1 }, (_, i) => numbers.subarray(i * 30, (i + 1) * 30))),
    metric,
  );
}

/** n positions with t in the range and ξ of the size of the published prior. */
function positionsIn({ dimension, kind }: AmbientSpace, n: number): Float64Array {
  const xi = Rng.fromSeed(5).normal(n * dimension);
  const t = Rng.fromSeed(6).uniform64(n);
  return Float64Array.from(xi, (x, at) =>
    kind !== "volume" && at % dimension === 0 ? -0.1 + 1.2 * t[at / dimension] : 0.5 * x,
  );
}

/** A smooth function of the coefficients, and its gradient. */
const score = (c: Float64Array) => c.reduce((sum, x, i) => sum + Math.sin((i + 1) * x) + x * x * i, 0);
const scoreGradient = (c: Float64Array) => c.map((x, i) => (i + 1) * Math.cos((i + 1) * x) + 2 * x * i);

/** Derivatives of a function of n positions, of which each value depends on its own position. */
function differences(
  f: (positions: Float64Array) => Float64Array,
  positions: Float64Array,
  d: number,
): Float64Array {
  const h = 1e-6;
  return positions.map((_, at) => {
    const moved = (step: number) => f(positions.map((x, e) => (e === at ? x + step : x)))[Math.floor(at / d)];
    return (moved(h) - moved(-h)) / (2 * h);
  });
}

const spaces = (K: number): [string, AmbientSpace][] => {
  const span = spanOf(K);
  const curve = placedPath(bezier(K), span.places);
  return [
    ["volume", volumeSpace(span)],
    ["line", lineSpace(span, bezier(K))],
    ["tunnel", tunnelSpace(span, bezier(K))],
    [
      "tunnel with the published frame",
      tunnelSpace(span, bezier(K), { frame: publishedFrame(curve, { grid: 2000 }) }),
    ],
    ["wide tunnel in weight space", tunnelSpace(spanOf(K, "euclidean"), bezier(K), { scale: 1 })],
  ];
};

describe.each([2, 3, 8])("ambient spaces of %i dimensions", (K) => {
  test.each(spaces(K))("%s: the chain rule is that of finite differences", (_, space) => {
    const m = K + 1;
    const lifting = space.lifting();
    const positions = positionsIn(space, 4);
    const coefficients = new Float64Array(4 * m);
    const scores = (at: Float64Array) => {
      lifting.lift(at, coefficients);
      return Float64Array.from({ length: 4 }, (_x, i) => score(coefficients.subarray(i * m, (i + 1) * m)));
    };
    const expected = differences(scores, positions, space.dimension);
    lifting.lift(positions, coefficients);
    const upstream = new Float64Array(4 * m);
    for (let i = 0; i < 4; i++) upstream.set(scoreGradient(coefficients.subarray(i * m, (i + 1) * m)), i * m);
    const gradients = new Float64Array(positions.length).fill(Number.NaN);
    lifting.pullBack(upstream, gradients);
    gradients.forEach((g, at) => {
      expect(Math.abs(g - expected[at])).toBeLessThan(1e-6 * (1 + Math.abs(g)));
    });
    for (let i = 0; i < 4; i++) {
      expect(coefficients.subarray(i * m, (i + 1) * m).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 11);
    }
  });

  test.each(spaces(K))(
    "%s: the logarithms have the gradients of finite differences and are added",
    (_, space) => {
      const lifting = space.lifting();
      const positions = positionsIn(space, 4);
      const coefficients = new Float64Array(4 * (K + 1));
      for (const add of ["addLogVolume", "addLogArcDensity"] as const) {
        const values = (at: Float64Array) => {
          const result = new Float64Array(4);
          lifting.lift(at, coefficients);
          lifting[add](result, new Float64Array(at.length));
          return result;
        };
        const expected = differences(values, positions, space.dimension);
        const plain = values(positions);
        const [sums, gradients] = [new Float64Array(4).fill(2), new Float64Array(positions.length).fill(3)];
        lifting[add](sums, gradients);
        sums.forEach((sum, i) => {
          expect(sum).toBeCloseTo(plain[i] + 2, 12);
        });
        gradients.forEach((g, at) => {
          expect(Math.abs(g - 3 - expected[at])).toBeLessThan(1e-5 * (1 + Math.abs(g)));
        });
      }
    },
  );

  test.each(spaces(K).slice(2))("%s: the volume is the determinant of its Jacobian", (_, space) => {
    const positions = positionsIn(space, 5);
    const logs = new Float64Array(5);
    const lifting = space.lifting();
    lifting.lift(positions, new Float64Array(5 * (K + 1)));
    lifting.addLogVolume(logs, new Float64Array(positions.length));
    const h = 1e-6;
    for (let i = 0; i < 5; i++) {
      const position = positions.subarray(i * K, (i + 1) * K);
      const columns = Array.from(position, (_x, j) => {
        const moved = (step: number) =>
          spanPositions(
            space,
            position.map((x, e) => (e === j ? x + step : x)),
          );
        const [after, before] = [moved(h), moved(-h)];
        return Array.from(after, (x, d) => (x - before[d]) / (2 * h));
      });
      expect(logs[i]).toBeCloseTo(Math.log(Math.abs(determinant(columns))), 5);
    }
  });
});

function determinant(rows: number[][]): number {
  const matrix = rows.map((row) => [...row]);
  let product = 1;
  for (let i = 0; i < matrix.length; i++) {
    const pivot = matrix
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(matrix[best][i]) ? k + i : best), i);
    if (pivot !== i) {
      [matrix[i], matrix[pivot]] = [matrix[pivot], matrix[i]];
      product = -product;
    }
    product *= matrix[i][i];
    for (let k = i + 1; k < matrix.length; k++) {
      const factor = matrix[k][i] / matrix[i][i];
      matrix[k] = matrix[k].map((x, j) => x - factor * matrix[i][j]);
    }
  }
  return product;
}

describe("a tunnel", () => {
  test("lies at the path plus the scaled offset along the rows of its frame", () => {
    const K = 5;
    const span = spanOf(K);
    const tunnel = tunnelSpace(span, bezier(K), { scale: 0.3 });
    const curve = placedPath(bezier(K), span.places);
    const position = Float64Array.of(0.42, 0.1, -0.4, 0.7, 0.2);
    const { rows } = frameRows(tunnel.frame, [0.42]);
    const base = positionOf(curve, moveTo(curve, 0.42, pathPoint(curve)));
    const expected = base.map((x, d) => {
      let offset = 0;
      for (let i = 1; i < K; i++) offset += position[i] * rows[i * K + d];
      return x + 0.3 * offset;
    });
    spanPositions(tunnel, position).forEach((x, d) => {
      expect(x).toBeCloseTo(expected[d], 13);
    });
  });

  test("with ξ = 0 is the line, of which the coefficients are those of the path", () => {
    const K = 4;
    const span = spanOf(K);
    const [ts, path] = [Float64Array.of(-0.1, 0.3, 1.1), bezier(K)];
    const inTunnel = Float64Array.from({ length: 3 * K }, (_, at) => (at % K === 0 ? ts[at / K] : 0));
    const [c, d] = [new Float64Array(3 * (K + 1)), new Float64Array(3 * (K + 1))];
    tunnelSpace(span, path).lifting().lift(inTunnel, c);
    lineSpace(span, path).lifting().lift(ts, d);
    ts.forEach((t, i) => {
      path.at(t).forEach((x, j) => {
        expect(d[i * (K + 1) + j]).toBe(x);
        expect(c[i * (K + 1) + j]).toBeCloseTo(x, 15);
      });
    });
  });

  test("does not depend on the signs and the order in which the span has its coordinates", () => {
    const K = 4;
    const span = spanOf(K);
    const order = [2, 0, 3, 1];
    const signs = [1, -1, -1, 1];
    const shuffle = (rows: Float64Array, columns: number, at: (row: number, column: number) => number) =>
      rows.map((_, e) => at(Math.floor(e / columns), e % columns));
    const { points } = span.places;
    const other = {
      ...span,
      places: { dimension: K, points: shuffle(points, K, (i, j) => signs[j] * points[i * K + order[j]]) },
      axes: shuffle(span.axes, K + 1, (j, i) => signs[j] * span.axes[order[j] * (K + 1) + i]),
    };
    const position = Float64Array.of(0.7, 0.5, -1, 0.25);
    const [c, d] = [new Float64Array(K + 1), new Float64Array(K + 1)];
    tunnelSpace(span, bezier(K)).lifting().lift(position, c);
    tunnelSpace(other, bezier(K)).lifting().lift(position, d);
    c.forEach((x, i) => {
      expect(x).toBeCloseTo(d[i], 12);
    });
  });

  test("around a path with fewer dimensions than anchors has as many coordinates", () => {
    const points = CURVES.b.points;
    const tunnel = tunnelSpace(affineSpan(gramOf(points), "euclidean"), bezier(3));
    expect(tunnel.dimension).toBe(2);
    const straight = tunnelSpace(affineSpan(gramOf([[0], [1], [3]]), "euclidean"), bezier(2));
    expect(straight.dimension).toBe(1);
    const c = new Float64Array(3);
    straight.lifting().lift(Float64Array.of(0.5), c);
    expect([...c]).toEqual([0.25, 0.5, 0.25]);
  });

  test("refuses what does not fit, in one sentence", () => {
    const span = spanOf(3);
    expect(() => tunnelSpace(span, bezier(4))).toThrow("The path has 5 anchors and the places are of 4");
    expect(() => tunnelSpace(span, bezier(3), { scale: 0 })).toThrow("The scale of the tunnel is 0");
    const frame = publishedFrame(placedPath(bezier(3), span.places), { range: [0, 1], grid: 100 });
    expect(() => tunnelSpace(spanOf(3), bezier(3), { frame })).toThrow(
      "The frame is of a path in another span",
    );
    expect(() => tunnelSpace(span, bezier(3), { frame, range: [-0.1, 1] })).toThrow(
      "from t = -0.1 to 1 and its frame",
    );
    const lifting = tunnelSpace(span, bezier(3)).lifting();
    expect(() => lifting.lift(new Float64Array(4), new Float64Array(4))).toThrow("4 coordinates were given");
    expect(() => lifting.lift(new Float64Array(3), new Float64Array(3))).toThrow(
      "3 coefficients were given for 4",
    );
  });

  test("lifts any number of positions as one at a time", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const tunnel = tunnelSpace(spanOf(2), bezier(2));
        const lifting = tunnel.lifting();
        for (const n of sizes) {
          const positions = positionsIn(tunnel, n);
          const [c, one] = [new Float64Array(3 * n), new Float64Array(3)];
          lifting.lift(positions, c);
          for (let i = 0; i < n; i++) {
            tunnel.lifting().lift(positions.subarray(2 * i, 2 * i + 2), one);
            expect(c.subarray(3 * i, 3 * i + 3)).toEqual(one);
          }
        }
      }),
      { numRuns: 10 },
    );
  });
});

/** Of |det ∂φ/∂λ| at each position. */
function volumes(space: AmbientSpace, positions: Float64Array): Float64Array {
  const n = positions.length / space.dimension;
  const lifting = space.lifting();
  const logs = new Float64Array(n);
  lifting.lift(positions, new Float64Array(n * space.span.map.anchors));
  lifting.addLogVolume(logs, new Float64Array(positions.length));
  return logs.map(Math.exp);
}

/** Midpoints of n cells. */
const midpoints = (from: number, to: number, n: number) =>
  Float64Array.from({ length: n }, (_, i) => from + ((to - from) * (i + 0.5)) / n);

describe("the volume of a tube", () => {
  test("around an arc of a circle is that of Pappus, also with a weight over the plane", () => {
    const [r, angle, reach] = [2, 2.5, 0.6];
    // Anchors of the arc in the plane; its affine span has coordinates of its own, so distances are from the centre.
    const span = affineSpan(
      gramOf([
        [0, 0],
        [r, 0],
        [0, r],
      ]),
      "euclidean",
    );
    const tunnel = tunnelSpace(span, helixMap(angle, true), { scale: 0.5, range: [0, 1] });
    const centre = span.places.points.subarray(0, 2);
    const [ts, xs] = [midpoints(0, 1, 200), midpoints(-reach / 0.5, reach / 0.5, 200)];
    const positions = Float64Array.from({ length: 2 * 200 * 200 }, (_, at) => {
      const i = Math.floor(at / 2);
      return at % 2 === 0 ? ts[Math.floor(i / 200)] : xs[i % 200];
    });
    const cell = (1 / 200) * ((2 * reach) / 0.5 / 200);
    const elements = volumes(tunnel, positions);
    expect(elements.reduce((a, b) => a + b, 0) * cell).toBeCloseTo(2 * reach * r * angle, 6);
    // ∫ exp(−|φ − centre|²) over the sector of a ring, in polar coordinates.
    const places = spanPositions(tunnel, positions);
    const weighted = elements.reduce(
      (sum, x, i) =>
        sum + x * Math.exp(-((places[2 * i] - centre[0]) ** 2) - (places[2 * i + 1] - centre[1]) ** 2),
      0,
    );
    const ring = (angle / 2) * (Math.exp(-((r - reach) ** 2)) - Math.exp(-((r + reach) ** 2)));
    expect(weighted * cell).toBeCloseTo(ring, 4);
  });

  test("around any curve in space is that of Weyl, π ρ² times the length", () => {
    const gram = gramOf(CURVES.f.points);
    const tunnel = tunnelSpace(affineSpan(gram, "euclidean"), bezier(3), { range: [0, 1] });
    const reach = 0.4;
    const [ts, radii, angles] = [
      midpoints(0, 1, 100),
      midpoints(0, reach / tunnel.scale, 20),
      midpoints(0, 2 * Math.PI, 16),
    ];
    const positions: number[] = [];
    const weights: number[] = [];
    for (const t of ts) {
      for (const x of radii) {
        for (const a of angles) {
          positions.push(t, x * Math.cos(a), x * Math.sin(a));
          weights.push((((x * reach) / tunnel.scale / 20) * 2 * Math.PI) / 16 / 100);
        }
      }
    }
    const volume = volumes(tunnel, Float64Array.from(positions)).reduce(
      (sum, x, i) => sum + x * weights[i],
      0,
    );
    expect(volume / (Math.PI * reach ** 2 * pathLength(bezier(3), gram))).toBeCloseTo(1, 3);
    expect(CURVES.f.length).toBeCloseTo(tunnel.arcLength, 5);
  });
});

describe("the prior that is uniform in arc length", () => {
  test.each([2, 3])("with normal ξ integrates to 1 in %i dimensions", (K) => {
    const c = 0.5;
    const tunnel = tunnelSpace(spanOf(K), bezier(K));
    const [ts, xs] = [midpoints(...tunnel.range, 150), midpoints(-6 * c, 6 * c, 25)];
    const cross =
      K === 2 ? Array.from(xs, (x) => [x]) : Array.from(xs).flatMap((x) => Array.from(xs, (y) => [x, y]));
    const positions = Float64Array.from(Array.from(ts).flatMap((t) => cross.flatMap((xi) => [t, ...xi])));
    const n = positions.length / K;
    const logs = new Float64Array(n);
    const lifting = tunnel.lifting();
    lifting.lift(positions, new Float64Array(n * (K + 1)));
    lifting.addLogArcDensity(logs, new Float64Array(positions.length));
    const cell = (1.2 / 150) * ((12 * c) / 25) ** (K - 1);
    const mass = logs.reduce((sum, log, i) => {
      const squares = cross[i % cross.length].reduce((a, x) => a + x * x, 0);
      return sum + Math.exp(log - squares / (2 * c * c)) / (2 * Math.PI * c * c) ** ((K - 1) / 2);
    }, 0);
    expect(mass * cell).toBeCloseTo(1, 4);
  });

  test("has the density of t when arc length is uniform: |B'(t)| / S", () => {
    const gram = gramOf(CURVES.a.points);
    const line = lineSpace(affineSpan(gram, "euclidean"), bezier(2), { range: [0, 1] });
    const lifting = line.lifting();
    const log = new Float64Array(1);
    lifting.lift(Float64Array.of(0), new Float64Array(3));
    lifting.addLogArcDensity(log, new Float64Array(1));
    // B'(0) = 2 (θ_1 − θ_0) = (−2, 14)
    expect(Math.exp(log[0])).toBeCloseTo(Math.hypot(2, 14) / CURVES.a.length, 6);
  });
});
