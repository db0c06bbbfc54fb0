/** `isthmus connect --method` on wedges and on small networks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { ConnectorResult, MConnectorResult, MinimaGraphResult } from "../run/node.ts";
import { commandFolder } from "./command.reference.ts";
import { connectSchema } from "./connect.ts";
import { checkCount } from "./connector.ts";
import { checkConnectorFlags, connectorSpecOf } from "./spec-connector.ts";

const { folder, isthmus } = commandFolder("connector");

const NETWORK = "--train-count 300 --test-count 100 --network 8 --dropout 0 --epochs 3".split(" ");
const QUICK = "--leg-points 4 --node-steps 50 --curve-steps 200".split(" ");
const BAND = ["--cycles", "20:0.1,20:0.1,20:0.03"];

function done(...args: string[]): void {
  const { code, err } = isthmus(...args);
  expect(err).not.toContain("isthmus:");
  expect(code).toBe(0);
}

const textOf = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
const resultOf = <R>(run: string, name: string): R => JSON.parse(textOf(run, "results", `${name}.json`));

beforeAll(() => {
  const wedges = "--kind axes --dimension 100 --short 20 --wedges 6 --optima 4 --seed 2".split(" ");
  done("wedge", ...wedges, "--out", "wedges");
}, 60_000);

it("joins two points of wedges by every method, below the line", () => {
  const optima = [1, 2].map((i) => join("wedges", "checkpoints", `optimum-${i}.safetensors`));
  done("connect", ...optima, "--method", "all", ...QUICK, ...BAND, "--node-steps", "2000", "--out", "all");
  const { line, paths, hyperplane, measure } = resultOf<ConnectorResult>("all", "connector");
  expect(measure).toBe("distance");
  expect(paths.map(({ method }) => method)).toEqual(["hyperplane", "neb", "bezier", "polychain"]);
  for (const path of paths) {
    expect(path.loss[0]).toBe(line.loss[0]);
    expect(path.statistics.max).toBeLessThan(line.statistics.max);
    expect(path.lengthRatio).toBeGreaterThanOrEqual(1);
  }
  // Half a squared distance below 1e-8 everywhere, once a node lies where the wedges meet.
  expect(paths[0].statistics.max ** 2 / 2).toBeLessThan(1e-8);
  expect(hyperplane!.grouped).toBe("wedges");
  expect(hyperplane!.offPlane).toBeLessThan(1e-6);
  expect(textOf("all", "report.html")).toContain("AutoNEB");
  expect(textOf("all", "figures", "cosines.svg")).toContain("svg");
});

it("joins four points of wedges where all their wedges meet", () => {
  done("connect", "wedges", "--method", "hyperplane", "--out", "centre");
  const { distances, spokes, optima } = resultOf<MConnectorResult>("centre", "m-connector");
  expect(optima).toHaveLength(4);
  for (const distance of distances!) expect(distance ** 2 / 2).toBeLessThan(1e-8);
  for (const { peak } of spokes) expect(peak ** 2 / 2).toBeLessThan(1e-8);
});

it("trains networks and joins them by a chain that other commands take", () => {
  const args = ["connect", ...NETWORK, ...QUICK, "--method", "hyperplane", "--nodes", "4"];
  done(...args, "--out", "whole");
  const { line, paths, disagreement } = resultOf<ConnectorResult>("whole", "connector");
  const [path] = paths;
  expect(path.changed![0][0]).toBe(0);
  expect(path.changed![1].at(-1)).toBe(0);
  expect(path.changed![0].at(-1)).toBe(disagreement);
  expect(line.changed![1][0]).toBe(disagreement);
  expect(path.statistics.lengthMean).toBeLessThan(line.statistics.lengthMean);
  // Its chain is a path like any other.
  done("geometry", "whole", "--out", "geometry");
  const { shape } = resultOf<{ shape: { length: number } }>("geometry", "geometry");
  expect(shape.length).toBeCloseTo(path.length, 6);
});

it("explores the graph of three networks", () => {
  done("connect", ...NETWORK, ...QUICK, ...BAND, "--method", "neb", "--optima", "3", "--out", "graph");
  const { edges, tree, saddles, minima, complete } = resultOf<MinimaGraphResult>("graph", "minima-graph");
  expect(complete).toBe(true);
  expect(edges).toHaveLength(3);
  expect(tree).toHaveLength(2);
  for (const { a, b, saddle } of edges) {
    expect(saddles[a][b]).toBeLessThanOrEqual(saddle);
    expect(saddle).toBeGreaterThanOrEqual(Math.max(minima[a].loss, minima[b].loss));
  }
  expect(textOf("graph", "figures", "disconnectivity.svg")).toContain("svg");
});

const given = new Set<string>();
const flags = (args: object) => connectSchema.parse(args);

it.each([
  [() => checkCount(4, flags({ method: "bezier" })), "joins two optima, not 4"],
  [() => checkCount(3, flags({ method: "all" })), "joins two optima, not 3"],
  [() => checkCount(12, flags({ method: "hyperplane" })), "at most 11"],
  [() => checkCount(4, flags({ method: "neb", pairs: 2 })), "do not join 4 optima"],
  [() => connectorSpecOf(flags({ cycles: "100x0.1" }), 2, false), "steps and rates such as"],
  [
    () => checkConnectorFlags(flags({ insertions: 3 }), new Set(["insertions"])),
    "no effect with --method bezier",
  ],
])("flags that cannot be are refused: %s", (check, message) => {
  expect(check).toThrow(message);
});

it("the published cycles are those of the appendix, and flags that fit are taken", () => {
  const { neb } = connectorSpecOf(flags({ method: "neb", cycles: "published" }), 2, false);
  expect(neb.cycles).toHaveLength(14);
  expect(neb.cycles.reduce((sum, { steps }) => sum + steps, 0)).toBe(16_000);
  expect(() => checkConnectorFlags(flags({ method: "all" }), given)).not.toThrow();
  expect(connectorSpecOf(flags({ cycles: "5:0.1,7:0.2" }), 2, false).neb.cycles).toEqual([
    { steps: 5, rate: 0.1 },
    { steps: 7, rate: 0.2 },
  ]);
});

it.each([
  [["optimum-1", "optimum-1"], "given twice"],
  [["optimum-1", "start-2"], "it is no optimum"],
])("refuses %s", (names, message) => {
  const files = names.map((name) => join("wedges", "checkpoints", `${name}.safetensors`));
  const { code, err } = isthmus("connect", ...files, "--method", "hyperplane");
  expect(err).toContain(message);
  expect(code).toBe(2);
});
