import { describe, expect, test } from "vitest";
import { allocateVector, axpy, combine, dot, dots, Rng, releaseVector } from "../../engine/index.ts";
import { randomOrthonormal } from "./orthonormal.ts";
import { AxisShortSpace, TurnedShortSpace } from "./short-space.ts";
import { WedgeLandscape } from "./wedge-landscape.ts";
import type { WedgeSpec } from "./wedge-spec.ts";

const rng = Rng.fromSeed(7);

function vectorOf(values: ArrayLike<number>): Float32Array {
  const vector = allocateVector(values.length);
  vector.set(values);
  return vector;
}

const lossAt = async (landscape: WedgeLandscape, theta: Float32Array) =>
  (await landscape.evaluateSeveral(1, (_, point) => point.set(theta))).loss[0];

/** Every set of s of D numbers. */
function subsets(D: number, s: number): number[][] {
  if (s === 0) return [[]];
  if (D < s) return [];
  return [...subsets(D - 1, s), ...subsets(D - 1, s - 1).map((set) => [...set, D - 1])];
}

const ALL: WedgeSpec = { kind: "all-tuples", dimension: 200, short: 20, seed: 1 };
const AXES: WedgeSpec = { kind: "axes", dimension: 200, short: 20, wedges: 5, seed: 1 };
const ROTATED: WedgeSpec = { ...AXES, kind: "rotated" };

describe("all tuples", () => {
  test("the loss is the smallest distance to any of the C(D, s) wedges", async () => {
    for (const D of [2, 3, 5, 8, 10]) {
      for (let s = 1; s <= D; s++) {
        for (const halfWidth of [0, 0.3]) {
          using landscape = new WedgeLandscape({
            kind: "all-tuples",
            dimension: D,
            short: s,
            halfWidth,
            objective: "distance",
            seed: 0,
          });
          const theta = vectorOf(
            rng
              .split("brute")
              .foldIn(100 * D + s)
              .normal(D),
          );
          const e = Math.fround(halfWidth);
          // The kernel shrinks in float32.
          const outside = (x: number) => Math.fround(Math.max(0, Math.abs(x) - e));
          const distances = subsets(D, s).map((set) =>
            Math.sqrt(set.reduce((sum, i) => sum + outside(theta[i]) ** 2, 0)),
          );
          expect(Math.abs((await lossAt(landscape, theta)) - Math.min(...distances))).toBeLessThan(1e-12);
        }
      }
    }
  });

  test("equal magnitudes count as often as they fit", async () => {
    using landscape = new WedgeLandscape({
      kind: "all-tuples",
      dimension: 5,
      short: 3,
      objective: "distance",
      seed: 0,
    });
    const theta = vectorOf([2, -1, 2, -2, 2]);
    const gradient = allocateVector(5);
    expect(await landscape.gradient(theta, gradient)).toBe(3);
    expect([...gradient].filter((g) => g !== 0)).toHaveLength(3);
  });

  test("the mean loss of Gaussian points is the closed form", async () => {
    // E L² = D σ² (q − 2 t φ(t)) with t = Φ⁻¹((1 + q) / 2); values from tables of the normal distribution.
    const cases = [
      { D: 1000, s: 100, t: 0.125661346855 },
      { D: 1000, s: 500, t: 0.674489750196 },
    ];
    for (const { D, s, t } of cases) {
      using landscape = new WedgeLandscape({
        kind: "all-tuples",
        dimension: D,
        short: s,
        objective: "distance",
        seed: 0,
      });
      const phi = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
      const expected = D * (s / D - 2 * t * phi);
      const points = 400;
      const { loss } = await landscape.evaluateSeveral(points, (p, theta) =>
        theta.set(rng.split(`mean ${s}`).foldIn(p).normal(D)),
      );
      const squares = loss.map((l) => l * l);
      const mean = squares.reduce((a, b) => a + b) / points;
      const variance = squares.reduce((a, b) => a + (b - mean) ** 2, 0) / (points - 1);
      expect(Math.abs(mean - expected)).toBeLessThan(3 * Math.sqrt(variance / points));
    }
  });

  test("behind a rotation it is the loss of the rotated point", async () => {
    const spec: WedgeSpec = { ...ALL, turned: true, objective: "distance" };
    using turned = new WedgeLandscape(spec);
    using straight = new WedgeLandscape({ ...ALL, objective: "distance" });
    const R = randomOrthonormal(200, 200, Rng.fromSeed(1).split("wedges").split("rotation"));
    const theta = vectorOf(rng.split("turned").normal(200));
    const rotated = vectorOf(Float32Array.from(dots(R, theta)));
    expect(await lossAt(turned, theta)).toBeCloseTo(await lossAt(straight, rotated), 12);
    const [g, h, back] = [allocateVector(200), allocateVector(200), allocateVector(200)];
    await turned.gradient(theta, g);
    await straight.gradient(rotated, h);
    combine(back, R, h);
    for (let i = 0; i < 200; i++) expect(Math.abs(g[i] - back[i])).toBeLessThan(1e-6);
    using space = turned.shortSpace(theta);
    const along = space.coordinates(theta);
    expect(Math.sqrt(along.reduce((a, x) => a + x * x, 0))).toBeCloseTo(await lossAt(turned, theta), 5);
  });
});

