import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join, normalize, sep } from "node:path";
import { type NdArray, readNpz, writeNpz } from "../format/index.ts";
import { cannotWrite, readBytes, UNFINISHED, writeAtomically } from "./atomic-node.ts";
import { takeLock } from "./lock-node.ts";
import { type MetricsLine, metricsLine, parseMetrics, wholeLines } from "./metrics.ts";
import { type NewRun, parseJson, parseRecord, type RunRecord } from "./record.ts";
import { RunError } from "./run-error.ts";

const RECORD = "run.json";
const METRICS = "metrics.jsonl";
const LOCK = "lock";

/**
 * The folder of one run: `run.json`, `metrics.jsonl`, `checkpoints/`, `results/`, `figures/`, `report.html`.
 *
 * Every file but the metrics is written beside its place and renamed, so that a crash leaves the old one or the new
 * one. The first write locks the folder for this process until the object is disposed of; reading needs no lock.
 * Paths are relative to the folder, with `/`. All methods are synchronous, so that files appear in the order of the
 * calls, and throw RunError, one sentence, where the file system refuses.
 */
export class RunFolder implements Disposable {
  /** As the user gave it. */
  readonly path: string;
  private current: RunRecord;
  private release?: () => void;

  private constructor(path: string, record: RunRecord) {
    this.path = path;
    this.current = record;
  }

