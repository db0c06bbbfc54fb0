import { describe, expect, it } from "vitest";
import { allocateVector, Rng } from "../engine/index.ts";
import { leafViews, mlp } from "../model/index.ts";
import { isPath, line, neuralCurve, neuralParts, Span, simplex, trunkSize } from "../subspace/index.ts";
import {
  type PlaneScene,
  sceneOfComponents,
  sceneOfDirections,
  sceneOfPath,
  sceneOfVertices,
  sceneWithOptimum,
  subjectOf,
} from "./index.ts";

const rng = Rng.fromSeed(5);
const { layout } = mlp([6, 4, 3]);
const D = layout.size;
const SIZE = { points: 5, margin: 0.2 };
const LABELS = ["a", "b", "c"];

function drawn(name: string): Float32Array {
  const v = allocateVector(D);
  v.set(rng.split(name).normal(D));
  return v;
}

/** A curve with coefficients of their own for each layer and shared biases. */
function curve(rectified: boolean) {
  const trunk = { widths: [3, 4], activation: "tanh" as const, rectified, constantGroup: true };
  const own = { ...trunk, trunks: [] as number[][] };
  own.trunks = ["one", "two"].map((name) => [...rng.split(name).normal(trunkSize(trunk))]);
  const anchors = Array.from({ length: 5 }, (_, i) => drawn(`anchor ${i}`));
  return { span: new Span(anchors, neuralParts(layout, own)), map: neuralCurve(own) };
}

const minus = (a: ArrayLike<number>, b: ArrayLike<number>) => Float64Array.from(a, (x, i) => x - b[i]);
const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const length = (a: Float64Array) => Math.sqrt(product(a, a));

function pointOf({ span }: PlaneScene, c: Float64Array): Float64Array {
  const theta = allocateVector(D);
  span.point(c, theta);
  return Float64Array.from(theta);
}

/** The plane's frame from three of its points, in all D numbers. */
function frameOf(scene: PlaneScene) {
  const at = (x: number, y: number) => pointOf(scene, scene.plane.map.at([x, y]));
  const origin = at(0, 0);
  return { origin, u: minus(at(1, 0), origin), v: minus(at(0, 1), origin) };
}

/** What `coordinates` says, from the vectors themselves. */
function placed(scene: PlaneScene, c: Float64Array) {
  const { origin, u, v } = frameOf(scene);
  const d = minus(pointOf(scene, c), origin);
  const [x, y] = [product(d, u), product(d, v)];
  const rest = d.map((value, i) => value - x * u[i] - y * v[i]);
  return { x, y, offPlane: length(rest) };
}

describe("a plane has orthonormal axes, and overlays stand where their vectors project to", () => {
  const optimum = drawn("optimum");
  const own = curve(false);
  if (!isPath(own.map)) throw new Error("a neural curve is a path");
  const scenes: [string, PlaneScene][] = [
    ["ends and middle of a neural curve", sceneOfPath(own.span, own.map, LABELS, SIZE)],
    ["a neural curve and an optimum", sceneWithOptimum({ ...own, map: own.map }, optimum, LABELS, SIZE)],
    ["components of a neural curve", sceneOfComponents(own, LABELS, SIZE)],
    [
      "vertices of a tetrahedron",
      sceneOfVertices({ span: new Span(["p", "q", "r", "s"].map(drawn)), map: simplex(3) }, [3, 1, 0], SIZE),
    ],
    [
      "random directions from a line",
      sceneOfDirections({ span: new Span(["p", "q"].map(drawn)), map: line() }, "middle", {
        layout,
        rng,
        extent: 1,
        points: 5,
      }),
    ],
  ];
  it.each(scenes)("%s", (_, scene) => {
    const { u, v } = frameOf(scene);
    expect(length(u)).toBeCloseTo(1, 5);
    expect(length(v)).toBeCloseTo(1, 5);
    expect(product(u, v)).toBeCloseTo(0, 5);
    const shown = [
      ...scene.points.map(({ c }) => c),
      ...scene.paths.flatMap(({ c }) => [c[0], c[Math.floor(c.length / 3)]]),
      ...scene.samples.flatMap(({ c }) => c.slice(3, 6)),
    ];
    for (const c of shown) {
      if (!c) continue;
      const expected = placed(scene, c);
      const got = scene.plane.coordinates(c);
      for (const key of ["x", "y", "offPlane"] as const) expect(got[key]).toBeCloseTo(expected[key], 3);
    }
  });

  it("the optimum lies at (some x, dy), the ends on the x axis", () => {
    const [, scene] = scenes[1];
    const [start, end, far] = scene.points.map(({ c }) => scene.plane.coordinates(c));
    expect(start.x).toBeCloseTo(0, 4);
    expect(end.x).toBeCloseTo(scene.plane.dx, 4);
    expect(end.y).toBeCloseTo(0, 4);
    expect(far.y).toBeCloseTo(scene.plane.dy, 4);
    expect(far.offPlane).toBeLessThan(1e-4);
    const values = pointOf(scene, scene.points[2].c);
    values.forEach((x, d) => {
      expect(x).toBeCloseTo(optimum[d], 5);
    });
  });
});

it("a rectified curve is replaced by points on it", () => {
  const { span, map } = curve(true);
  const theta = allocateVector(D);
  if (!isPath(map)) throw new Error("a neural curve is a path");
  span.point(map.at(0.5), theta);
  const expected = Float32Array.from(theta);
  const subject = subjectOf(span, map);
  if (!isPath(subject.map)) throw new Error("points on a curve make a path");
  subject.span.point(subject.map.at(0.5), theta);
  expect(theta).toEqual(expected);
  expect(sceneOfPath(subject.span, subject.map, LABELS, SIZE).plane.dy).toBeGreaterThan(0);
});

it("random directions are normalised filter by filter before they are made orthogonal", () => {
  const theta = drawn("optimum");
  const { map, span, plane, grid } = sceneOf(theta);
  // The norm of a filter-normalised direction is that of the weights, biases left out.
  const views = leafViews(layout, theta);
  const weights = Math.hypot(...views[0], ...views[2]);
  expect(plane.dx).toBeCloseTo(weights, 4);
  expect(plane.dy).toBeLessThan(weights);
  expect(grid.xs[4]).toBeCloseTo(2 * plane.dx, 10);
  const moved = allocateVector(D);
  span.point(map.at([plane.dx, 0]), moved);
  const rows = leafViews(layout, moved)[0].map((x, i) => x - views[0][i]);
  for (let row = 0; row < 4; row++) {
    const part = (v: Float32Array) => Math.hypot(...v.subarray(6 * row, 6 * row + 6));
    expect(part(rows)).toBeCloseTo(part(views[0]), 4);
  }
});

function sceneOf(theta: Float32Array) {
  const subject = { span: Span.of([theta]), map: simplex(0) };
  const scene = sceneOfDirections(subject, "optimum", { layout, rng, extent: 2, points: 5 });
  return { ...scene, map: scene.plane.map };
}

it("points on a line have no second component", () => {
  const subject = { span: new Span(["p", "q"].map(drawn)), map: line() };
  expect(() => sceneOfComponents(subject, LABELS, SIZE)).toThrow("lie on a line");
});