describe.each([
  ["all tuples", ALL],
  ["turned tuples", { ...ALL, turned: true }],
  ["axes", AXES],
  ["rotated", ROTATED],
  ["rotated, of some width", { ...ROTATED, halfWidth: 0.1 }],
] as [string, WedgeSpec][])("%s", (_, spec) => {
  test("the gradient has length 1 and is that of finite differences", async () => {
    using landscape = new WedgeLandscape({ ...spec, objective: "distance" });
    const theta = vectorOf(rng.split("gradient").normal(200));
    const g = allocateVector(200);
    expect(await landscape.gradient(theta, g)).toBe(await lossAt(landscape, theta));
    expect(dot(g, g)).toBeCloseTo(1, 5);
    const direction = vectorOf(
      rng
        .split("direction")
        .normal(200)
        .map((x) => x / 30),
    );
    axpy(direction, 1, g);
    const h = 1e-3;
    const { loss } = await landscape.evaluateSpan([theta, direction], Float64Array.of(1, h, 1, -h));
    expect((loss[0] - loss[1]) / (2 * h)).toBeCloseTo(dot(g, direction), 3);
  });

  test("the Hessian of half the square projects onto s short directions", async () => {
    using landscape = new WedgeLandscape(spec);
    const theta = vectorOf(rng.split("hessian").normal(200));
    const [v, once, twice] = [vectorOf(rng.split("v").normal(200)), allocateVector(200), allocateVector(200)];
    await landscape.hessianProducts(theta, [v], [once]);
    await landscape.hessianProducts(theta, [once], [twice]);
    for (let i = 0; i < 200; i++) expect(Math.abs(twice[i] - once[i])).toBeLessThan(1e-6);
    // Along its gradient, half a squared distance has curvature 1.
    const [g, product] = [allocateVector(200), allocateVector(200)];
    await landscape.gradient(theta, g);
    await landscape.hessianProducts(theta, [g], [product]);
    expect(dot(g, product) / dot(g, g)).toBeCloseTo(1, 5);
    if (spec.halfWidth) return;
    using space = landscape.shortSpace(theta);
    const directions = space.directions();
    expect(directions).toHaveLength(20);
    for (const direction of directions) {
      await landscape.hessianProducts(theta, [direction], [product]);
      axpy(product, -1, direction);
      expect(Math.sqrt(dot(product, product))).toBeLessThan(1e-5);
    }
    releaseVector(...directions);
  });

  test("a descent of step 1 on half the square ends on a wedge", async () => {
    using landscape = new WedgeLandscape(spec);
    const theta = vectorOf(rng.split("descent").normal(200));
    const g = allocateVector(200);
    const before = await landscape.gradient(theta, g);
    axpy(theta, -1, g);
    expect(before).toBeGreaterThan(1e-3);
    expect(await lossAt(landscape, theta)).toBeLessThan(1e-12);
  });
});

