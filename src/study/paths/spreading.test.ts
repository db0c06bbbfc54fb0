import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { RunFolder } from "../../run/node.ts";
import { studyContext } from "../context-node.ts";
import { finalLines, type SpreadingSetting, spreadingPaths } from "./spreading-node.ts";

const root = mkdtempSync(join(tmpdir(), "isthmus-spreading-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const versions = { isthmus: "0", node: "0", onnxruntime: "0", jax: "0" };
const record = { command: "isthmus reproduce", spec: {}, seed: 1, versions, threads: 1 };
const folder = RunFolder.create(join(root, "study"), record);
const context = studyContext(folder, { scale: "quick", seed: 1 }, {});
const base: SpreadingSetting = {
  depth: 3,
  kind: "adamw",
  degree: 2,
  rate: 1e-2,
  sigma: 1,
  initScale: 1,
  decay: 0,
};
const paths = (change: Partial<SpreadingSetting>) =>
  spreadingPaths(context, { ...base, ...change }, { steps: 8, starts: 2, samples: 5 });

test("Adam does not see the scale of the loss: σ of the likelihood changes no path", async () => {
  const [one, five] = [await paths({}), await paths({ sigma: 5 })].map(finalLines);
  expect(one).toHaveLength(2);
  one.forEach(({ relativeCentre, length, step }, r) => {
    expect(step).toBe(8);
    expect(five[r].relativeCentre / relativeCentre).toBeCloseTo(1, 3);
    expect(five[r].length / length).toBeCloseTo(1, 3);
  });
  expect(one[0].length).not.toBeCloseTo(one[1].length, 3);
});

test("a larger initialisation makes a path so many times as long", async () => {
  // After one step at a rate that moves nothing.
  const [one, three] = [await paths({ rate: 1e-9 }), await paths({ rate: 1e-9, initScale: 3 })].map(
    finalLines,
  );
  expect(three[0].length / one[0].length).toBeCloseTo(3, 4);
});

test("a training that diverges is a result, which is read back", async () => {
  const first = await paths({ kind: "sgd", rate: 1, sigma: 0.001 });
  expect(first.histories).toEqual([]);
  expect(first.diverged).toBeGreaterThan(0);
  expect(first.diverged).toBeLessThanOrEqual(8);
  expect((await paths({ kind: "sgd", rate: 1, sigma: 0.001 })).diverged).toBe(first.diverged);
});
