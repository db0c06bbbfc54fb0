import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { locateFile, obtainFile } from "./files-node.ts";
import type { DatasetFile, DatasetInfo } from "./registry.ts";

const content = new TextEncoder().encode("abc");
/** The SHA-256 of "abc" in FIPS 180-2, appendix B.1. */
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

let root: string;
let server: Server;
let served: Uint8Array | undefined;
let requests: number;
let file: DatasetFile;
let info: DatasetInfo;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "isthmus-data-"));
  served = gzipSync(content);
  requests = 0;
  server = createServer((_, response) => {
    requests++;
    response.statusCode = served ? 200 : 404;
    response.end(served);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  file = { name: "letters", bytes: 3, sha256, url: `http://127.0.0.1:${port}/letters.gz` };
  info = {
    name: "alphabet",
    task: "regression",
    shape: [1],
    classes: 0,
    splits: {},
    source: "",
    url: "",
    licence: "",
    files: [file],
  };
});

afterEach(async () => {
  await new Promise((done) => server.close(done));
  rmSync(root, { recursive: true });
});

const options = () => ({ dataDir: join(root, "own"), cacheDir: join(root, "cache") });

describe("a file that is not on this machine", () => {
  test("is downloaded once, with progress, and kept whole in the cache", async () => {
    const progress: number[] = [];
    const onProgress = ({ bytesDone }: { bytesDone: number }) => progress.push(bytesDone);
    expect(await obtainFile(info, file, { ...options(), onProgress })).toEqual(content);
    expect(progress.at(-1)).toBe(served!.length);
    expect(readdirSync(join(root, "cache", "alphabet"))).toEqual(["letters.gz"]);
    expect(await obtainFile(info, file, { ...options(), offline: true })).toEqual(content);
    expect(requests).toBe(1);
  });
  test("is refused and not kept where the download is another file", async () => {
    served = gzipSync(Uint8Array.of(1, 2, 3));
    await expect(obtainFile(info, file, options())).rejects.toThrow(/has the SHA-256 ba78.*, found 039058/);
    expect(locateFile(info, file, options())).toBeUndefined();
  });
  test("is asked for in one sentence, offline or where the server has none", async () => {
    await expect(obtainFile(info, file, { ...options(), offline: true })).rejects.toThrow(
      /^The file letters of alphabet is not in .*own.*cache.*; allow the download/,
    );
    served = undefined;
    await expect(obtainFile(info, file, options())).rejects.toThrow(
      /cannot be downloaded from http.*\(HTTP status 404\); try again later or name the directory/,
    );
  });
  test("stops downloading when aborted", async () => {
    const signal = AbortSignal.abort();
    await expect(obtainFile(info, file, { ...options(), signal })).rejects.toHaveProperty(
      "name",
      "AbortError",
    );
  });
});

test("the user's directory comes first, gzipped or not", async () => {
  await obtainFile(info, file, options());
  writeFileSync(join(root, "letters"), content);
  const own = { ...options(), dataDir: root };
  expect(locateFile(info, file, own)).toBe(join(root, "letters"));
  expect(await obtainFile(info, file, own)).toEqual(content);
});

test("a damaged file on this machine is named, with what to do", async () => {
  writeFileSync(join(root, "letters"), "ab");
  await expect(obtainFile(info, file, { ...options(), dataDir: root })).rejects.toThrow(
    `${join(root, "letters")}, byte 2: the letters of alphabet has 3 bytes, found 2; delete or replace this file.`,
  );
});
