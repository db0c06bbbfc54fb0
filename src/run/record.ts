import { RunError } from "./run-error.ts";

export const RUN_STATUSES = ["running", "done", "failed", "interrupted"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What `run.json` holds: everything that is needed to do the run again, and how far it has come. */
export interface RunRecord {
  /** Version of this layout of a run folder. */
  format: 1;
  /** The command line as the user gave it. */
  command: string;
  /** The resolved spec, plain JSON: equal specs make equal results. */
  spec: unknown;
  seed: number;
  versions: { isthmus: string; node: string; onnxruntime: string; jax: string };
  /** The data set that was loaded, if the run has one. */
  data?: { name: string; checksum: string; note?: string };
  /** Threads inside an operator; results are equal only for an equal number. */
  threads: number;
  status: RunStatus;
  /** Why it failed. */
  error?: string;
  /** Start and end, ISO 8601. */
  started: string;
  finished?: string;
  /** Seconds that each finished stage took; a stage that stands here is not done again. */
  timings: Record<string, number>;
}

/** What a new run states about itself; the rest of the record is filled in. */
export type NewRun = Omit<RunRecord, "format" | "status" | "error" | "started" | "finished" | "timings">;

/**
 * The record in the text of a `run.json`.
 *
 * @param file its path, for messages
 * @throws RunError where it is damaged or of a later format
 */
export function parseRecord(text: string, file: string): RunRecord {
  const record = parseJson(text, file) as Partial<RunRecord> | null;
  if (typeof record === "object" && typeof record?.format === "number" && record.format > 1)
    throw new RunError(
      `${file} has the format ${record.format}, and this version of isthmus reads format 1; use the version that wrote it.`,
    );
  const complete =
    typeof record === "object" &&
    record?.format === 1 &&
    record.spec !== undefined &&
    RUN_STATUSES.includes(record.status as RunStatus) &&
    typeof record.timings === "object";
  if (!complete)
    throw new RunError(
      `${file} is damaged: it lacks the format, the spec, the status or the timings of a run; start the run again with another --out.`,
    );
  return record as RunRecord;
}

/** JSON.parse with an error that names the file. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RunError(`${file} is damaged: it is not JSON (${(error as Error).message}).`, { cause: error });
  }
}
