/** The command line as the tests call it: a process of its own in a folder that is deleted at the end. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export const MAIN = join(import.meta.dirname, "main.ts");

/** A new folder, and a function that runs a command in it to its end. */
export function commandFolder(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `isthmus-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const isthmus = (...args: string[]) => {
    const options = { cwd: folder, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], options);
    return { code: status, out: stdout, err: stderr };
  };
  return { folder, isthmus };
}
