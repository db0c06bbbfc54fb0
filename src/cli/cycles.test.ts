/** `isthmus wedge`, and `train --cycle` with `ensemble` on what it has collected. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cycleFactor } from "../fit/index.ts";
import type { Averages, DiversityResult } from "../run/index.ts";
import type { WedgeResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";

const { folder, isthmus } = commandFolder("cycles");
const SMALL =
  "--train-count 256 --test-count 200 --validation-count 0 --network 16 --dropout 0 --batch 64 --optimiser adam --rate 0.01".split(
    " ",
  );

function json<R>(...args: string[]): R {
  const { code, out, err } = isthmus(...args, "--json");
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
  return JSON.parse(out);
}

it("makes wedges, with points of their own evaluated", () => {
  writeFileSync(join(folder, "points.csv"), "3,4,0.5,-2\n0,0,0,0\n1,1,1,1\n");
  const found = json<WedgeResult>(
    ...["wedge", "--dimension", "4", "--short", "2", "--points", "points.csv", "--out", "w"],
  );
  // The two smallest components of each: 0.5 and 2; 0 and 0; 1 and 1.
  expect(found.losses![0]).toBeCloseTo(Math.hypot(0.5, 2), 6);
  expect(found.losses!.slice(1)).toEqual([0, Math.SQRT2]);
  expect(existsSync(join(folder, "w", "checkpoints", "optimum-3.safetensors"))).toBe(true);
  const refuse = (...args: string[]) => isthmus("wedge", ...args);
  expect(refuse("--dimension", "4", "--short", "5").err).toContain("5 short directions of 4");
  expect(refuse("--points", "points.csv").err).toContain("points of 4 coordinates; the landscape has 1000");
  expect(refuse("--kind", "axes", "--turned").code).toBe(2);
  expect(isthmus("plane", "w").err).toContain("no network");
});

it("trains in cycles and averages what it has collected", () => {
  const cycles = ["--epochs", "6", "--cycle", "2", "--cycle-shape", "triangle", "--lowest-rate", "0.1"];
  json("train", ...SMALL, ...cycles, "--out", "t");
  const lines = readFileSync(join(folder, "t", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  // The rate of the last step of each epoch: lowest in the middle of a cycle, highest at its end.
  const rates = lines.map((line) => JSON.parse(line).rate);
  const expected = [3, 7].map((i) => 0.01 * cycleFactor({ shape: "triangle", lowest: 0.1 }, i, 8));
  expect(rates).toEqual([...expected, ...expected, ...expected]);
  const averages = json<{ averages: Averages }>(
    "ensemble",
    "t",
    "--average-from",
    "2",
    "--out",
    "e",
  ).averages;
  // Epochs 1, 3 and 5 are in the middle of a cycle.
  expect(averages.individual).toHaveLength(3);
  expect(averages.weights[0]).toBeNull();
  // The mean of one network is that network.
  expect(averages.weights[1]).toBe(averages.individual[1]);
  expect(averages.predictions[1]).toBe(averages.individual[1]);
  // The average is a checkpoint like others, here of the second and the third network.
  const { rows } = json<{ rows: { split: string; error: number }[] }>("evaluate", "e", "--out", "v");
  // All of the other examples were trained on.
  expect(rows.map(({ split }) => split)).toEqual(["train", "test"]);
  const test = rows.find(({ split }) => split === "test");
  expect(1 - test!.error).toBeCloseTo(averages.weights[2]!, 6);
  const all = json<{ averages: Averages }>("ensemble", "t", "--snapshots", "--out", "s").averages;
  expect(all.individual).toHaveLength(6);
  expect(all.individual[4]).toBe(averages.individual[2]);
});

it("places networks by accuracy and diversity", () => {
  json("train", ...SMALL, "--epochs", "6", "--save-every", "1", "--out", "a");
  json("train", ...SMALL, "--epochs", "6", "--seed", "2", "--out", "b");
  const { diversity } = json<{ diversity: DiversityResult }>(
    ...["ensemble", "a", "b", "--diversity", "--draws", "4", "--out", "d"],
  );
  const { groups, base } = diversity;
  expect(groups.independent).toHaveLength(1);
  for (const name of ["random", "dropout", "diagonal", "low-rank"] as const)
    expect(groups[name]).toHaveLength(4);
  // The optimum is the last state of its training, and disagrees with itself nowhere.
  expect(groups.training!.at(-1)).toMatchObject({ accuracy: base, disagreement: 0, diversity: 0 });
  expect(existsSync(join(folder, "d", "figures", "diversity.svg"))).toBe(true);
});

it("says what is wrong with cycles and averages", () => {
  const refused = (...args: string[]) => {
    const { code, err } = isthmus(...args);
    expect(code).toBe(2);
    return err;
  };
  expect(refused("train", ...SMALL, "--cycle", "3", "--cycle-shape", "triangle")).toContain("an even number");
  expect(refused("train", ...SMALL, "--lowest-rate", "0.1")).toContain("give their length with --cycle");
  expect(refused("train", ...SMALL, "--cycle", "2", "--schedule", "cosine")).toContain("give one of them");
  expect(refused("train", ...SMALL, "--epochs", "3", "--cycle", "4")).toContain("a shorter --cycle");
  expect(refused("train", ...SMALL, "--cycle", "4", "--save-every", "3")).toContain("give a divisor of 4");
  expect(refused("ensemble", "b", "--average-from", "2")).toContain("one run of train");
  expect(refused("ensemble", "b", "--snapshots")).toContain("has kept no states");
  expect(refused("ensemble", "t", "--average-from", "9")).toContain("beyond the 3 networks");
});
