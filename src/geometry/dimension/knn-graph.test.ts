import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { uniformBall } from "./danco.ts";
import { knnGraph } from "./knn-graph.ts";
import { evenLine, movedCopy } from "./samples.reference.ts";

test.each([1, 2, 3])("with large subsets it finds a ball in %i dimensions", (d) => {
  const points = movedCopy(uniformBall(2000, d, Rng.fromSeed(d)), { extra: 2 });
  const options = { k: 4, sizes: [200, 400, 800, 1600], repeats: 8, power: 1 };
  expect(knnGraph(points, options).estimate).toBe(d);
});

test("the default sizes give a whole number of at most the coordinates, the same for the same stream", () => {
  const points = movedCopy(uniformBall(100, 2, Rng.fromSeed(4)), { extra: 3 });
  for (let seed = 0; seed < 20; seed++) {
    const { estimate } = knnGraph(points, { rng: Rng.fromSeed(seed) });
    expect([1, 2, 3, 4, 5]).toContain(estimate);
    expect(knnGraph(points, { rng: Rng.fromSeed(seed) }).estimate).toBe(estimate);
  }
});

test("sizes outside k + 1 … N are refused", () => {
  expect(() => knnGraph(evenLine(50), { k: 3, sizes: [3, 10] })).toThrow("from 4 to 50");
  expect(() => knnGraph(evenLine(50), { sizes: [10, 51] })).toThrow("from 3 to 50");
  expect(() => knnGraph(evenLine(50), { sizes: [10] })).toThrow("at least two");
});
