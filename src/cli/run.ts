import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../data/index.ts";
import { allowedThreads } from "../engine/index.ts";
import type { EpochMetrics } from "../fit/index.ts";
import { type JobOptions, RunFolder } from "../run/node.ts";
import { kebab } from "./flags.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./verb.ts";
import { versions } from "./versions.ts";

interface RunFlags {
  seed: number;
  out?: string;
  resume?: string;
}

/** The spec to run: that of the folder to be resumed, which no other flag may change, or the given one. */
export function resumedSpec<S extends RunFlags>(verb: string, spec: S, given: ReadonlySet<string>): S {
  if (!spec.resume) return spec;
  const other = [...given].find((key) => key !== "resume");
  if (other) {
    throw new UsageError(
      `--resume goes on with the run's own spec, so --${kebab(other)} would have no effect; leave it out, or start a new run.`,
    );
  }
  const { record } = RunFolder.open(spec.resume);
  const saved = record.spec as { verb?: string } & S;
  if (saved.verb !== verb) {
    throw new UsageError(`${spec.resume} holds a run of isthmus ${saved.verb}; resume it with that command.`);
  }
  return { ...saved, resume: spec.resume };
}

/** The first free runs/<verb>-<data>-<n>. */
function nextFolder(verb: string, data: string): string {
  const base = join("runs", `${verb}-${data.replace(/[^\w.-]+/g, "-")}`);
  let n = 1;
  while (existsSync(`${base}-${n}`)) n++;
  return `${base}-${n}`;
}

/**
 * Runs a job in a run folder, new or resumed, and keeps the folder's status: running, then done, failed with the
 * reason, or interrupted with the command that goes on.
 *
 * @param dataset what the run works on; for a measurement without data, what names its folder
 */
export async function inRunFolder<R>(
  verb: string,
  spec: RunFlags,
  dataset: Dataset | { name: string },
  commandLine: string,
  io: Io,
  job: (folder: RunFolder) => Promise<R>,
): Promise<R> {
  const path = spec.resume ?? spec.out ?? nextFolder(verb, dataset.name);
  // What is measured without data has a name only.
  const data =
    "checksum" in dataset
      ? { name: dataset.name, checksum: dataset.checksum, note: dataset.note }
      : undefined;
  using folder = spec.resume
    ? RunFolder.open(path)
    : RunFolder.create(path, {
        command: commandLine,
        spec: {
          ...spec,
          verb,
          out: undefined,
          classes: "classes" in dataset ? dataset.classes : undefined,
        },
        seed: spec.seed,
        versions: versions(),
        threads: allowedThreads(),
        data,
      });
  folder.lock();
  if (spec.resume && data && folder.record.data?.checksum !== data.checksum) {
    throw new UsageError(
      `the data have changed since ${path} was begun (checksum ${data.checksum.slice(0, 12)}, then ${folder.record.data?.checksum.slice(0, 12)}); start a new run.`,
    );
  }
  folder.update({ status: "running", error: undefined });
  try {
    const result = await job(folder);
    folder.update({ status: "done", finished: new Date().toISOString() });
    return result;
  } catch (error) {
    const interrupted = io.signal.aborted;
    const reason = error instanceof Error ? error.message : String(error);
    try {
      folder.update(interrupted ? { status: "interrupted" } : { status: "failed", error: reason });
    } catch {
      // A full disk is the likely reason; the first error is the one to report.
    }
    if (interrupted) {
      const hint = ` What is finished is kept; go on with: isthmus ${verb} --resume ${path}`;
      throw Object.assign(new Error("interrupted"), { hint });
    }
    throw error;
  }
}

/** Progress of a job on the terminal: a line for each part, a bar with the latest loss. */
export function jobOptions(io: Io): JobOptions & { finish: () => void } {
  let bar = io.progress("");
  let note = "";
  return {
    signal: io.signal,
    onStage: (label) => {
      bar.stop();
      io.say(`${label} …`);
      bar = io.progress(label);
      note = "";
    },
    onEpoch: ({ epoch, trainLoss, validationError }: EpochMetrics) => {
      const error = validationError === undefined ? "" : `, validation error ${validationError.toFixed(4)}`;
      note = `epoch ${epoch}: loss ${trainLoss.toFixed(4)}${error}`;
    },
    onNote: (text) => {
      note = text;
    },
    onProgress: (done) => bar.update(done, note),
    finish: () => bar.stop(),
  };
}
