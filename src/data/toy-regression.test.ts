import { describe, expect, test } from "vitest";
import { type ToyOptions, toyRegression } from "./toy-regression.ts";

/** First targets that the authors' code (JAX 0.4.30, Flax 0.8.5) makes, known to about 1e-6. */
const golden: [ToyOptions, { train: number[]; validation?: number[]; test?: number[] }][] = [
  [
    { activation: "elu", seed: 16 },
    {
      train: [2.6733832, 2.451669, 2.3224711],
      validation: [2.677299, 2.0959928],
      test: [4.883105, 4.1033206],
    },
  ],
  [{ activation: "elu", seed: 10 }, { train: [0.19722728, 0.19828972, 0.29881632] }],
  [{ activation: "relu", seed: 10 }, { train: [-0.31716335, -0.3191861, -0.23334713] }],
  [{ activation: "relu", seed: 16 }, { train: [2.696732, 2.4785917, 2.353255] }],
  [{ activation: "elu", depth: 10, width: 10, seed: 0 }, { train: [0.04935156, 0.04427655, -0.0060616] }],
];

describe("the authors' data", () => {
  test.each(golden)("%o", async (options, truth) => {
    const dataset = await toyRegression(options);
    for (const name of ["train", "validation", "test"] as const)
      truth[name]?.forEach((y, i) => {
        expect(Math.abs(dataset[name]!.targets[i] - y)).toBeLessThan(2e-6);
      });
  });
});

test("70, 18 and 33 points, with a gap in training and validation only", async () => {
  const { train, validation, test: testing } = await toyRegression();
  expect([train.count, validation!.count, testing.count]).toEqual([70, 18, 33]);
  for (const x of [...train.inputs, ...validation!.inputs]) {
    expect(Math.abs(x)).toBeGreaterThan(0.6);
    expect(Math.abs(x)).toBeLessThanOrEqual(2);
  }
  expect([testing.inputs[0], testing.inputs[16], testing.inputs[32]]).toEqual([-2.5, 0, 2.5]);
});

test("an unknown activation is named with the known ones", async () => {
  await expect(toyRegression({ activation: "gelu" as "relu" })).rejects.toThrow(
    /"gelu"; choose relu, elu, tanh/,
  );
});
