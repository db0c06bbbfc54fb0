import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { basename, extname, join, relative, resolve, sep } from "node:path";

/** What is served: the built page, and the files of run folders. */
export interface Served {
  /** Folder of the built page. */
  site: string;
  /** Folder of the images that the page learns from. */
  data: string;
  /** Run folders; without any the page shows the run that comes with it. */
  runs: readonly string[];
  /** Names by which the machine may be addressed; those of loopback otherwise. */
  hosts?: readonly string[];
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".jsonl": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Nothing is fetched from elsewhere; WebAssembly and workers are the page's own. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  "Content-Security-Policy": POLICY,
  // Threads of WebAssembly need memory that is shared, and that needs isolation.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** Names of the files of a run folder that a page may read: no links, nothing hidden, nothing of runs inside. */
export function filesOfRun(folder: string): string[] {
  const root = realpathSync(folder);
  const listed: string[] = [];
  const walk = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.name.startsWith(".") || entry.name === "lock") continue;
      if (entry.isDirectory() && entry.name !== "runs") walk(inside);
      else if (entry.isFile()) listed.push(relative(root, inside).split(sep).join("/"));
    }
  };
  walk(root);
  return listed.sort();
}

/**
 * A server of the explorer's page and of the files of the given runs, and of no others. Only GET and HEAD; requests that name
 * another host are refused, so that no page of elsewhere can read the runs through a name of its own for this machine.
 */
export function serveRuns({ site, data, runs, hosts = ["localhost", "127.0.0.1", "[::1]"] }: Served): Server {
  const folders = runs.map((run) => realpathSync(run));
  return createServer((request, response) => {
    void answer(request, response).catch(() => refuse(response, 500, "The file could not be read."));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (!hosts.includes(host)) return refuse(response, 403, `This page is not served to ${host}.`);
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response, 405, "Only GET is answered.");
    let path: string;
    try {
      path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    } catch {
      return refuse(response, 400, "The address is not one.");
    }
    if (folders.length > 0 && path.startsWith("/runs/")) return answerRun(request, response, path);
    const [folder, inside] = path.startsWith("/data/") ? [data, path.slice("/data".length)] : [site, path];
    const file = resolve(folder, `.${inside === "/" ? "/index.html" : inside}`);
    if (!file.startsWith(folder + sep) || !existsSync(file) || !lstatSync(file).isFile()) {
      return refuse(response, 404, "There is no such file.");
    }
    return send(request, response, await readFile(file), extname(file), path.startsWith("/assets/"));
  }

  async function answerRun(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === "/runs/index.json") {
      const list = folders.map((folder, i) => ({
        name: basename(folder),
        base: String(i),
        paths: filesOfRun(folder),
      }));
      return send(request, response, Buffer.from(JSON.stringify(list)), ".json", false);
    }
    const [, number, file] = /^\/runs\/(\d+)\/(.+)$/.exec(path) ?? [];
    const folder = folders[Number(number)];
    // Only what is listed is read: no other file, however it is named, and no link.
    if (!folder || !filesOfRun(folder).includes(file)) return refuse(response, 404, "There is no such file.");
    return send(request, response, await readFile(join(folder, file)), extname(file), false);
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  type: string,
  lasting: boolean,
): void {
  response.writeHead(200, {
    ...HEADERS,
    "Content-Type": TYPES[type] ?? "application/octet-stream",
    "Content-Length": body.length,
    // Names of built files change with their contents; files of runs grow.
    "Cache-Control": lasting ? "public, max-age=31536000, immutable" : "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" });
  response.end(reason);
}
