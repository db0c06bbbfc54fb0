/** `isthmus pattern` on the embedded data: from a PNG file to a picture, going on after `kill -9`, and wrong input. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { readNpz } from "../format/index.ts";
import type { PatternResult } from "../run/node.ts";
import { commandFolder, MAIN } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("pattern");

const SMALL = "--train-count 800 --test-count 200 --network 16 --batch 32".split(" ");

const read = (...path: string[]) => readFileSync(join(folder, ...path));

/** A PNG file with a black letter L on a clear ground: 6 x 6 blocks of 5 x 5 pixels. */
const LETTER = [".#....", ".#....", ".#....", ".#....", ".####.", "......"];
const data = Uint8Array.from({ length: 30 * 30 * 4 }, (_, i) => {
  const [x, y] = [(i >> 2) % 30, Math.floor((i >> 2) / 30)];
  return i % 4 === 3 && LETTER[Math.floor(y / 5)][Math.floor(x / 5)] === "#" ? 255 : 0;
});
writeFileSync(join(folder, "letter.png"), encode({ width: 30, height: 30, channels: 4, data }));
const blank = new Uint8Array(30 * 30).fill(200);
writeFileSync(join(folder, "blank.png"), encode({ width: 30, height: 30, channels: 1, data: blank }));
writeFileSync(join(folder, "text.png"), "no picture");

describe("isthmus pattern", () => {
  it("draws the picture of a PNG file, upright, into a plane that other commands read", () => {
    const flags = "--cells 6 --steps 400 --rate 0.003 --padding 1 --json --out letter".split(" ");
    const { code, out, err } = isthmus("pattern", "letter.png", ...SMALL, ...flags);
    expect(err).not.toContain("isthmus:");
    expect(code).toBe(0);
    const result: PatternResult = JSON.parse(read("letter", "results", "pattern.json").toString());
    expect(JSON.parse(out)).toMatchObject({ splits: result.splits });
    const image = result.image.map((v) => (v === 1 ? "#" : ".")).join("");
    expect(image).toBe(LETTER.join(""));
    const { good, bad, difference } = result.splits.train;
    expect(difference).toBeCloseTo(good - bad, 12);
    expect(difference).toBeGreaterThan(0.15);

    // Cells by hand: with padding 1 the cell (row, column) of the map lies at (column - 3.5, 3.5 - row).
    const arrays = readNpz(read("letter", "results", "pattern.npz"), "pattern.npz");
    expect(arrays.test_loss.shape).toEqual([8, 8]);
    const cells = [
      [0, 0],
      [2, 6],
      [5, 3],
    ];
    const at = cells.map(([row, column]) => `${column - 3.5}:${3.5 - row}`);
    // And the lower left corner of the landscape, which is evaluated on all of the few test examples.
    const evaluated = isthmus("evaluate", "letter", `--at=${at},-4:-4`, "--json", "--out", "evaluated");
    const rows = JSON.parse(evaluated.out).rows.filter((r: { split: string }) => r.split === "test");
    cells.forEach(([row, column], i) => {
      expect(rows[i].loss).toBeCloseTo(arrays.test_loss.data[row * 8 + column] as number, 3);
      expect(1 - rows[i].error).toBeCloseTo(arrays.test_accuracy.data[row * 8 + column] as number, 2);
    });
    const { landscape_x: xs, landscape_y: ys, landscape_loss } = arrays;
    expect([xs.data[0], ys.data[0]]).toEqual([-4, -4]);
    expect(rows[cells.length].loss).toBeCloseTo(landscape_loss.data[0] as number, 3);

    const report = read("letter", "report.html").toString();
    for (const id of ["mask", "accuracy", "loss", "landscape", "training"]) {
      expect(readdirSync(join(folder, "letter", "figures"))).toContain(`${id}.svg`);
      expect(report).toContain(`<figure id="${id}">`);
    }
    rmSync(join(folder, "letter", "report.html"));
    expect(isthmus("report", "letter").code).toBe(0);
    expect(read("letter", "report.html").toString()).toBe(report);
  });

  it("killed and resumed, without its picture, ends with the bytes of a run that went through", async () => {
    const flags = [...SMALL, ..."--cells 6 --steps 125 --padding 0".split(" ")];
    expect(isthmus("pattern", "letter.png", ...flags, "--out", "whole").code).toBe(0);
    const child = spawn(process.execPath, [MAIN, "pattern", "letter.png", ...flags, "--out", "killed"], {
      cwd: folder,
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    const metrics = join(folder, "killed", "metrics.jsonl");
    const lines = () => (existsSync(metrics) ? readFileSync(metrics, "utf8").split("\n").length - 1 : 0);
    while (lines() < 3 && child.exitCode === null) await wait(2);
    child.kill("SIGKILL");
    expect((await ended)[1]).toBe("SIGKILL");
    expect(lines()).toBeLessThan(25);
    const picture = read("letter.png");
    rmSync(join(folder, "letter.png"));
    const resumed = isthmus("pattern", "--resume", "killed");
    writeFileSync(join(folder, "letter.png"), picture);
    expect(resumed.err).not.toContain("isthmus:");
    expect(resumed.code).toBe(0);
    for (const file of [
      "checkpoints/subspace.safetensors",
      "results/pattern.json",
      "results/pattern.npz",
      "metrics.jsonl",
      "figures/training.svg",
    ]) {
      expect(read("killed", file).equals(read("whole", file)), file).toBe(true);
    }
    expect(readdirSync(join(folder, "killed", "checkpoints"))).toEqual(["subspace.safetensors"]);
  });

  it("says what a run would do", () => {
    const { out } = isthmus("pattern", ...SMALL, "--dry-run");
    expect(out).toMatch(/picture of 14 x 14 cells: 2500 steps, about \d+ s/);
  });

  it.each([
    ["a file that is no PNG", ["text.png"], 1, /text\.png, byte 0: expected the signature of a PNG file/],
    ["no file", ["none.png"], 2, /the picture none\.png cannot be read; give the path of a PNG file/],
    ["a picture without a boundary", ["blank.png"], 2, /blank\.png has no boundary at 14 x 14 cells/],
    ["too few cells", ["--cells", "2"], 2, /--cells "2" is not possible: give 3 or more/],
    ["two pictures", ["a.png", "b.png"], 2, /2 operands were given; give one PNG file/],
    ["a picture for a run that has one", ["a.png", "--resume", "whole"], 2, /leave a\.png out/],
    [
      "a learning rate that is too large",
      [...SMALL, "--steps", "50", "--rate", "1e30", "--out", "diverged"],
      1,
      /diverged at step \d+ .*; lower the learning rate .* no state was saved\./,
    ],
  ])("says in one sentence what is wrong with %s", (_, args, code, message) => {
    const { code: status, err } = isthmus("pattern", ...args);
    const said = err.trim().split("\n").at(-1)!;
    expect(said).toMatch(message);
    expect(said).toMatch(/^isthmus: /);
    expect(status).toBe(code);
  });
});
