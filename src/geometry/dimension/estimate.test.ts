import { expect, test } from "vitest";
import { Rng } from "../../engine/index.ts";
import { embed } from "../embedding.ts";
import { gramOf } from "../gram.ts";
import {
  DIMENSION_ESTIMATORS,
  type DimensionEstimatorName,
  type DimensionOptions,
  estimateDimension,
} from "./estimate.ts";
import { maximumLikelihood } from "./maximum-likelihood.ts";
import { randomSimplex } from "./samples.reference.ts";

const names = Object.keys(DIMENSION_ESTIMATORS) as DimensionEstimatorName[];

test.each(names.filter((name) => name !== "knn-graph" && name !== "tangent-rank-published"))(
  "%s with its defaults finds a triangle",
  (name) => {
    const { estimate } = estimateDimension(name, randomSimplex(2, 1000, Rng.fromSeed(1)));
    expect(Math.abs(estimate - 2)).toBeLessThan(0.2);
  },
);

test.each(names)("%s answers coinciding points with one sentence, or with a finite number", (name) => {
  const same = { dimension: 2, points: new Float64Array(300).fill(1) };
  const options = { parameters: 1000 } as DimensionOptions<typeof name>;
  try {
    expect(estimateDimension(name, same, options).estimate).toSatisfy(Number.isFinite);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
});

test("points embedded from a Gram matrix give what the weight vectors themselves give", () => {
  const vectors = Array.from({ length: 3 }, (_, i) => Array.from(Rng.fromSeed(i).normal(40)));
  const weights = randomSimplex(2, 300, Rng.fromSeed(9)).points;
  const combine = (rows: (i: number) => ArrayLike<number>, r: number) => ({
    dimension: r,
    points: Float64Array.from({ length: 300 * r }, (_, at) =>
      [0, 1, 2].reduce((sum, i) => sum + weights[3 * Math.floor(at / r) + i] * rows(i)[at % r], 0),
    ),
  });
  const full = combine((i) => vectors[i], 40);
  const plain = embed(gramOf(vectors));
  const embedded = combine((i) => plain.points.subarray(3 * i, 3 * i + 3), 3);
  for (const name of ["maximum-likelihood", "two-nn", "tangent-rank", "mind", "fisher-separability"] as const)
    expect(estimateDimension(name, embedded).estimate).toBeCloseTo(estimateDimension(name, full).estimate, 8);
  const options = { parameters: 407_050 };
  expect(estimateDimension("tangent-rank-published", embedded, options).estimate).toBe(
    estimateDimension("tangent-rank-published", full, options).estimate,
  );
});

test("options are those of the estimator", () => {
  const points = randomSimplex(2, 100, Rng.fromSeed(2));
  expect(estimateDimension("maximum-likelihood", points, { k: 7 })).toEqual(
    maximumLikelihood(points, { k: 7 }),
  );
  expect(() => estimateDimension("tangent-rank-published", points)).toThrow(
    "The number of parameters is undefined",
  );
});

test("an unknown name lists the known ones", () => {
  const name = "mle" as DimensionEstimatorName;
  expect(() => estimateDimension(name, randomSimplex(2, 50, Rng.fromSeed(1)))).toThrow(
    "give one of maximum-likelihood, two-nn",
  );
});
