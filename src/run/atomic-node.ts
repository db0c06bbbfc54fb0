import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { RunError } from "./run-error.ts";

/** How a file ends that is being written. */
export const UNFINISHED = ".tmp";

let counter = 0;

/**
 * Writes a file beside its place, brings it to the disk and renames it, so that a crash at any time leaves the old
 * file or the new one, whole. Makes the folders that are missing.
 *
 * @throws RunError where it cannot be written; then the old file is as it was
 */
export function writeAtomically(file: string, content: string | Uint8Array): void {
  const beside = `${file}.${process.pid}-${counter++}${UNFINISHED}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(beside, "wx");
    try {
      try {
        writeFileSync(descriptor, content);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(beside, file);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

/** The content of a file; throws RunError where it cannot be read. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = codeOf(error) === "ENOENT" ? "there is no such file" : (error as Error).message;
    throw new RunError(`${file} cannot be read: ${reason}.`, { cause: error });
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full; free some space and continue with --resume",
  EDQUOT: "the disk quota is used up; free some space and continue with --resume",
  EACCES: "permission is missing; change the permissions or choose another --out",
  EPERM: "permission is missing; change the permissions or choose another --out",
  EROFS: "the disk is read-only; choose another --out",
  ENOTDIR: "a part of the path is a file and not a folder; choose another --out",
  EEXIST: "a part of the path is a file and not a folder; choose another --out",
  EISDIR: "a folder has this name; move it away or choose another --out",
  ENOENT: "its folder is gone; choose another --out",
};

/** The error of the file system as one sentence. */
export function cannotWrite(file: string, error: unknown): RunError {
  const reason = REASONS[codeOf(error) ?? ""] ?? (error as Error).message;
  return new RunError(`${file} cannot be written: ${reason}.`, { cause: error });
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
