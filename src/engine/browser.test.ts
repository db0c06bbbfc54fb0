/** The same program in a page, with ONNX Runtime's WebAssembly build, in headless Chromium. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build } from "vite";
import { describe, expect, it } from "vitest";
import { CHROMIUM, CHROMIUM_FLAGS } from "./chromium.reference.ts";
import { compile, Rng } from "./index.ts";
import { mlpGradient, SHAPES } from "./mlp-gradient.reference.ts";

describe.skipIf(!CHROMIUM)("in a browser (skipped without Chromium)", () => {
  it("the gradient of 784-64-10 and a kernel give what they give in Node.js", async () => {
    const folder = mkdtempSync(join(tmpdir(), "isthmus-browser-"));
    const here = import.meta.dirname;
    writeFileSync(
      join(folder, "page.ts"),
      `import { allocateVector, combine, compile, Rng } from ${JSON.stringify(join(here, "index.ts"))};
       import { mlpGradient, SHAPES } from ${JSON.stringify(join(here, "mlp-gradient.reference.ts"))};
       globalThis.gradient = async () => {
         const rng = Rng.fromSeed(1);
         const inputs = SHAPES.map((shape, i) => rng.split(String(i)).normal(shape.reduce((a, b) => a * b, 1)));
         const program = await compile(mlpGradient, SHAPES.map((shape) => ({ shape })));
         const outputs = await program.run(inputs);
         const x = allocateVector(5).fill(2);
         combine(x, [x, x], [1, 0.5]);
         return { outputs: outputs.map((o) => [...o.slice(0, 200)]), kernel: [...x] };
       };`,
    );
    await build({
      root: folder,
      logLevel: "error",
      configFile: false,
      build: {
        outDir: join(folder, "dist"),
        target: "esnext",
        lib: { entry: join(folder, "page.ts"), formats: ["es"], fileName: () => "page.js" },
      },
    });
    const { readFileSync } = await import("node:fs");
    const server = createServer((request, response) => {
      const name = request.url === "/" ? "" : (request.url ?? "").slice(1).split("?")[0];
      const file = join(folder, "dist", name);
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      if (name === "") {
        response.setHeader("Content-Type", "text/html");
        response.end(
          '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
        );
      } else if (existsSync(file)) {
        response.setHeader("Content-Type", name.endsWith(".wasm") ? "application/wasm" : "text/javascript");
        response.end(readFileSync(file));
      } else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction("globalThis.gradient", undefined, { timeout: 30_000 }).catch((error) => {
        throw new Error(`${error} ${problems.join("; ")}`);
      });
      const got = (await page.evaluate("globalThis.gradient()")) as { outputs: number[][]; kernel: number[] };
      const rng = Rng.fromSeed(1);
      const inputs = SHAPES.map((shape, i) => rng.split(String(i)).normal(shape.reduce((a, b) => a * b, 1)));
      using program = await compile(
        mlpGradient as never,
        SHAPES.map((shape) => ({ shape })),
      );
      const expected = await program.run(inputs);
      expect(got.kernel).toEqual([3, 3, 3, 3, 3]);
      expect(got.outputs).toHaveLength(expected.length);
      got.outputs.forEach((values, i) => {
        const scale = Math.max(...expected[i].slice(0, 200).map(Math.abs));
        values.forEach((v, k) => {
          expect(Math.abs(v - expected[i][k]) / scale).toBeLessThan(1e-5);
        });
      });
    } finally {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
