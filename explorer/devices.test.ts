/** The explorer where a browser has less, or other, than most: no isolation, WebGPU, no WebGL, fingers, keys, other tastes. */
import { cpSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM } from "../src/engine/chromium.reference.ts";
import { openSite, plainServer, readout, type Site } from "./site.reference.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The live view whose networks see fewest examples: WebGPU in software is slow. */
const SMALL = "#view=live&data=toy-regression&widths=16-16";
const VIEWS = ["landscape", "path", "tunnel&run=1", "live", "live&data=toy-regression", "wedges"];

describe.skipIf(!CHROMIUM)("the explorer elsewhere (skipped without Chromium)", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site?.close());

  /** The losses of the third step of training, after two updates; the page is at its beginning. */
  async function thirdStep(page: Page): Promise<number[]> {
    await expect.poll(() => readout(page).textContent(), { timeout: 60_000 }).toContain("step 0");
    for (const step of [1, 2, 3]) {
      await page.getByRole("button", { name: "step", exact: true }).click();
      await expect.poll(() => readout(page).textContent(), { timeout: 60_000 }).toContain(`step ${step} `);
    }
    await page.getByRole("button", { name: "take away" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "training.csv" }).click();
    const table = readFileSync(await (await download).path(), "utf8")
      .trim()
      .split("\n");
    const losses = table.at(-1)!.split(",").slice(1, 3).map(Number);
    expect(losses.every(Number.isFinite)).toBe(true);
    return losses;
  }

  test("computes on one thread, from any web server, where the page is not isolated", async () => {
    const files = join(site.folder, "site");
    cpSync(join(import.meta.dirname, "..", "assets", "fashion-mnist-small"), join(files, "data"), {
      recursive: true,
    });
    const url = await site.listen(plainServer(files));
    let expected: number[] = [];
    await site.using("#view=live", async (page) => {
      expect(await page.evaluate("crossOriginIsolated")).toBe(true);
      expected = await thirdStep(page);
    });
    await site.using(
      "#view=live",
      async (page) => {
        expect(await page.evaluate("crossOriginIsolated")).toBe(false);
        expect(await thirdStep(page)).toEqual(expected);
        await page.getByRole("link", { name: "Landscape" }).click();
        await expect.poll(() => readout(page).textContent()).toContain("On the curve at t = 0.50");
        await page.getByRole("link", { name: "Path" }).click();
        await expect
          .poll(() => page.locator(".facts").textContent(), { timeout: 30_000 })
          .toContain("walked");
      },
      { url },
    );
  });

  test("computes the same with WebGPU", async () => {
    const browser = await site.launch(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
    let expected: number[] = [];
    await site.using(`${SMALL}&compute=wasm`, async (page) => {
      expected = await thirdStep(page);
    });
    await site.using(
      `${SMALL}&compute=webgpu`,
      async (page) => {
        const losses = await thirdStep(page);
        losses.forEach((loss, i) => {
          expect(Math.abs(loss / expected[i] - 1)).toBeLessThan(1e-4);
        });
        expect(losses).toHaveLength(2);
      },
      { browser },
    );
  });

  test("says where there is no WebGPU", async () => {
    await site.using("#view=live&compute=webgpu", async (page) => {
      await expect
        .poll(() => readout(page).textContent(), { timeout: 30_000 })
        .toContain("This browser has no WebGPU");
    });
  });

  test("does without WebGL: a map and a sentence", async () => {
    const browser = await site.launch(["--disable-gpu", "--disable-3d-apis"]);
    const page = await browser.newPage();
    for (const [view, sentence] of [
      ["landscape", "no WebGL"],
      ["tunnel&run=1", "no WebGL"],
    ]) {
      await page.goto(`${site.url}#view=${view}`);
      await page.reload();
      await expect
        .poll(() => page.locator(".stage .notice").textContent(), { timeout: 30_000 })
        .toContain(sentence);
    }
    await page.goto(`${site.url}#view=landscape`);
    await page.reload();
    await expect.poll(() => page.locator(".map canvas").isVisible()).toBe(true);
  });

  test.each(VIEWS)("%s can be read by everybody: names, contrast, roles", async (view) => {
    await site.using(`#view=${view}`, async (page) => {
      await expect.poll(() => readout(page).textContent(), { timeout: 60_000 }).toMatch(/\d/);
      await page.evaluate(AXE);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const { violations } = (await page.evaluate(
          "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })",
        )) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
        const found = violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
        );
        expect(found).toEqual([]);
      }
    });
  });

  test("keys reach everything, read values and choose", async () => {
    await site.using("#view=wedges&short=12&dimension=100", async (page) => {
      // What the address says is what is computed.
      await expect.poll(() => readout(page).textContent(), { timeout: 60_000 }).toContain("for s = 12");
    });
    await site.using("", async (page) => {
      await page.locator(".stage canvas").waitFor({ timeout: 30_000 });
      const wanted = await page
        .locator("a, button, select, input, [tabindex='0']")
        .evaluateAll((elements) => elements.filter((e) => (e as HTMLElement).checkVisibility()).length);
      const reached = new Set<number>();
      for (let i = 0; i < wanted + 3; i++) {
        await page.keyboard.press("Tab");
        reached.add(
          await page.evaluate(() => {
            const all = [...document.querySelectorAll("a, button, select, input, [tabindex='0']")];
            return all.indexOf(document.activeElement!);
          }),
        );
      }
      reached.delete(-1);
      expect(reached.size).toBe(wanted);
      await page.locator(".map").focus();
      const before = await readout(page).textContent();
      for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown");
      await expect
        .poll(() => readout(page).textContent())
        .toMatch(/^At \(.*\): loss [\d.]+, error [\d.]+ %, in the plane\.$/);
      await page.keyboard.press("Escape");
      await expect.poll(() => readout(page).textContent()).toBe(before);
      await page.getByRole("link", { name: "Wedges" }).focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => page.url()).toContain("view=wedges");
    });
  });

  test("fingers turn the landscape and zoom it", async () => {
    await site.using(
      "",
      async (page) => {
        const stage = page.locator(".stage canvas");
        await stage.waitFor({ timeout: 30_000 });
        const box = (await stage.boundingBox())!;
        const client = await page.context().newCDPSession(page);
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: [number, number][]) =>
          client.send("Input.dispatchTouchEvent", {
            type,
            touchPoints: points.map(([px, py], id) => ({ x: px, y: py, id })),
          });
        await touch("touchStart", [[x, y]]);
        await touch("touchMove", [[x + 50, y]]);
        await touch("touchEnd", []);
        await expect.poll(() => page.url()).toContain("azimuth=185");
        await touch("touchStart", [
          [x - 40, y],
          [x + 40, y],
        ]);
        await touch("touchMove", [
          [x - 80, y],
          [x + 80, y],
        ]);
        await touch("touchEnd", []);
        await expect.poll(() => page.url()).toContain("distance=0.95");
        // Nothing is cut off: the page is not wider than the screen.
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      },
      { context: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } },
    );
  });
});
