/** The built page, served, in headless Chromium: what its tests share. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { CHROMIUM, CHROMIUM_FLAGS } from "../src/engine/chromium.reference.ts";
import { serveRuns } from "../src/run/node.ts";

const SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const root = join(import.meta.dirname, "..");
export const PUBLIC_RUNS = join(import.meta.dirname, "public", "runs");

export interface Site {
  /** A folder of this test's own; the page is in its folder site. */
  folder: string;
  url: string;
  browser: Browser;
  /**
   * Opens a view, uses it, and fails on anything that goes wrong in the console or is asked of other machines.
   * @param from another browser, address or options of the window
   */
  using(
    hash: string,
    use: (page: Page) => Promise<void>,
    from?: { browser?: Browser; url?: string; context?: BrowserContextOptions },
  ): Promise<void>;
  /** Another browser, with flags of its own instead of those for drawing in software. */
  launch(flags: readonly string[]): Promise<Browser>;
  /** The address of another server, which is closed with the site. */
  listen(server: Server): Promise<string>;
  close(): Promise<void>;
}

/** Builds the page, serves it with the runs that come with it, and starts a browser. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-site-"));
  await build({
    configFile: join(import.meta.dirname, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: join(folder, "site"), emptyOutDir: true },
  });
  const servers: Server[] = [];
  const listen = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  };
  const url = await listen(
    serveRuns({
      site: join(folder, "site"),
      data: join(root, "assets", "fashion-mnist-small"),
      runs: ["demo", "posterior"].map((name) => join(PUBLIC_RUNS, name)),
    }),
  );
  const browsers: Browser[] = [];
  const launch = async (flags: readonly string[]) => {
    const launched = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, ...flags] });
    browsers.push(launched);
    return launched;
  };
  const browser = await launch(SOFTWARE);
  const using: Site["using"] = async (hash, use, from = {}) => {
    const context = { viewport: { width: 1000, height: 700 }, ...from.context };
    const page = await (from.browser ?? browser).newPage(context);
    const address = from.url ?? url;
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("request", (request) => {
      const asked = request.url();
      if (!asked.startsWith(address) && !/^(blob|data):/.test(asked)) problems.push(`asked for ${asked}`);
    });
    try {
      await page.goto(address + hash);
      await use(page);
      if (problems.length > 0) throw new Error(`The page has gone wrong: ${problems.join("; ")}`);
    } finally {
      await page.close();
    }
  };
  const close = async () => {
    for (const launched of browsers) await launched.close();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, url, browser, using, launch, listen, close };
}

/** Any web server: files of the built page, without a back end and without the headers that isolate it. */
export function plainServer(site: string): Server {
  const types: Record<string, string> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
    ".json": "application/json",
  };
  return createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = join(site, path === "/" ? "index.html" : path);
    try {
      const body = readFileSync(file);
      response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
}

/** The sentence below a view. */
export const readout = (page: Page) => page.locator(".readout").first();
