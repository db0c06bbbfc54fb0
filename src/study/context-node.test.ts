import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { toyRegression } from "../data/index.ts";
import { RunFolder } from "../run/node.ts";
import { studyContext } from "./context-node.ts";

const root = mkdtempSync(join(tmpdir(), "isthmus-parts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a part is done once, and one of the same name with other settings or another seed is refused", async () => {
  const versions = { isthmus: "0", node: "0", onnxruntime: "0", jax: "0" };
  const record = { command: "isthmus reproduce", spec: {}, seed: 1, versions, threads: 1 };
  const folder = RunFolder.create(join(root, "study"), record);
  const context = studyContext(folder, { scale: "quick", seed: 1 }, {});
  const dataset = await toyRegression({ depth: 1, width: 2, activation: "tanh", seed: 1 });
  let done = 0;
  const part = (steps: number, seed = 1) =>
    context.part("path", { spec: { steps, rate: undefined }, seed, dataset }, async () => {
      done++;
    });
  expect(await part(10)).toBe(await part(10));
  expect(done).toBe(1);
  await expect(part(20)).rejects.toThrow(/settings of the study have changed .* start a new run\.$/);
  await expect(part(10, 2)).rejects.toThrow("settings of the study have changed");
  expect(done).toBe(1);
});
