/**
 * The explorer in headless Chromium, drawn in software: how soon it shows something, what a frame costs, how fast it trains.
 *
 *     npm run bench -- page
 */
import type { Page } from "playwright-core";
import { openSite, type Site } from "../explorer/site.reference.ts";
import { CHROMIUM } from "../src/engine/chromium.reference.ts";
import { sayer } from "./say.ts";

const OPENINGS = 7;
const FRAMES = 120;
/** Milliseconds of training before its step is timed. */
const TRAINING = 8000;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds until something is painted, until the controls answer, and until the surface stands, in a fresh window. */
async function opening(site: Site): Promise<{ paint: number; controls: number; surface: number }> {
  const context = await site.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const when = globalThis as { controls?: number; surface?: number };
    new MutationObserver(() => {
      if (document.querySelector(".controls button")) when.controls ??= performance.now();
      if (document.querySelector(".stage canvas")) when.surface ??= performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(site.url);
  await page.locator(".stage canvas").waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const times = await page.evaluate(() => {
    const when = globalThis as unknown as { controls: number; surface: number };
    return {
      paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      controls: when.controls,
      surface: when.surface,
    };
  });
  await context.close();
  return times;
}

/** Milliseconds and bytes of memory that a frame takes while the surface is turned. */
async function orbiting(page: Page): Promise<{ frame: number; bytes: number }> {
  await page.locator(".stage canvas").waitFor();
  const stage = page.locator(".stage");
  await stage.focus();
  // The first frames build shaders and find out how fine the picture can be.
  for (let i = 0; i < 30; i++) await stage.press("ArrowLeft");
  return page.evaluate(async (frames) => {
    const element = document.querySelector(".stage")!;
    const used = () =>
      (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize;
    const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    const before = used();
    for (let i = 0; i < frames; i++) {
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
      await next();
    }
    return { frame: (performance.now() - start) / frames, bytes: (used() - before) / frames };
  }, FRAMES);
}

/** Milliseconds of a step, as the page says. */
async function training(page: Page): Promise<number> {
  await page.getByRole("button", { name: "go" }).click();
  await page.waitForTimeout(TRAINING);
  const text = (await page.locator(".readout").first().textContent()) ?? "";
  return Number(/\(([\d.]+) ms a step\)/.exec(text)?.[1]);
}

/** Prints one line for each measurement, or JSON. */
export async function benchPage(json: boolean): Promise<void> {
  const say = sayer(json);
  if (!CHROMIUM) {
    console.error("The page is not measured: there is no Chromium; install it, or name it in CHROMIUM.");
    return;
  }
  const site = await openSite();
  const openings: Awaited<ReturnType<typeof opening>>[] = [];
  for (let i = 0; i < OPENINGS; i++) openings.push(await opening(site));
  const of = (key: "paint" | "controls" | "surface") => median(openings.map((times) => times[key]));
  say("page_first_paint", of("paint"), "below 1500", "ms, median of fresh windows");
  say("page_controls", of("controls"), "below 3000", "ms until the map and its controls are there");
  say("page_surface", of("surface"), "below 3000", "ms until the surface is there");
  const precise = await site.launch([
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--enable-precise-memory-info",
  ]);
  await site.using(
    "",
    async (page) => {
      const { frame, bytes } = await orbiting(page);
      say("page_frame", frame, "17 with a graphics card", "ms a frame while the surface turns, in software");
      say("page_frame_memory", bytes, "next to nothing", "bytes of JavaScript memory a frame");
    },
    { browser: precise },
  );
  // Drawing in software would take the cores that train.
  const flat = await site.launch(["--disable-gpu", "--disable-3d-apis"]);
  const page = await flat.newPage();
  await page.goto(`${site.url}#view=live&widths=32-32`);
  const what = "ms a step of two 2-32-32-2 networks on two moons, without a picture in three dimensions";
  say("page_step", await training(page), "2", what);
  await site.close();
}
