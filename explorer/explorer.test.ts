/** The explorer in headless Chromium, as a person would use it. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toyRegression } from "../src/data/index.ts";
import { CHROMIUM } from "../src/engine/chromium.reference.ts";
import { allocateVector, combine } from "../src/engine/index.ts";
import { readNpz } from "../src/format/index.ts";
import { Examples, NetworkLandscape, squaredError } from "../src/landscape/index.ts";
import { networkOf } from "../src/model/index.ts";
import { decodeSubspace } from "../src/run/index.ts";
import { serveRuns } from "../src/run/node.ts";
import { fromSpec, isPath } from "../src/subspace/index.ts";
import { openSite, PUBLIC_RUNS, readout, type Site } from "./site.reference.ts";

const demo = join(PUBLIC_RUNS, "demo");
const posterior = join(PUBLIC_RUNS, "posterior");
const connect = JSON.parse(readFileSync(join(demo, "results", "connect.json"), "utf8"));

describe.skipIf(!CHROMIUM)("the explorer (skipped without Chromium)", () => {
  let site: Site;
  const using = (hash: string, use: (page: Page) => Promise<void>) => site.using(hash, use);

  beforeAll(async () => {
    site = await openSite();
  }, 120_000);
  afterAll(() => site?.close());

  /** What the library says of the network at t of the sampled path. */
  async function onPath(t: number) {
    const file = join(posterior, "checkpoints", "path.safetensors");
    const { network: spec, map, anchors } = decodeSubspace(readFileSync(file), file, allocateVector);
    const path = fromSpec(map);
    if (!spec || !isPath(path)) throw new Error(`${file} holds no path.`);
    const theta = allocateVector(anchors[0].length);
    combine(theta, anchors, path.at(t));
    const dataset = await toyRegression({ seed: 1 });
    const network = networkOf(spec);
    const on = async (split: "train" | "test") => {
      using examples = new Examples(dataset, dataset[split]);
      using landscape = new NetworkLandscape(network, examples, squaredError);
      return await landscape.evaluate(theta);
    };
    return { train: await on("train"), test: await on("test") };
  }

  test("shows the run at once, with its numbers", async () => {
    await using("#t=0.5", async (page) => {
      const loss: number = connect.curve.trainLoss[30];
      await expect.poll(() => readout(page).textContent()).toContain(`loss ${loss.toPrecision(3)}`);
      await page.locator(".stage canvas").waitFor();
      await page.getByRole("button", { name: "error" }).click();
      await page.getByRole("button", { name: "test", exact: true }).click();
      const error = `${(100 * connect.curve.testError[30]).toFixed(1)} %`;
      await expect.poll(() => readout(page).textContent()).toContain(`error ${error}`);
      await page.getByRole("button", { name: "logarithmic" }).click();
      await page.locator(".stage").press("ArrowLeft");
      await expect.poll(() => page.url()).toContain("azimuth=200");
      expect(page.url()).toContain("scale=log");
    });
  });

  test("reads values under the pointer, and keeps the view in the address", async () => {
    await using("#quantity=error&split=test", async (page) => {
      const map = page.locator(".map canvas");
      const box = (await map.boundingBox())!;
      // The layout moves until the surface is there: point again until it is read.
      let nudge = 0;
      const pointed = async () => {
        nudge = 1 - nudge;
        await page.mouse.move(box.x + box.width / 2 + nudge, box.y + box.height / 2);
        return readout(page).textContent();
      };
      await expect.poll(pointed).toMatch(/At \(.*\): loss [\d.]+, error [\d.]+ %/);
      await page.getByRole("button", { name: "take away" }).click();
      const download = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: "plane-test-error.npz" }).click();
      const arrays = readNpz(readFileSync(await (await download).path()));
      const saved = readNpz(readFileSync(join(demo, "results", "plane.npz")));
      expect([...(arrays.error.data as Float64Array)]).toEqual([...(saved.test_error.data as Float64Array)]);
    });
  });

  test("walks along the path", async () => {
    await using("#view=path&t=0", async (page) => {
      await expect.poll(() => page.locator(".card").count(), { timeout: 30_000 }).toBe(12);
      const fact = (name: string) =>
        page.locator(".facts div", { hasText: name }).locator("dd").textContent();
      expect(await fact("from the first")).toBe("0");
      expect(Number(await fact("to the second"))).toBeCloseTo(connect.distance, 1);
      const before = await page.locator(".verdict").allTextContents();
      await page.getByRole("slider").fill("1");
      expect(Number(await fact("walked"))).toBeCloseTo(connect.curve.length, 1);
      // Most of the images are chosen because the networks disagree about them.
      const after = await page.locator(".verdict").allTextContents();
      expect(after.filter((name, i) => name !== before[i]).length).toBeGreaterThan(0);
    });
  });

  test("walks along the functions of a regression", async () => {
    await using("#view=path&run=1&t=0.5", async (page) => {
      const fact = (name: string) =>
        page.locator(".facts div", { hasText: name }).locator("dd").textContent();
      await expect
        .poll(() => page.locator(".facts").textContent(), { timeout: 30_000 })
        .toContain("training loss");
      const { train, test: testing } = await onPath(0.5);
      expect(await fact("training loss")).toBe(train.loss.toPrecision(3));
      expect(await fact("test RMSE")).toBe(testing.error.toPrecision(3));
      // Half of the length is not t = 0.5.
      await page.getByRole("slider").fill("1");
      const length = Number(await fact("walked"));
      await page.getByRole("button", { name: "arc length" }).click();
      await page.getByRole("slider").fill("0.5");
      expect(Number(await fact("walked")) / length).toBeCloseTo(0.5, 2);
      const t = Number(await page.locator(".facts dd").first().textContent());
      expect(Math.abs(t - 0.5)).toBeGreaterThan(0.02);
    });
  });

  test("walks through the tunnel, and plays its chains", async () => {
    await using("#view=tunnel&run=1&t=0.5", async (page) => {
      const { train } = await onPath(0.5);
      await expect
        .poll(() => readout(page).textContent(), { timeout: 60_000 })
        .toContain(`On the path at t = 0.50: mean squared error ${train.loss.toPrecision(3)}.`);
      await expect.poll(() => page.locator(".facts").textContent()).toContain("R̂ of t");
      const facts = await page.locator(".facts").textContent();
      const [first, second] = JSON.parse(
        readFileSync(join(posterior, "results", "sample.json"), "utf8"),
      ).temperatures;
      expect(facts).toContain(first.position.rHatMax.toFixed(3));
      const draw = page.getByRole("slider", { name: "draw", exact: true });
      const before = Number(await draw.inputValue());
      await page.getByRole("button", { name: "play" }).click();
      await expect
        .poll(async () => Number(await draw.inputValue()), { timeout: 15_000 })
        .toBeGreaterThan(before + 3);
      await page.getByRole("button", { name: "pause" }).click();
      // The cross-section moves with t, the picture with the temperature.
      await page.getByRole("slider", { name: "position t" }).fill("0.2");
      await expect.poll(() => readout(page).textContent()).toContain("On the path at t = 0.20");
      await page.getByRole("combobox", { name: "temperature" }).selectOption("100");
      await expect
        .poll(() => page.locator(".facts").textContent())
        .toContain(second.position.rHatMax.toFixed(3));
      await page.getByRole("button", { name: "take away" }).click();
      const download = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: "draws.csv" }).click();
      const [head, ...rows] = readFileSync(await (await download).path(), "utf8")
        .trim()
        .split("\n");
      expect(head.split(",").slice(0, 2)).toEqual(["chain", "t"]);
      const saved = readNpz(readFileSync(join(posterior, "results", "draws-100.npz"))).lambda;
      const [chains, draws, K] = saved.shape;
      expect(rows).toHaveLength(chains * draws);
      expect(Number(rows[300].split(",")[1])).toBeCloseTo((saved.data as Float64Array)[300 * K], 4);
    });
  });

  test("trains two networks and bends the curve, while the page stays usable", async () => {
    await using("#view=live", async (page) => {
      await expect.poll(() => readout(page).textContent(), { timeout: 30_000 }).toContain("step 0");
      await page.getByRole("button", { name: "step", exact: true }).click();
      await expect.poll(() => readout(page).textContent()).toContain("step 1");
      await page.getByRole("button", { name: "go" }).click();
      await expect.poll(() => readout(page).textContent(), { timeout: 60_000 }).toContain("The curve bends");
      await page.waitForTimeout(1500);
      await page.getByRole("button", { name: "pause" }).click();
      const peaks = async () => {
        const text = (await readout(page).textContent())!.replaceAll("−", "-");
        const [, line, curve] = /at most ([\d.e-]*\d), on the curve at most ([\d.e-]*\d)/.exec(text)!;
        return { line: Number(line), curve: Number(curve) };
      };
      const { line, curve } = await peaks();
      expect(curve).toBeLessThan(line);
      // The middle of the curve follows an arrow key, and a hand that takes hold of it; the loss along the curve follows.
      await page.locator(".live .map").first().press("ArrowUp");
      await expect.poll(async () => (await peaks()).curve).not.toBe(curve);
      const moved = (await peaks()).curve;
      const box = (await page.locator(".live .map canvas").first().boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      // It lies above the middle of the map, how far depends on how the curve bends.
      for (const up of [0, 0.1, 0.2, 0.3]) {
        await page.mouse.move(x, y - up * box.height);
        await page.mouse.down();
        await page.mouse.move(x + 15, y - up * box.height, { steps: 3 });
        await page.mouse.up();
      }
      await expect.poll(async () => (await peaks()).curve).not.toBe(moved);
    });
  });

  test("draws functions along the path of a regression, and their posterior", async () => {
    await using("#view=live&data=toy-regression&widths=16-16", async (page) => {
      await expect.poll(() => readout(page).textContent(), { timeout: 30_000 }).toContain("step 0");
      expect(await page.locator(".posterior").isVisible()).toBe(false);
      await page.getByRole("button", { name: "go" }).click();
      await expect.poll(() => readout(page).textContent(), { timeout: 90_000 }).toContain("The curve bends");
      await page.getByRole("button", { name: "pause" }).click();
      await page.locator(".posterior").waitFor();
      // The band is that of the temperature: another one changes the picture, and the first brings it back.
      const picture = () =>
        page.evaluate(() =>
          document.querySelector<HTMLCanvasElement>(".pane .map[role=img] canvas")!.toDataURL(),
        );
      const at = (temperature: string) =>
        page.locator(".posterior").getByRole("button", { name: temperature, exact: true }).click();
      await at("10");
      await at("1");
      await page.waitForTimeout(1500);
      const cold = await picture();
      await at("1000");
      await expect.poll(picture).not.toBe(cold);
      await at("1");
      await expect.poll(picture).toBe(cold);
    });
  });

  test("finds the threshold of random hyperplanes", async () => {
    await using("#view=wedges", async (page) => {
      await expect
        .poll(() => readout(page).textContent(), { timeout: 60_000 })
        .toMatch(/^1[1-9] hyperplanes/);
      const [, d] = /has d = (\d+), for s = 20/.exec((await readout(page).textContent())!)!;
      // d = s is solvable, but hard; below it is not.
      expect(Number(d)).toBeGreaterThanOrEqual(20);
      expect(Number(d)).toBeLessThanOrEqual(23);
    });
  });

  test("says in one sentence what it cannot show", async () => {
    await using("", async (page) => {
      await page.locator(".stage canvas").waitFor();
      const drop = (name: string, content: string) =>
        page.evaluate(
          ([file, text]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], file));
            dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
          },
          [name, content] as const,
        );
      await drop("notes.pdf", "%PDF");
      await expect.poll(() => page.locator(".said").textContent()).toContain("notes.pdf cannot be shown");
      await drop("broken.safetensors", "not a checkpoint");
      await expect.poll(() => readout(page).textContent(), { timeout: 30_000 }).toMatch(/safetensors/);
      await drop("table.csv", "x,y\n0,0\n1,1\n2,4\n3,9\n");
      await expect.poll(() => readout(page).textContent(), { timeout: 30_000 }).toContain("step 0");
    });
  });

  test("shows a run as it happens, and its landscape when it is done", async () => {
    const running = join(site.folder, "going");
    cpSync(demo, running, { recursive: true });
    const record = JSON.parse(readFileSync(join(demo, "run.json"), "utf8"));
    const write = (status: string) =>
      writeFileSync(join(running, "run.json"), JSON.stringify({ ...record, status }));
    write("running");
    const lines = readFileSync(join(demo, "metrics.jsonl"), "utf8").trimEnd().split("\n");
    writeFileSync(join(running, "metrics.jsonl"), `${lines.slice(0, 5).join("\n")}\n`);
    const url = await site.listen(
      serveRuns({ site: join(site.folder, "site"), data: site.folder, runs: [running] }),
    );
    const page = await site.browser.newPage();
    try {
      await page.goto(url);
      await expect.poll(() => readout(page).textContent()).toContain("is running (optimum-1: 5, loss");
      writeFileSync(join(running, "metrics.jsonl"), `${lines.slice(0, 9).join("\n")}\n`);
      await expect.poll(() => readout(page).textContent(), { timeout: 10_000 }).toContain("optimum-1: 9,");
      write("done");
      await expect
        .poll(() => readout(page).textContent(), { timeout: 10_000 })
        .toContain("On the curve at t");
    } finally {
      await page.close();
    }
  });

  test("serves the given runs and nothing else", async () => {
    const status = async (path: string, init?: RequestInit) => (await fetch(site.url + path, init)).status;
    expect(await status("runs/0/run.json")).toBe(200);
    for (const path of [
      "runs/0/..%2f..%2fpackage.json",
      "runs/2/run.json",
      "..%2fpackage.json",
      "runs/0/lock",
    ]) {
      expect(await status(path)).toBe(404);
    }
    expect(await status("", { method: "POST" })).toBe(405);
    const policy = (await fetch(site.url)).headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
  });
});