test("the distance grows in proportion to the radius", async () => {
  for (const spec of [ALL, AXES, ROTATED]) {
    using landscape = new WedgeLandscape({ ...spec, objective: "distance" });
    const theta = vectorOf(rng.split("radius").normal(200));
    const { loss } = await landscape.evaluateSpan([theta], Float64Array.of(1, 2, -0.5));
    expect(loss[1] / loss[0]).toBeCloseTo(2, 12);
    expect(loss[2] / loss[0]).toBeCloseTo(0.5, 12);
  }
});

test("the Hessian of a distance is that of finite differences of its gradient", async () => {
  using landscape = new WedgeLandscape({ ...ROTATED, objective: "distance" });
  const theta = vectorOf(rng.split("distance hessian").normal(200));
  const v = vectorOf(rng.split("distance v").normal(200));
  const [moved, up, down, product] = [0, 1, 2, 3].map(() => allocateVector(200));
  const h = 1e-2;
  combine(moved, [theta, v], [1, h]);
  await landscape.gradient(moved, up);
  combine(moved, [theta, v], [1, -h]);
  await landscape.gradient(moved, down);
  await landscape.hessianProducts(theta, [v], [product]);
  for (let i = 0; i < 200; i++) expect(Math.abs((up[i] - down[i]) / (2 * h) - product[i])).toBeLessThan(1e-3);
});

test("descent on the distance takes L0 / η steps and keeps its short directions", async () => {
  using landscape = new WedgeLandscape({
    kind: "all-tuples",
    dimension: 1000,
    short: 100,
    objective: "distance",
    seed: 0,
  });
  const theta = vectorOf(rng.split("steps").normal(1000));
  const g = allocateVector(1000);
  const eta = 0.01;
  const start = await landscape.gradient(theta, g);
  const active = new Set([...g].flatMap((x, i) => (x === 0 ? [] : [i])));
  let steps = 0;
  for (; (await landscape.gradient(theta, g)) > eta; steps++) axpy(theta, -eta, g);
  expect(Math.abs(steps - start / eta)).toBeLessThanOrEqual(1);
  g.forEach((x, i) => {
    if (x !== 0) expect(active.has(i)).toBe(true);
  });
});

test("from a start to its optimum the distance falls linearly", async () => {
  for (const spec of [ALL, AXES]) {
    using landscape = new WedgeLandscape({ ...spec, objective: "distance" });
    using descent = new WedgeLandscape(spec);
    // Numbers of few digits, so that points on the line are exact in float32.
    const start = vectorOf(
      rng
        .split("line")
        .normal(200)
        .map((x) => Math.round(x * 1024) / 1024),
    );
    const optimum = vectorOf(start);
    const g = allocateVector(200);
    await descent.gradient(start, g);
    axpy(optimum, -1, g);
    const alphas = Array.from({ length: 65 }, (_, k) => k / 64);
    const { loss } = await landscape.evaluateSpan(
      [start, optimum],
      Float64Array.from(alphas.flatMap((a) => [1 - a, a])),
    );
    alphas.forEach((a, k) => {
      expect(Math.abs(loss[k] - (1 - a) * loss[0])).toBeLessThan(1e-9);
    });
  }
});

