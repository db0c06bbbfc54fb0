/**
 * What an adaptive plane saves and what it costs in accuracy: evaluates the plane of a run with every node and
 * adaptively, and prints the share of nodes evaluated and the largest deviation of what is drawn.
 *
 *     node bench/adaptive.ts RUN [flags of isthmus plane, such as --points 51]
 *
 * Deviations are shares of the colour range, from the smallest value to the limit above which values are drawn alike:
 * of the value itself, and of its place among the logarithmic levels, which is what the colours show.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNpz } from "../src/format/index.ts";
import type { PlaneResult } from "../src/run/node.ts";

const [run, ...flags] = process.argv.slice(2);
if (!run) {
  console.error("Give a run folder with a curve: node bench/adaptive.ts RUN");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "isthmus-adaptive-"));
const main = join(import.meta.dirname, "..", "src", "cli", "main.ts");

function plane(out: string, ...extra: string[]) {
  const path = join(folder, out);
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [main, "plane", run, ...flags, ...extra, "--out", path],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - start) / 1000;
  const result = JSON.parse(readFileSync(join(path, "results", "plane.json"), "utf8")) as PlaneResult;
  const arrays = readNpz(readFileSync(join(path, "results", "plane.npz")));
  return { seconds, result, arrays };
}

/** Natural logarithm of the smallest step of the levels: of a loss, and of an error in per cent. */
const LOG_ALPHA = { loss: -5, error: -1 - Math.log(100) };

try {
  const adaptive = plane("adaptive");
  const full = plane("full", "--no-adaptive");
  const { fraction, splits, rounds } = adaptive.result.evaluated;
  const nodes = Object.entries(splits).map(([split, share]) => `${(100 * share).toFixed(1)} % on ${split}`);
  console.log(
    `evaluated ${(100 * fraction).toFixed(1)} % (${nodes.join(", ")} examples), in ${rounds} rounds`,
  );
  console.log(`seconds   ${adaptive.seconds.toFixed(1)}, of every node ${full.seconds.toFixed(1)}`);
  console.log("field            largest deviation  among levels  99 % of the nodes below");
  for (const key of Object.keys(full.arrays).filter((name) => /_(loss|error)$/.test(name))) {
    const quantity = key.endsWith("loss") ? "loss" : "error";
    const vmax = full.result.vmax[quantity] ?? Number.POSITIVE_INFINITY;
    const clipped = (values: ArrayLike<number | bigint>) =>
      Float64Array.from(values as ArrayLike<number>, (z) => Math.min(z, vmax));
    const [ours, truth] = [adaptive, full].map(({ arrays }) => clipped(arrays[key].data));
    const [low, high] = [Math.min(...truth), Math.max(...truth)];
    const level = (z: number) =>
      Math.max(0, Math.log(Math.max(z - low, 0)) - LOG_ALPHA[quantity]) /
      (Math.log(high - low) - LOG_ALPHA[quantity]);
    const linear = truth.map((z, i) => Math.abs(ours[i] - z) / (high - low));
    const levels = truth.map((z, i) => Math.abs(level(ours[i]) - level(z)));
    const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
    const columns = [
      Math.max(...linear),
      Math.max(...levels),
      linear.toSorted()[Math.floor(0.99 * linear.length)],
    ];
    console.log([key.padEnd(16), ...columns.map((x) => percent(x).padStart(12))].join("  "));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
