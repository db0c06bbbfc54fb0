import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compareFlags, compareSpecOf } from "./spec-compare.ts";
import { sampleFlags, sampleSpecOf } from "./spec-sample.ts";

const compare = (given: object, validated = true) =>
  compareSpecOf(z.object(compareFlags).parse(given), validated);
const sample = (given: object) => sampleSpecOf(z.object(sampleFlags).parse(given));

describe("flags of isthmus compare", () => {
  test("name methods, which come in their own order", () => {
    expect(compare({ methods: "volume,optimum" }).methods).toEqual(["optimum", "volume"]);
    expect(compare({}).methods.length).toBe(11);
    expect(() => compare({ methods: "optimum,magic" })).toThrow('names "magic"');
  });

  test("keep the best epoch of each optimum where there is validation", () => {
    expect(compare({}).training.keepBest).toBe(true);
    expect(compare({}, false).training.keepBest).toBe(false);
  });
});

test("isthmus sample refuses elliptical slice sampling where the prior is no Gaussian", () => {
  expect(() => sample({ sampler: "elliptical-slice" })).toThrow("--space volume");
  expect(sample({ sampler: "elliptical-slice", space: "volume" }).sampler.kind).toBe("elliptical-slice");
});
