import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { serveRuns } from "../run/node.ts";
import { UsageError, verb } from "./verb.ts";

/** The root of this package, from src/cli and from dist/cli alike. */
const ROOT = join(import.meta.dirname, "..", "..");

const schema = z.object({
  port: z.number().int().min(0).max(65535).default(4747).describe("port; 0 for any that is free"),
  host: z
    .string()
    .default("localhost")
    .describe("name or address to be reached by; other machines can read the runs if it is not localhost"),
});

function checkRun(path: string): void {
  if (!existsSync(path) || !statSync(path).isDirectory() || !existsSync(join(path, "run.json"))) {
    throw new UsageError(
      `${path} is no run folder; give folders that isthmus has written, such as runs/connect-….`,
    );
  }
}

export default verb({
  name: "view",
  summary:
    "Serves the explorer on this machine: landscapes, paths and tunnels of runs, and networks that train in the page.",
  operands: "[run …]",
  schema,
  example: "isthmus view runs/connect-fashion-mnist-small-1",
  async run({ port, host }, { operands }, io) {
    for (const run of operands) checkRun(run);
    const site = join(ROOT, "dist", "site");
    if (!existsSync(join(site, "index.html"))) {
      throw new Error(
        "The explorer has not been built; run npm run build:site, or install the package again.",
      );
    }
    const local = host === "localhost";
    const server = serveRuns({
      site,
      data: join(ROOT, "assets", "fashion-mnist-small"),
      runs: operands,
      ...(local ? {} : { hosts: [host, "localhost", "127.0.0.1"] }),
    });
    const failed = once(server, "error").then(([error]) => {
      const { code } = error as NodeJS.ErrnoException;
      throw code === "EADDRINUSE"
        ? new UsageError(`port ${port} is taken; give another with --port, or --port 0.`)
        : error;
    });
    server.listen(port, local ? "127.0.0.1" : host);
    await Promise.race([once(server, "listening"), failed]);
    const url = `http://${host}:${(server.address() as AddressInfo).port}/`;
    io.result({ url }, `The explorer is at ${url} (Ctrl-C ends it).`);
    if (!io.signal.aborted) await once(io.signal, "abort");
    server.closeAllConnections();
    server.close();
    failed.catch(() => {});
  },
});
