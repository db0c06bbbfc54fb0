import { expect, test } from "vitest";
import { thingNear } from "./near.ts";

const curve = {
  name: "curve",
  dashed: false,
  x: [0, 1, 2],
  y: [0, 1, 0],
  offPlane: 0.4,
  distances: [0, 0.4, 0],
};
const optimum = { label: "optimum 1", x: 0, y: 0, offPlane: 0, values: {} };

test("a place on a path has its t and its own distance from the plane", () => {
  const near = thingNear({ points: [optimum], paths: [curve] }, 0.6, 0.4, 0.2)!;
  expect(near.path).toBe(curve);
  expect(near).toMatchObject({ x: 0.5, y: 0.5, t: 0.25, offPlane: 0.2 });
});

test("a marked point comes before a path, and nothing is near where nothing is", () => {
  expect(thingNear({ points: [optimum], paths: [curve] }, 0.1, 0.1, 0.2)?.point).toBe(optimum);
  expect(thingNear({ points: [optimum], paths: [curve] }, 1, 0.2, 0.2)).toBeUndefined();
});

test("a lifted pen leaves no path", () => {
  const broken = { ...curve, x: [0, Number.NaN, 2], y: [0, Number.NaN, 0] };
  expect(thingNear({ points: [], paths: [broken] }, 0.5, 0.5, 0.2)).toBeUndefined();
});

test("a run that knows the largest distance only says that", () => {
  const old = { name: "curve", dashed: false, x: [0, 1], y: [0, 0], offPlane: 0.3 };
  expect(thingNear({ points: [], paths: [old] }, 0.5, 0, 0.1)?.offPlane).toBe(0.3);
});
