import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DivergenceError, type EpochMetrics, type FitState } from "../fit/index.ts";
import { importParameters, mlp } from "../model/index.ts";
import { decodeOptimum } from "./checkpoint.ts";
import { RunFolder } from "./folder-node.ts";
import { fitStage } from "./stage-node.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "isthmus-stage-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("a training that is killed and resumed", () => {
  function train(folder: string, ...kill: string[]) {
    const script = join(import.meta.dirname, "tiny-fit.reference.ts");
    const { signal, status, stdout, stderr } = spawnSync(process.execPath, [script, folder, ...kill], {
      encoding: "utf8",
    });
    return { signal, status, stdout: stdout.trim(), stderr };
  }
  const read = (folder: string, file: string) => readFileSync(join(folder, file));

  test("has the same metrics and the same optimum, byte by byte, as one that was not", () => {
    const whole = join(root, "whole");
    expect(train(whole)).toMatchObject({ status: 0, stdout: "fitted" });
    const lines = read(whole, "metrics.jsonl").toString().trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    const losses = lines.map((line) => JSON.parse(line).trainLoss);
    expect(losses[5]).toBeLessThan(losses[0]);

    const killed = join(root, "killed");
    for (const [place, epoch] of [
      ["half of the state written", "1"],
      ["state saved", "1"],
      ["middle of the epoch", "2"],
      ["half of the metrics written", "2"],
      ["half of the state written", "4"],
      ["fit finished"],
      ["result written"],
      ["stage finished"],
    ]) {
      const { signal, stderr } = train(killed, place, ...(epoch ? [epoch] : []));
      expect(signal, `killed at ${place}: ${stderr}`).toBe("SIGKILL");
    }
    expect(train(killed)).toMatchObject({ status: 0, stdout: "skipped" });

    expect(read(killed, "metrics.jsonl").toString()).toBe(read(whole, "metrics.jsonl").toString());
    const final = "checkpoints/optimum.safetensors";
    expect(read(killed, final).equals(read(whole, final))).toBe(true);
    const files = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    expect(files(killed)).toEqual(["checkpoints", final, "metrics.jsonl", "run.json"]);
    expect(files(whole)).toEqual(files(killed));
    expect(RunFolder.open(killed).record).toMatchObject({ status: "done", spec: { epochs: 6 } });

    const { network, arrays } = decodeOptimum(read(whole, final), final);
    expect(network).toEqual({ kind: "mlp", widths: [784, 8, 10], activation: "relu", dropout: 0.1 });
    const { layout } = mlp([784, 8, 10]);
    importParameters(layout, arrays, new Float32Array(layout.size));
  });
});

describe("a stage", () => {
  const epoch = (n: number): EpochMetrics => ({ epoch: n, step: n, rate: 0.1, trainLoss: 1 / n });
  /** A stand-in for `fit`: the anchor holds the number of the epoch. */
  const stateAfter = (epochs: number): FitState => ({
    history: Array.from({ length: epochs }, (_, i) => epoch(i + 1)),
    bestEpoch: 0,
    anchors: [Float32Array.of(epochs)],
    bestAnchors: [],
    moments: [[Float32Array.of(-epochs)]],
  });
  const never = () => expect.unreachable();
  const create = () =>
    RunFolder.create(join(root, "run"), {
      command: "test",
      spec: {},
      seed: 0,
      threads: 1,
      versions: { isthmus: "", node: "", onnxruntime: "", jax: "" },
    });

  test("goes on from the state saved, and the error of one that diverges says where it is", async () => {
    using folder = create();
    const diverging = fitStage(
      folder,
      "fit",
      async ({ onEpoch }) => {
        await onEpoch(epoch(1), stateAfter(1));
        await onEpoch(epoch(2), stateAfter(2));
        throw new DivergenceError(3, Number.NaN, 0.1);
      },
      never,
    );
    const message = /step 3 .* after epoch 2, is in .*run[/\\]checkpoints[/\\]fit\.resume\.safetensors\.$/;
    await expect(diverging).rejects.toThrow(message);
    await expect(diverging).rejects.toBeInstanceOf(DivergenceError);

    let resumed: FitState | undefined;
    let finished: FitState | undefined;
    const run = fitStage(
      folder,
      "fit",
      async ({ resume, onEpoch }) => {
        resumed = resume;
        await onEpoch(epoch(3), stateAfter(3));
        return stateAfter(3);
      },
      (state) => {
        finished = state;
        expect(folder.has("checkpoints/fit.resume.safetensors")).toBe(true);
      },
    );
    expect(await run).toBe(true);
    expect(resumed).toMatchObject(stateAfter(2));
    expect(finished).toEqual(stateAfter(3));
    expect(folder.has("checkpoints/fit.resume.safetensors")).toBe(false);
    expect(folder.isFinished("fit")).toBe(true);
    expect(folder.readMetrics()).toEqual([1, 2, 3].map((n) => ({ stage: "fit", ...epoch(n) })));
    expect(await fitStage(folder, "fit", never, never)).toBe(false);
  });

  test("that diverges in its first epoch says that nothing was saved", async () => {
    using folder = create();
    const run = async () => {
      throw new DivergenceError(1, Number.NaN, 9);
    };
    await expect(fitStage(folder, "fit", run, never)).rejects.toThrow(/no state was saved\.$/);
  });

  test("keeps the metrics of other stages, and its own as far as its state covers them", async () => {
    using folder = create();
    folder.appendMetrics("before", { epoch: 9 });
    for (const n of [1, 2]) folder.appendMetrics("fit", epoch(n));
    folder.appendMetrics("beside", { draw: 1 });
    await fitStage(
      folder,
      "fit",
      async ({ resume, onEpoch }) => {
        expect(resume).toBeUndefined();
        await onEpoch(epoch(1), stateAfter(1));
        return stateAfter(1);
      },
      () => {},
    );
    expect(folder.readMetrics()).toEqual([
      { stage: "before", epoch: 9 },
      { stage: "beside", draw: 1 },
      { stage: "fit", ...epoch(1) },
    ]);
  });
});
