import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { type Dataset, foldValidation, splitTrainValidation, subset, withChecksum } from "./dataset.ts";
import { standardise } from "./standardise.ts";

/** `count` examples of two features; feature, target and index can be told from each other. */
const split = (count: number, offset = 0) => ({
  count,
  inputs: Float32Array.from({ length: 2 * count }, (_, i) => offset + i),
  targets: Int32Array.from({ length: count }, (_, i) => offset + i),
});

function sample(count: number): Dataset {
  return {
    name: "sample",
    task: "classification",
    shape: [2],
    classes: count,
    byteScale: 1,
    byteShift: 0,
    train: split(count),
    test: split(4, 1000),
    checksum: "",
    source: "made here",
  };
}

test("subset takes the first examples and leaves the other splits", () => {
  const dataset = sample(6);
  const small = subset(dataset, { train: 2 });
  expect(small.train).toEqual({
    count: 2,
    inputs: Float32Array.of(0, 1, 2, 3),
    targets: Int32Array.of(0, 1),
  });
  expect(small.test).toBe(dataset.test);
  expect(small.note).toBe("first 2 train examples");
  expect(() => subset(dataset, { train: 7 })).toThrow(/asks for 7 train examples of sample, which has 6/);
  expect(() => subset(dataset, { validation: 1 })).toThrow(/which has 0/);
});

test("a fold is the k-th fifth of the training examples in their order (Dold et al. 2025, MNIST)", () => {
  const { train, validation, note } = foldValidation(sample(10), 1);
  expect([...validation!.targets]).toEqual([2, 3]);
  expect([...validation!.inputs]).toEqual([4, 5, 6, 7]);
  expect([...train.targets]).toEqual([0, 1, 4, 5, 6, 7, 8, 9]);
  expect(note).toBe("training examples 2 to 3 for validation");
  expect(() => foldValidation(sample(10), 5)).toThrow("give 0 to 4");
  expect(() => foldValidation(sample(4), 0)).toThrow("of 5 examples or more");
});

test("splitTrainValidation parts the training examples, each with its own target", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.nat(), fc.nat(), (count, cut, seed) => {
      const size = 1 + (cut % (count - 1));
      const { train, validation } = splitTrainValidation(sample(count), size, Rng.fromSeed(seed));
      expect(validation?.count).toBe(size);
      expect(train.count).toBe(count - size);
      const seen: number[] = [];
      for (const part of [train, validation!])
        part.targets.forEach((target, i) => {
          expect([...part.inputs.subarray(2 * i, 2 * i + 2)]).toEqual([2 * target, 2 * target + 1]);
          seen.push(target);
        });
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    }),
  );
  const once = splitTrainValidation(sample(6), 2, Rng.fromSeed(0));
  expect(() => splitTrainValidation(once, 2, Rng.fromSeed(0))).toThrow(/has a validation split already/);
  expect(() => splitTrainValidation(sample(6), 6, Rng.fromSeed(0))).toThrow(/give 1 to 5/);
});

test("the checksum changes with any content", async () => {
  const { checksum } = await withChecksum(sample(3));
  expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  expect((await withChecksum(sample(3))).checksum).toBe(checksum);
  const other = sample(3);
  other.test.targets[0]++;
  expect((await withChecksum(other)).checksum).not.toBe(checksum);
});

describe("standardise", () => {
  const regression: Dataset = {
    ...sample(1),
    task: "regression",
    classes: 0,
    shape: [1],
    train: { count: 2, inputs: Float32Array.of(1, 3), targets: Float32Array.of(10, 30) },
    test: { count: 2, inputs: Float32Array.of(5, 7), targets: Float32Array.of(50, 70) },
  };
  test("by the training rows: 1, 3 have mean 2 and deviation 1", () => {
    const { train, test } = standardise(regression, "train");
    expect([...train.inputs, ...test.inputs]).toEqual([-1, 1, 3, 5]);
    expect([...train.targets, ...test.targets]).toEqual([-1, 1, 3, 5]);
  });
  test("by all rows: 1, 3, 5, 7 have mean 4 and deviation √5", () => {
    const { train, test } = standardise(regression, "all");
    [-3, -1, 1, 3].forEach((x, i) => {
      expect([...train.inputs, ...test.inputs][i]).toBeCloseTo(x / Math.sqrt(5), 6);
    });
  });
  test("labels stay, bytes and constant columns are refused", () => {
    expect(standardise(sample(3), "train").train.targets).toEqual(sample(3).train.targets);
    const constant = { ...regression, train: { ...regression.train, inputs: Float32Array.of(4, 4) } };
    expect(() => standardise(constant, "train")).toThrow(
      "The feature 1 of sample is the same in all rows; leave that column out.",
    );
    const bytes = { ...sample(1), train: { ...split(1), inputs: Uint8Array.of(1, 2) } };
    expect(() => standardise(bytes, "all")).toThrow(/are bytes/);
  });
});
