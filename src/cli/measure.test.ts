/** `isthmus ensemble` on what `isthmus subspace` has learnt. */
import { beforeAll, describe, expect, it } from "vitest";
import type { EnsembleRunResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";

const { isthmus } = commandFolder("measure");

const SMALL = "--train-count 500 --test-count 200 --network 12 --epochs 2".split(" ");

function json(...args: string[]): unknown {
  const { code, out, err } = isthmus(...args, "--json");
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  return JSON.parse(out);
}

beforeAll(() => {
  for (const kind of ["line", "triangle"]) isthmus("subspace", ...SMALL, "--kind", kind, "--out", kind);
}, 120_000);

describe("isthmus ensemble", () => {
  it("is no worse in likelihood than its members on average, and shows how they differ", () => {
    const found = json("ensemble", "line", "triangle", "--out", "e") as EnsembleRunResult;
    expect(found.members).toHaveLength(7);
    const nll = found.members.map((m) => m.negativeLogLikelihood.value);
    expect(found.meanProbability.negativeLogLikelihood.value).toBeLessThanOrEqual(
      nll.reduce((a, b) => a + b) / nll.length,
    );
    found.disagreement.forEach((row, i) => {
      expect(row[i]).toBe(0);
    });
    expect(found.middles).toHaveLength(2);
  });

  it("takes positions or a number of members, not both", () => {
    expect(isthmus("ensemble", "line", "--at", "0.5", "--members", "2").err).toContain("give one of them");
  });
});