test("random directions from a wedge see a well: sqrt(L0² + a² s / D)", async () => {
  // D = 1000, s = 50, K = 20 at L0 = 0.571 ("Large Scale Structure", section 3.3, for an explicit landscape).
  using landscape = new WedgeLandscape({
    kind: "axes",
    dimension: 1000,
    short: 50,
    wedges: 20,
    objective: "distance",
    seed: 3,
  });
  using squared = new WedgeLandscape({ ...landscape.spec, objective: "half-square" });
  const theta = vectorOf(rng.split("well").normal(1000));
  const g = allocateVector(1000);
  const far = await landscape.gradient(theta, g);
  await squared.gradient(theta, g);
  axpy(theta, -(1 - 0.571 / far), g);
  const L0 = await lossAt(landscape, theta);
  expect(L0).toBeCloseTo(0.571, 4);
  const directions = Array.from({ length: 400 }, (_, k) => {
    const v = vectorOf(rng.split("wells").foldIn(k).normal(1000));
    combine(v, [v], [1 / Math.sqrt(dot(v, v))]);
    return v;
  });
  for (const a of [1, 4, 8, 16]) {
    const { loss } = await landscape.evaluateSeveral(400, (p, point) =>
      combine(point, [theta, directions[p]], [1, a]),
    );
    const mean = loss.reduce((x, y) => x + y) / 400;
    expect(Math.abs(mean / Math.sqrt(L0 ** 2 + (a * a * 50) / 1000) - 1)).toBeLessThan(0.03);
  }
  releaseVector(...directions);
});

test("optima average to an optimum on one wedge, and to about a random point on different ones", async () => {
  // K = 20, D = 1000, s = 50, six optima (section 4.5).
  const toy: WedgeSpec = {
    kind: "axes",
    dimension: 1000,
    short: 50,
    wedges: 20,
    objective: "distance",
    seed: 3,
  };
  const optimumOn = ({ spaces }: WedgeLandscape, wedge: number, draws: Rng) => {
    const theta = vectorOf(draws.normal(1000));
    spaces[wedge].addCombination(theta, spaces[wedge].coordinates(theta), -1);
    return theta;
  };
  const lossOfMean = async (landscape: WedgeLandscape, optima: Float32Array[], factor: number) => {
    const mean = allocateVector(1000);
    combine(mean, optima, new Array(optima.length).fill(factor / optima.length));
    const loss = await lossAt(landscape, mean);
    releaseVector(mean, ...optima);
    return loss;
  };
  const six = [0, 1, 2, 3, 4, 5];
  for (const kind of ["axes", "rotated"] as const) {
    using landscape = new WedgeLandscape({ ...toy, kind });
    const optima = six.map((k) => optimumOn(landscape, 7, rng.split("one wedge").foldIn(k)));
    expect(await lossOfMean(landscape, optima, 1)).toBeLessThan(1e-5);
  }
  using landscape = new WedgeLandscape(toy);
  const losses: number[] = [];
  for (let r = 0; r < 30; r++) {
    const optima = six.map((k) => optimumOn(landscape, k, rng.split("wedges").foldIn(6 * r + k)));
    // The mean of six nearly orthogonal optima is √6 times shorter; it is compared at their radius.
    losses.push(await lossOfMean(landscape, optima, Math.sqrt(6)));
  }
  const mean = losses.reduce((a, b) => a + b) / losses.length;
  expect(mean).toBeGreaterThan(5.2);
  expect(mean).toBeLessThan(5.6);
});

/** Means over pairs of optima: of the loss at the start of a descent, and in the middle of the line between two ends. */
async function barriers(spec: WedgeSpec, pairs: number, apart: boolean) {
  using landscape = new WedgeLandscape({ ...spec, objective: "distance" });
  using descent = new WedgeLandscape(spec);
  const g = allocateVector(spec.dimension);
  const [starts, middles]: number[][] = [[], []];
  for (let k = 0; middles.length < pairs; k++) {
    const optima: Float32Array[] = [];
    for (const end of [0, 1]) {
      const theta = vectorOf(
        rng
          .split("barrier")
          .foldIn(2 * k + end)
          .normal(spec.dimension),
      );
      starts.push(await lossAt(landscape, theta));
      await descent.gradient(theta, g);
      axpy(theta, -1, g);
      optima.push(theta);
    }
    const { loss } = await landscape.evaluateSpan(optima, Float64Array.of(0.5, 0.5));
    // Two optima on one wedge have no barrier between them.
    if (!apart || landscape.nearest(optima[0]) !== landscape.nearest(optima[1])) middles.push(loss[0]);
    releaseVector(...optima);
  }
  releaseVector(g);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  return { start: mean(starts), middle: mean(middles) };
}

