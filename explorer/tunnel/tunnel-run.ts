import type { RunFiles } from "../source/run-files.ts";
import { PATH_CHECKPOINTS, readJson } from "../source/run-files.ts";
import type { TunnelRunSpec } from "./tunnel-protocol.ts";

/** What `isthmus sample` says of one temperature. */
export interface SampledSummary {
  temperature: number;
  convergence: { rHatMax: number; essBulkMin: number };
  position?: { rHatMax: number; essBulkMin: number };
  divergences: number;
}

/** A run with a path to show a tunnel of. */
export interface TunnelRun {
  file: string;
  command: string;
  spec: TunnelRunSpec;
  checksum: string | undefined;
  /** Of a run of `isthmus sample`. */
  sampled: { temperatures: SampledSummary[]; best: number } | undefined;
}

/** @throws where the run holds no checkpoint of a path */
export async function readTunnelRun(run: RunFiles): Promise<TunnelRun> {
  const file = PATH_CHECKPOINTS.find((path) => run.paths.includes(path));
  if (!file) {
    throw new Error(
      `${run.name} holds no checkpoint of a path; give a run of isthmus path, tunnel or sample, made anew where an older version has made it.`,
    );
  }
  const record = (await readJson(run, "run.json")) as {
    command: string;
    spec: TunnelRunSpec;
    data?: { checksum?: string };
  };
  const sampled = run.paths.includes("results/sample.json")
    ? ((await readJson(run, "results/sample.json")) as TunnelRun["sampled"])
    : undefined;
  return { file, command: record.command, spec: record.spec, checksum: record.data?.checksum, sampled };
}

export const drawsFile = (temperature: number) => `results/draws-${temperature}.npz`;
