import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { RunFolder, type SampleResult } from "../../run/node.ts";
import { meanRHat, meanSampleSize } from "./comparison.ts";
import { resultOf } from "./context-node.ts";

const root = mkdtempSync(join(tmpdir(), "isthmus-results-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("chains that never moved do not pass for converged ones, though JSON has no NaN", () => {
  const versions = { isthmus: "0", node: "0", onnxruntime: "0", jax: "0" };
  const record = { command: "isthmus sample", spec: {}, seed: 1, versions, threads: 1 };
  const folder = RunFolder.create(join(root, "run"), record);
  const convergence = { rHatMax: Number.NaN, rHatMean: Number.POSITIVE_INFINITY, essBulkMean: Number.NaN };
  folder.writeJson("sample", { space: "tunnel", best: 0, temperatures: [{ convergence }] });
  const result = resultOf<SampleResult>(folder, "sample");
  expect(result.space).toBe("tunnel");
  const cell = { label: "", space: result.space, degree: 2, results: [result] };
  expect(meanRHat(cell)).toBeNaN();
  expect(meanSampleSize(cell)).toBeNaN();
});
