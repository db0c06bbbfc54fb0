/** Studies at quick scale, as `isthmus reproduce` runs them; of their claims those that no seed of chance decides. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Claim, STUDIES } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "isthmus-study-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isthmus(...args: string[]) {
  const main = join(import.meta.dirname, "..", "cli", "main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "reproduce", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

function claimsOf(id: string): Claim[] {
  const { code, out, err } = isthmus(id, "--json", "--out", id.replace("/", "-"));
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  const result = JSON.parse(out);
  expect(result).toMatchObject({ id, scale: "quick" });
  for (const claim of result.claims) {
    expect(claim).toEqual({
      name: expect.any(String),
      published: expect.any(String),
      ours: expect.any(String),
      holds: expect.any(Boolean),
    });
  }
  return result.claims;
}

const holding = (claims: Claim[], ...words: string[]) =>
  words.map((word) => claims.find(({ name }) => name.includes(word))?.holds);

describe("isthmus reproduce", () => {
  it("names all studies, each with a title, and a near one for a wrong name", () => {
    const { out } = isthmus("--list", "--json");
    expect(JSON.parse(out).map(({ id }: { id: string }) => id)).toEqual(Object.keys(STUDIES));
    const { err, code } = isthmus("subspaces/table-2");
    expect(err).toContain('did you mean "subspaces/table-1"?');
    expect(code).toBe(2);
  });

  it("table 1: every published number, and the true dimensions", () => {
    expect(claimsOf("subspaces/table-1").every(({ holds }) => holds)).toBe(true);
  });

  it("figure 2: a learnt triangle is flat inside and nearly equilateral", () => {
    const claims = claimsOf("subspaces/figure-2");
    expect(holding(claims, "inside is flat", "equilateral")).toEqual([true, true]);
  });

  it("figure 3: noise of 1 is chance, and noise of 0.01 harmless", () => {
    const claims = claimsOf("subspaces/figure-3");
    expect(holding(claims, "leaves chance", "harms the ends")).toEqual([true, false]);
  });

  it("Benton: the volume term works, and a complex joins two optima better than a line", () => {
    const claims = claimsOf("subspaces/benton");
    expect(holding(claims, "volume term", "one complex")).toEqual([true, true]);
  });

  it("priors: those of the tunnel follow the path, that of arc length evenly", () => {
    expect(claimsOf("paths/figure-4").every(({ holds }) => holds)).toBe(true);
  });

  it("UCI: predictions are as good as published, and R-hat is lower in the tunnel than in the volume", () => {
    const claims = claimsOf("paths/uci");
    const held = (word: string) => claims.filter(({ name }) => name.includes(word)).map(({ holds }) => holds);
    expect(held("test LPPD and RMSE")).toEqual([true, true, true]);
    expect(held("R-hat is lower")).toEqual([true]);
  }, 600_000);

  it("frames: Frenet–Serret flips, the rotation-minimising one does not, and the published counts are met", () => {
    expect(claimsOf("paths/figure-3").every(({ holds }) => holds)).toBe(true);
  });
});
