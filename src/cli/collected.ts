import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { collectedEpochs, type RateCycle } from "../fit/index.ts";
import { RunFolder } from "../run/node.ts";

/** The states of a training that its run has kept. */
export interface CollectedStates {
  /** Epochs that were saved, from 1, and the file of each. */
  saved: { epoch: number; file: string }[];
  /** Those that a cyclical rate collects; empty without cycles. */
  collected: string[];
}

/** What a run of `train` has kept; nothing where the operand is no such run. */
export function statesOf(operand: string): CollectedStates {
  const folder = join(operand, "checkpoints");
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return { saved: [], collected: [] };
  const saved = readdirSync(folder)
    .flatMap((name) => /^epoch-(\d+)\.safetensors$/.exec(name)?.slice(1).map(Number) ?? [])
    .filter((epoch) => epoch > 0)
    .sort((a, b) => a - b)
    .map((epoch) => ({ epoch, file: join(folder, `epoch-${epoch}.safetensors`) }));
  const spec = RunFolder.open(operand).record.spec as {
    cycle?: number;
    cycleShape?: RateCycle["shape"];
    epochs?: number;
  };
  if (!spec.cycle || !spec.epochs) return { saved, collected: [] };
  const cycle = { shape: spec.cycleShape ?? "cosine", epochs: spec.cycle, lowest: 0 };
  const wanted = new Set(collectedEpochs(cycle, spec.epochs));
  return { saved, collected: saved.filter(({ epoch }) => wanted.has(epoch)).map(({ file }) => file) };
}
