import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { cannotWrite, codeOf } from "./atomic-node.ts";
import { RunError } from "./run-error.ts";

/** Who holds a lock: the content of its file. */
interface Holder {
  pid: number;
  host: string;
  /** Start of the process in the kernel's clock, where it tells (Linux): process ids are used again. */
  born?: string;
  since: string;
}

/** Milliseconds after which a lock file without readable content is taken for the remains of a power failure. */
const PATIENCE = 10_000;

/** Lock files that this process holds. */
const held = new Set<string>();

/**
 * Takes a lock that is a file, so that only one process writes a folder. A lock whose process no longer runs is
 * taken over.
 *
 * @returns gives the lock back
 * @throws RunError where a process that runs, or one of another machine, holds it
 */
export function takeLock(file: string): () => void {
  const key = resolve(file);
  const born = birthOf(process.pid);
  const me: Holder = { pid: process.pid, host: hostname(), born, since: new Date().toISOString() };
  const content = JSON.stringify(me);
  while (!tryCreate(file, content)) removeStale(file, held.has(key));
  held.add(key);
  return () => {
    held.delete(key);
    if (contentOf(file) === content) rmSync(file, { force: true });
  };
}

function tryCreate(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // A full disk lets an empty file come into being.
    if (codeOf(error) === "ENOSPC") rmSync(file, { force: true });
    throw cannotWrite(file, error);
  }
}

/** Removes the lock of a process that ended; throws RunError where it still runs or cannot be known to have ended. */
function removeStale(file: string, mine: boolean): void {
  const content = contentOf(file);
  if (content === undefined) return;
  const holder = parseHolder(content);
  if (holder ? holds(holder, mine) : Date.now() - statSync(file).mtimeMs < PATIENCE)
    throw inUse(file, holder);
  // Moved away before it is deleted: of two processes that found it stale only one gets it, and one that comes so
  // late that it moves a new lock sees that by its content and puts it back.
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw cannotWrite(file, error);
  }
  if (contentOf(aside) !== content) {
    renameSync(aside, file);
    throw inUse(file, parseHolder(contentOf(file) ?? ""));
  }
  rmSync(aside, { force: true });
}

function holds({ pid, host, born }: Holder, mine: boolean): boolean {
  if (host !== hostname()) return true;
  // A container restarts with the same few process ids.
  if (pid === process.pid) return mine;
  return isRunning(pid) && (born === undefined || born === birthOf(pid));
}

function inUse(file: string, holder: Holder | undefined): RunError {
  const who = holder
    ? `process ${holder.pid} on ${holder.host} (since ${holder.since})`
    : "a process that has just started";
  return new RunError(
    `The run folder ${dirname(file)} is being written by ${who}; wait until it ends, or delete ${file} if you know that it has ended.`,
  );
}

function parseHolder(content: string): Holder | undefined {
  try {
    const holder = JSON.parse(content);
    return typeof holder?.pid === "number" && typeof holder.host === "string" ? holder : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new RunError(`${file} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may contain anything but ends with the last parenthesis. */
function birthOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ")[19];
  } catch {
    return undefined;
  }
}