  /**
   * A new run in a folder that does not exist yet or is empty.
   *
   * @throws RunError where the folder holds a run or other files, or cannot be made
   */
  static create(path: string, run: NewRun): RunFolder {
    refuseContent(path);
    const existed = existsSync(path);
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw cannotWrite(path, error);
    }
    const record: RunRecord = {
      format: 1,
      ...run,
      status: "running",
      started: new Date().toISOString(),
      timings: {},
    };
    const folder = new RunFolder(path, record);
    try {
      folder.release = takeLock(join(path, LOCK));
      // Again, because another process may have been faster.
      refuseContent(path);
      folder.update({});
      return folder;
    } catch (error) {
      folder[Symbol.dispose]();
      if (!existed && readdirSync(path).length === 0) rmdirSync(path);
      throw error;
    }
  }

  /**
   * The run in a folder, to read it or go on with it.
   *
   * @throws RunError where there is none or its `run.json` is damaged
   */
  static open(path: string): RunFolder {
    return new RunFolder(path, readRecord(path));
  }

  get record(): Readonly<RunRecord> {
    return this.current;
  }

  /**
   * Makes this process the only one that writes the folder, and clears away what a crash has left: unfinished files
   * and a torn last line of the metrics. Every method that writes does it; call it yourself before you read what a
   * decision depends on. `record` is read again.
   *
   * @throws RunError where another process is writing the folder
   */
  lock(): void {
    if (this.release) return;
    const release = takeLock(join(this.path, LOCK));
    try {
      this.current = readRecord(this.path);
      for (const name of readdirSync(this.path, { recursive: true, encoding: "utf8" }))
        if (name.endsWith(UNFINISHED)) rmSync(join(this.path, name), { force: true });
      const metrics = join(this.path, METRICS);
      if (existsSync(metrics)) truncateSync(metrics, readFileSync(metrics).lastIndexOf("\n") + 1);
    } catch (error) {
      release();
      throw error instanceof RunError ? error : cannotWrite(this.path, error);
    }
    this.release = release;
  }

  /** Changes fields of `run.json`; a field that is set to undefined is removed. */
  update(fields: Partial<RunRecord>): void {
    this.lock();
    const next = { ...this.current, ...fields };
    writeAtomically(join(this.path, RECORD), json(next));
    this.current = next;
  }

  /** Whether a stage was finished, by this process or an earlier one. */
  isFinished(stage: string): boolean {
    return Object.hasOwn(this.current.timings, stage);
  }

  /** Notes that a stage is finished, so that it is not done again when the run is resumed. */
  finishStage(stage: string, seconds: number): void {
    this.update({ timings: { ...this.current.timings, [stage]: seconds } });
  }

  /** Writes `results/NAME.json`. Numbers that are not finite become null, typed arrays become arrays. */
  writeJson(name: string, value: unknown): void {
    this.writeText(`results/${name}.json`, json(value));
  }

  readJson(name: string): unknown {
    const path = `results/${name}.json`;
    return parseJson(new TextDecoder().decode(this.readBytes(path)), this.pathOf(path));
  }

  /** Writes `results/NAME.npz`. */
  writeArrays(name: string, arrays: Record<string, NdArray>): void {
    this.writeBytes(`results/${name}.npz`, writeNpz(arrays));
  }

  readArrays(name: string): Record<string, NdArray> {
    const path = `results/${name}.npz`;
    return readNpz(this.readBytes(path), this.pathOf(path));
  }

  writeText(path: string, text: string): void {
    this.lock();
    writeAtomically(this.pathOf(path), text);
  }

  writeBytes(path: string, bytes: Uint8Array): void {
    this.lock();
    writeAtomically(this.pathOf(path), bytes);
  }

  readBytes(path: string): Uint8Array {
    return readBytes(this.pathOf(path));
  }

  has(path: string): boolean {
    return existsSync(this.pathOf(path));
  }

  /** Deletes a file, if it is there. */
  remove(path: string): void {
    this.lock();
    rmSync(this.pathOf(path), { force: true });
  }

  /** The path of a file of the run for messages and other programs: the folder's path and the file's. */
  pathOf(path: string): string {
    const inside = normalize(path);
    if (inside.startsWith("..") || inside.startsWith(sep) || inside.includes(":"))
      throw new RunError(
        `The path ${path} leads out of the run folder; give one inside it, such as figures/a.svg.`,
      );
    return join(this.path, inside);
  }

  /**
   * Appends one line to `metrics.jsonl`: `{"stage": ..., ...values}`. Numbers that are not finite become null. Leave
   * out what differs from run to run, such as times, so that a resumed run has the same lines.
   */
  appendMetrics(stage: string, values: object): void {
    this.lock();
    const file = join(this.path, METRICS);
    const size = existsSync(file) ? statSync(file).size : 0;
    try {
      appendFileSync(file, metricsLine(stage, values), { flush: true });
    } catch (error) {
      if (existsSync(file)) truncateSync(file, size);
      throw cannotWrite(file, error);
    }
  }

  /** The lines of `metrics.jsonl`; one that is torn, at the end, is left out. */
  readMetrics(): MetricsLine[] {
    return parseMetrics(this.metricsText(), join(this.path, METRICS));
  }

  /**
   * Drops the lines of a stage after an epoch (or another number that its lines count by), those that the checkpoint
   * from which it goes on does not cover.
   */
  trimMetrics(stage: string, last: number, counter = "epoch"): void {
    this.lock();
    const lines = wholeLines(this.metricsText());
    const metrics = this.readMetrics();
    const covered = lines.filter(
      (_, i) => metrics[i].stage !== stage || !(Number(metrics[i][counter]) > last),
    );
    if (covered.length < lines.length)
      writeAtomically(join(this.path, METRICS), covered.map((line) => `${line}\n`).join(""));
  }

  private metricsText(): string {
    return this.has(METRICS) ? new TextDecoder().decode(this.readBytes(METRICS)) : "";
  }

  /** Lets other processes write the folder. */
  [Symbol.dispose](): void {
    this.release?.();
    this.release = undefined;
  }
}

/** Throws RunError where a folder has other content than the remains of a run that never began. */
function refuseContent(path: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory()) return;
  if (existsSync(join(path, RECORD)))
    throw new RunError(`The folder ${path} holds a run; continue it with --resume, or choose another --out.`);
  const content = readdirSync(path).find((name) => !name.startsWith(LOCK) && !name.endsWith(UNFINISHED));
  if (content)
    throw new RunError(
      `The folder ${path} holds no run but other files (${content}); choose another --out, or empty it.`,
    );
}

function readRecord(path: string): RunRecord {
  const file = join(path, RECORD);
  if (!existsSync(file))
    throw new RunError(
      `There is no run in ${path}: ${RECORD} is missing; give the folder that a run was written to (--out).`,
    );
  return parseRecord(new TextDecoder().decode(readBytes(file)), file);
}

/** Indented JSON with an end of line. */
function json(value: unknown): string {
  const plain = (_: string, v: unknown) =>
    ArrayBuffer.isView(v) && !(v instanceof DataView) ? Array.from(v as Float64Array) : v;
  return `${JSON.stringify(value, plain, 2)}\n`;
}
