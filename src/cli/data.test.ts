/** `isthmus data` as a process of its own, with folders that stand in for a user's. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "isthmus-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isthmus(...args: string[]) {
  const env = { ...process.env, ISTHMUS_DATA: "", ISTHMUS_CACHE: join(folder, "cache"), ISTHMUS_DEBUG: "" };
  const main = join(import.meta.dirname, "main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

describe("isthmus data", () => {
  it("list names Fashion-MNIST with its 60,000 and 10,000 images", () => {
    const sets = JSON.parse(isthmus("data", "list", "--json").out);
    const fashion = sets.find((d: { name: string }) => d.name === "fashion-mnist");
    expect(fashion).toMatchObject({ shape: [28, 28], classes: 10, splits: { train: 60000, test: 10000 } });
    expect(isthmus("data", "list").out).toMatch(/^fashion-mnist +classification .*60000.*10000$/m);
  });

  it("info, get and verify work on what comes with the package", () => {
    expect(isthmus("data", "info", "fashion-mnist-small").out).toMatch(/^licence +MIT$/m);
    const got = JSON.parse(isthmus("data", "get", "fashion-mnist-small", "--offline", "--json").out);
    expect(got).toMatchObject({ train: 10000, test: 2000, shape: [28, 28] });
    const verified = isthmus("data", "verify", "fashion-mnist-small");
    expect(verified.out.match(/^ok /gm)).toHaveLength(4);
    expect(verified.code).toBe(0);
  });

  it("says in one sentence what is missing or damaged, with the remedy of each", () => {
    const missing = isthmus("data", "verify", "bikesharing");
    expect(missing.err).toBe(
      "isthmus: 1 of 1 files of bikesharing are missing; get them with: isthmus data get bikesharing\n",
    );
    expect(missing.code).toBe(1);
    expect(isthmus("data", "get", "bikesharing", "--offline").err).toMatch(
      /^isthmus: .*bikesharing\.data.*offline.*\n$/,
    );
    mkdirSync(join(folder, "own"));
    writeFileSync(join(folder, "own", "bikesharing.data"), "1 2 3\n");
    const damaged = isthmus("data", "verify", "bikesharing", "--data-dir", "own");
    expect(damaged.out).toMatch(/^damaged +bikesharing\.data/);
    // A download would not replace it, since the user's folder is searched first.
    expect(damaged.err).toContain("delete or replace this file");
    expect(damaged.code).toBe(1);
  });

  it.each([
    [["data"], "give list, info, get or verify"],
    [["data", "info"], "needs the name of a data set"],
    [["data", "info", "fashion"], 'no data set "fashion"; choose one of'],
    [["data", "get", "mnist", "fashion-mnist"], '"fashion-mnist" is too much'],
    [["train", "--data", "fashion", "--dry-run"], 'no data set "fashion"; choose one of'],
    [["train", "--train-count", "50", "--validation-count", "50", "--dry-run"], "give at most 49"],
    [["train", "twice"], '"twice" is too much'],
    [["--json", "data"], "isthmus <verb> --json"],
  ])("%j is wrong usage", (args, sentence) => {
    const { code, err } = isthmus(...args);
    expect(err).toContain(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });

  it("an error is also JSON where results are", () => {
    const { out, err } = isthmus("data", "info", "fashion", "--json");
    expect(`isthmus: ${JSON.parse(out).error}\n`).toBe(err);
  });

  it("help of a command is found both ways round", () => {
    const { code, out } = isthmus("help", "data");
    expect(out).toBe(isthmus("data", "--help").out);
    expect(out).toContain("--cache-dir");
    expect(code).toBe(0);
  });
});
