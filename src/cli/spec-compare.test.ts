import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compareFlags, compareSpecOf } from "./spec-compare.ts";
import { sampleFlags, sampleSpecOf, withDefaults } from "./spec-sample.ts";

const compare = (given: object, validated = true) =>
  compareSpecOf(z.object(compareFlags).parse(given), validated);
const sample = (given: object) => sampleSpecOf(withDefaults(z.object(sampleFlags).parse(given)));

describe("flags of isthmus compare", () => {
  test("name methods, which come in their own order", () => {
    expect(compare({ methods: "volume,optimum" }).methods).toEqual(["optimum", "volume"]);
    expect(compare({}).methods.length).toBe(12);
    expect(() => compare({ methods: "optimum,magic" })).toThrow('names "magic"');
  });

  test("keep the best epoch of each optimum where there is validation", () => {
    expect(compare({}).training.keepBest).toBe(true);
    expect(compare({}, false).training.keepBest).toBe(false);
  });
});

test("several temperatures need validation examples", () => {
  expect(compare({ temperature: "1,10" }).temperatures).toEqual([1, 10]);
  expect(() => compare({ temperature: "1,10" }, false)).toThrow("--validation-count");
  expect(compare({ temperature: "3" }, false).temperatures).toEqual([3]);
  expect(() => compare({ temperature: "1,0" })).toThrow("above 0");
});

test("the full space has a sampler and a prior of its own, unless told otherwise", () => {
  expect(sample({})).toMatchObject({
    sampler: { kind: "nuts", warmup: 500 },
    thin: 1,
    prior: { scale: 0.5 },
  });
  expect(sample({ space: "full" })).toMatchObject({
    sampler: { kind: "mclmc", warmup: 10_000, preconditioning: true },
    thin: 10,
    prior: { scale: 1 },
  });
  expect(sample({ space: "full", sampler: "nuts", priorScale: 2 })).toMatchObject({
    sampler: { kind: "nuts", warmup: 500 },
    thin: 1,
    prior: { scale: 2 },
  });
});

test("isthmus sample refuses elliptical slice sampling where the prior is no Gaussian", () => {
  expect(() => sample({ sampler: "elliptical-slice" })).toThrow("--space volume");
  expect(sample({ sampler: "elliptical-slice", space: "volume" }).sampler.kind).toBe("elliptical-slice");
});
