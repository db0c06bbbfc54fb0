import { describe, expect, test } from "vitest";
import { allocateVector, Rng } from "../engine/index.ts";
import { initialise, layoutOf, leafViews, lenet, mlp } from "../model/index.ts";
import { Span } from "../subspace/index.ts";
import { filterNormalise, inner, planeAlong, randomDirection } from "./index.ts";

const norm = (v: ArrayLike<number>) => Math.sqrt(Array.from(v).reduce((sum, x) => sum + x * x, 0));
const rng = Rng.fromSeed(3);

describe.each([mlp([20, 7, 3]), lenet()])("a network", (network) => {
  const { layout } = network;
  const reference = allocateVector(layout.size);
  initialise(network, reference, "pytorch", rng.split("reference"));
  const weights = layout.leaves.flatMap((leaf, k) =>
    leaf.shape.length > 1 ? [...leafViews(layout, reference)[k]] : [],
  );

  test("a filter-normalised direction has the norm of the reference's weights, filter by filter", () => {
    const direction = randomDirection(layout, rng.split("direction"));
    filterNormalise(direction, reference, layout);
    expect(norm(direction) / norm(weights)).toBeCloseTo(1, 6);
    const [moved, fixed] = [leafViews(layout, direction), leafViews(layout, reference)];
    layout.leaves.forEach(({ shape, size }, k) => {
      if (shape.length === 1) expect(norm(moved[k])).toBe(0);
      else {
        const row = size / shape[0];
        for (let i = 0; i < shape[0]; i++) {
          const part = (v: Float32Array) => norm(v.subarray(i * row, (i + 1) * row));
          expect(part(moved[k]) / part(fixed[k])).toBeCloseTo(1, 5);
        }
      }
    });
  });

  test("with scaled biases it has the norm of the whole reference", () => {
    const direction = randomDirection(layout, rng.split("direction"));
    filterNormalise(direction, reference, layout, { biases: "scaled" });
    expect(norm(direction) / norm(reference)).toBeCloseTo(1, 6);
  });

  test("rows keep their direction", () => {
    const [before, after] = [0, 0].map(() => randomDirection(layout, rng.split("direction")));
    filterNormalise(after, reference, layout);
    const { shape, size } = layout.leaves[0];
    const length = size / shape[0];
    const ratio = after[0] / before[0];
    for (let i = 1; i < length; i++) expect(after[i] / before[i] / ratio).toBeCloseTo(1, 5);
  });
});

const layout = layoutOf([
  { name: "fc1.weight", shape: [200, 300] },
  { name: "fc1.bias", shape: [200] },
]);

test("a random direction is standard normal, the same for the same stream, and another for another", () => {
  const direction = randomDirection(layout, rng.split("a"));
  const D = layout.size;
  // Mean, variance and fourth moment within five standard errors.
  const moment = (k: number) => direction.reduce((sum, x) => sum + x ** k, 0) / D;
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(D));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / D));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / D));
  expect(randomDirection(layout, rng.split("a"))).toEqual(direction);
  const other = randomDirection(layout, rng.split("b"));
  const cosine = direction.reduce((sum, x, i) => sum + x * other[i], 0) / norm(direction) / norm(other);
  expect(Math.abs(cosine)).toBeLessThan(5 / Math.sqrt(D));
});

test("where the reference has no weights the direction has none", () => {
  const reference = allocateVector(layout.size);
  reference.fill(1, 300, 600);
  const direction = randomDirection(layout, rng);
  filterNormalise(direction, reference, layout);
  expect(norm(direction.subarray(0, 300))).toBe(0);
  expect(norm(direction)).toBeCloseTo(Math.sqrt(300), 4);
});

test("two of them make an orthonormal plane after they are normalised", () => {
  const reference = randomDirection(layout, rng.split("reference"));
  const directions = ["x", "y"].map((name) => randomDirection(layout, rng.split(name)));
  for (const direction of directions) filterNormalise(direction, reference, layout);
  using span = new Span([reference, ...directions]);
  const gram = span.gram();
  const plane = planeAlong(gram, [1, 0, 0], [0, 1, 0], [0, 0, 1]);
  const axes = plane.map.jacobian([0, 0]);
  expect(inner(gram, axes.subarray(0, 3), axes.subarray(3))).toBeCloseTo(0, 12);
  expect(plane.dx / norm(directions[0])).toBeCloseTo(1, 6);
  expect([...plane.map.at([0, 0])]).toEqual([1, 0, 0]);
});
