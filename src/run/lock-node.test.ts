import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "./lock-node.ts";

let root: string;
let lock: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "isthmus-lock-"));
  lock = join(root, "lock");
});
afterEach(() => rmSync(root, { recursive: true }));

/** A program that takes the lock and goes on as told. */
const program = (then: string) => [
  "--input-type=module",
  "-e",
  `import { takeLock } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "lock-node.ts")).href)};
   takeLock(${JSON.stringify(lock)});
   ${then}`,
];
const holder = (fields: object) =>
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), since: "then", ...fields }));

test("is free again when it is given back", () => {
  const release = takeLock(lock);
  expect(() => takeLock(lock)).toThrow(
    /is being written by process \d+ on .*; wait until it ends, or delete/,
  );
  release();
  expect(existsSync(lock)).toBe(false);
  takeLock(lock)();
});

test("held by a process that runs cannot be taken, and is free once that was killed", async () => {
  const child = spawn(process.execPath, program("console.log('taken'); setInterval(() => {}, 1000);"));
  await once(child.stdout, "data");
  expect(() => takeLock(lock)).toThrow(new RegExp(`process ${child.pid} on `));
  expect(JSON.parse(readFileSync(lock, "utf8")).pid).toBe(child.pid);
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  takeLock(lock)();
});

test("of a process that ended without giving it back is taken over", () => {
  expect(spawnSync(process.execPath, program("")).status).toBe(0);
  expect(existsSync(lock)).toBe(true);
  const release = takeLock(lock);
  expect(JSON.parse(readFileSync(lock, "utf8")).pid).toBe(process.pid);
  release();
});

test("of an earlier process with this one's id, as in a restarted container, is taken over", () => {
  holder({ born: "1" });
  takeLock(lock)();
});

test.runIf(existsSync("/proc/self/stat"))(
  "of an earlier process whose id is in use again is taken over",
  () => {
    holder({ pid: process.ppid, born: "1" });
    takeLock(lock)();
  },
);

test("of another machine is left alone", () => {
  holder({ host: "elsewhere", pid: 1 });
  expect(() => takeLock(lock)).toThrow(/process 1 on elsewhere \(since then\)/);
});

test("without content is left alone while it is new, and taken over when it is old", () => {
  writeFileSync(lock, "");
  expect(() => takeLock(lock)).toThrow(/a process that has just started/);
  utimesSync(lock, 1, 1);
  takeLock(lock)();
});

test("that another process has taken over meanwhile is not given back for it", () => {
  const release = takeLock(lock);
  holder({ host: "elsewhere" });
  release();
  expect(existsSync(lock)).toBe(true);
});
