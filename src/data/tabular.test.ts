import { describe, expect, test } from "vitest";
import { Rng } from "../engine/index.ts";
import { parseCsv } from "../format/index.ts";
import { loadDataset } from "./load-node.ts";
import { datasetInfo } from "./registry.ts";
import { tabularDataset } from "./tabular.ts";

const load = (name: string, options = {}) => loadDataset(name, { offline: true, ...options });

describe("the UCI tables that come with this package", () => {
  test("airfoil, seed 1, split .75/.05: the targets that the authors' loader gives", async () => {
    const { train, validation, test: testing } = await load("airfoil", { seed: 1, fractions: [0.75, 0.05] });
    expect([train.count, validation!.count, testing.count]).toEqual([1127, 75, 301]);
    // The float32 mean of JAX may be one unit in the last place off, which is 1e-6 in these units.
    [1.3372359, -0.10874417, 0.3583139, 0.3216281, 0.0469909, -0.7335662].forEach((y, i) => {
      expect(Math.abs(validation!.targets[i] - y)).toBeLessThan(2e-6);
    });
  });

  test.each(["airfoil", "concrete", "energy", "yacht"])(
    "%s has the sizes of the paper's splits and is standardised",
    async (name) => {
      const { splits, shape } = datasetInfo(name);
      const dataset = await load(name);
      const parts = [dataset.train, dataset.validation!, dataset.test];
      expect(parts.map(({ count }) => count)).toEqual([splits.train, splits.validation, splits.test]);
      expect(dataset.shape).toEqual(shape);
      const targets = parts.flatMap((part) => [...part.targets]);
      const mean = targets.reduce((a, b) => a + b, 0) / targets.length;
      const variance = targets.reduce((a, b) => a + (b - mean) ** 2, 0) / targets.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(variance).toBeCloseTo(1, 5);
    },
  );

  test("standardised by the training rows only, these have mean 0 and the others do not", async () => {
    const { train, test: testing } = await load("yacht", { standardise: "train" });
    const mean = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0) / xs.length;
    expect(mean(train.targets)).toBeCloseTo(0, 5);
    expect(Math.abs(mean(testing.targets))).toBeGreaterThan(1e-3);
  });
});

describe("a table", () => {
  const table = parseCsv(Array.from({ length: 20 }, (_, i) => `${i},${i * i},${2 * i}`).join("\n"));
  test("keeps its rows together and permutes them with split(PRNGKey(seed))[1]", async () => {
    const { train, validation, test: testing } = await tabularDataset("squares", "here", table, { seed: 3 });
    expect([train.count, validation!.count, testing.count]).toEqual([14, 1, 5]); // int(0.7999... * 20) = 15
    const order = Rng.fromSeed(3).splitN(2)[1].permutation(20);
    const deviation = Math.sqrt((20 ** 2 - 1) / 12);
    train.targets.forEach((y, i) => {
      expect(y).toBeCloseTo((order[i] - 9.5) / deviation, 5);
      expect(train.inputs[2 * i]).toBeCloseTo(y, 5);
    });
  });
  test("cannot be split into nothing", async () => {
    await expect(tabularDataset("squares", "here", table, { fractions: [0.9, 0.1] })).rejects.toThrow(
      /leave a split empty; give two positive shares that sum to less than 1/,
    );
    await expect(tabularDataset("one", "here", parseCsv("1\n2\n"))).rejects.toThrow(/1 column/);
  });
});
