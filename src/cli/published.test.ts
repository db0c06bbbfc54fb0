/** The settings of --as-published are those of the authors' configuration files (Dold et al. 2025). */
import { expect, it } from "vitest";
import { z } from "zod";
import { publishedPath, publishedSampling } from "./published.ts";
import { dataFlags } from "./spec-data.ts";
import { runFlags } from "./spec-model.ts";
import { pathFlags } from "./spec-path.ts";
import { sampleFlags } from "./spec-sample.ts";

const pathOf = (flags: object) => z.object({ ...dataFlags, ...pathFlags, ...runFlags }).parse(flags);
const sampleOf = (flags: object) => z.object({ ...dataFlags, ...sampleFlags }).parse(flags);
const none = new Set<string>();

it("trains LeNet for 50 epochs of 48,000 images, on the fold of the seed", () => {
  const spec = publishedPath(pathOf({ data: "mnist", seed: 7 }), none);
  expect((spec.steps * spec.batch) / 48_000).toBe(50);
  expect(spec).toMatchObject({
    network: "lenet",
    fold: 2,
    samples: 1,
    validateEvery: 1,
    validationSamples: 10,
  });
});

it("leaves flags that are given as they are", () => {
  const given = new Set(["steps", "samples"]);
  const spec = publishedPath(pathOf({ data: "concrete", steps: 7, samples: 3 }), given);
  expect(spec).toMatchObject({ steps: 7, samples: 3, rate: 5e-3, init: "flax", validateEvery: 1 });
});

it("trains paths of ordered biases uniformly in t, unless told otherwise", () => {
  const flags = pathOf({ data: "toy-regression", orderedBiases: true });
  expect(publishedPath(flags, none)).toMatchObject({ uniform: "t", rate: 1e-3, samples: 20, powers: 3 });
  expect(publishedPath(flags, new Set(["uniform"])).uniform).toBe("s");
});

it.each([
  ["concrete", 100, 1000, 9],
  ["toy-regression", 100, 1000, 6],
  ["mnist", 10, 500, 5],
])("samples %s with %i gradients a draw, by MCLMC two a step", (data, gradients, draws, temperatures) => {
  const spec = publishedSampling(sampleOf({ data }), none);
  expect(spec).toMatchObject({ sampler: "mclmc", chains: 10, draws });
  expect(2 * spec.thin!).toBe(gradients);
  expect(2 * spec.warmup!).toBe(draws * gradients);
  expect(spec.temperature.split(",")).toHaveLength(temperatures);
  const walk = publishedSampling(sampleOf({ data, sampler: "random-walk" }), new Set(["sampler"]));
  expect(walk.thin).toBe(gradients);
});