test("a straight line between optima of all tuples has a plateau of L0 / √2", async () => {
  const { start, middle } = await barriers(
    { kind: "all-tuples", dimension: 1000, short: 50, seed: 0 },
    40,
    false,
  );
  expect(Math.abs(middle / start - Math.SQRT1_2)).toBeLessThan(0.03);
});

test("a straight line between optima on two rotated wedges has a barrier of √(s (1 − s / D)) / 2", async () => {
  const spec: WedgeSpec = { kind: "rotated", dimension: 500, short: 100, wedges: 10, seed: 0 };
  const { middle } = await barriers(spec, 20, true);
  expect(Math.abs(middle / (Math.sqrt(100 * 0.8) / 2) - 1)).toBeLessThan(0.05);
});

test("the intersection of m + 1 wedges is reached, where (m + 1) s directions are short", async () => {
  using landscape = new WedgeLandscape({ kind: "rotated", dimension: 400, short: 20, wedges: 4, seed: 2 });
  const common = landscape.intersection([0, 1, 3]);
  const theta = vectorOf(rng.split("common").normal(400));
  const g = allocateVector(400);
  for (let step = 0; step < 400; step++) {
    await common.gradient(theta, g);
    axpy(theta, -0.7, g);
  }
  const distances = landscape.distances(theta);
  for (const k of [0, 1, 3]) expect(distances[k]).toBeLessThan(1e-5);
  expect(distances[2]).toBeGreaterThan(1);
  // The trace of a sum of three projections of rank s.
  let trace = 0;
  const [v, product] = [allocateVector(400), allocateVector(400)];
  for (let i = 0; i < 400; i++) {
    v.fill(0);
    v[i] = 1;
    await common.hessianProducts(theta, [v], [product]);
    trace += product[i];
  }
  expect(trace).toBeCloseTo(60, 4);
});

test("a short space is the same in both forms", () => {
  const indices = Int32Array.of(1, 4, 7);
  using axes = new AxisShortSpace(indices, 10);
  using turned = new TurnedShortSpace(axes.directions());
  const theta = vectorOf(rng.split("forms").normal(10));
  expect([...turned.coordinates(theta)]).toEqual([...axes.coordinates(theta)]);
  const [a, b] = [allocateVector(10), allocateVector(10)];
  axes.addCombination(a, [1, 2, 3], 0.5);
  turned.addCombination(b, [1, 2, 3], 0.5);
  expect([...b]).toEqual([...a]);
});

test.each([
  [{ ...ALL, short: 201 }, "201 short directions of 200"],
  [{ ...ALL, dimension: 1 }, "in 1 dimensions"],
  [{ ...ALL, wedges: 3 }, "leave their number, 3, out"],
  [{ ...ALL, dimension: 20_000, turned: true }, "at most 2000"],
  [{ ...AXES, wedges: undefined }, "No wedges"],
  [{ ...AXES, turned: true }, "take the kind rotated"],
  [{ ...AXES, halfWidth: -1 }, "half width -1"],
] as [WedgeSpec, string][])("bad wedges are refused", (spec, message) => {
  expect(() => new WedgeLandscape(spec)).toThrow(message);
});

test("what all tuples have none of is refused", () => {
  using landscape = new WedgeLandscape(ALL);
  const theta = vectorOf(rng.normal(200));
  expect(() => landscape.distances(theta)).toThrow("not stored");
  expect(() => landscape.intersection([0])).toThrow("There is no wedge 0");
});
