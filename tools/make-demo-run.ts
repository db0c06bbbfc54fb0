/**
 * Makes the runs that the explorer shows where it is given no others, in explorer/public/runs: two optima on the embedded
 * Fashion-MNIST, the barrier between them and the curve around it; and the posterior in the tunnel along a path of networks that
 * fit a function. Of their files the ones that the page reads are kept. Names of runs, if any, are those to make anew.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = join(root, "explorer", "public", "runs");

/** Commands of each run, of which the last one writes it, and what the page reads of it. */
const RUNS: Record<string, { commands: string[]; files: string[] }> = {
  demo: {
    commands: [
      "connect --network 32 --dropout 0 --init glorot-uniform --optimiser adam --weight-decay 0 --rate 0.002 --epochs 60 --curve-optimiser adam --curve-weight-decay 0 --curve-epochs 200 --curve-schedule cosine --train-count 6000 --validation-count 0 --plane-points 61 --out demo",
    ],
    files: [
      "run.json",
      "metrics.jsonl",
      "results/connect.json",
      "results/plane.npz",
      "checkpoints/curve.safetensors",
    ],
  },
  posterior: {
    commands: [
      "path --data toy-regression --degree 4 --steps 6000 --out path",
      "sample path --temperature 1,100 --chains 4 --warmup 400 --draws 250 --out posterior",
    ],
    files: [
      "run.json",
      "results/sample.json",
      "results/draws-1.npz",
      "results/draws-100.npz",
      "checkpoints/path.safetensors",
    ],
  },
};

const asked = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "isthmus-demo-"));
for (const [name, { commands, files }] of Object.entries(RUNS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const command of commands) {
    execFileSync(process.execPath, [join(root, "src", "cli", "main.ts"), ...command.split(" ")], {
      cwd: scratch,
      stdio: "inherit",
    });
  }
  rmSync(join(target, name), { recursive: true, force: true });
  for (const file of files) {
    mkdirSync(dirname(join(target, name, file)), { recursive: true });
    cpSync(join(scratch, name, file), join(target, name, file));
  }
}
const list = Object.entries(RUNS).map(([name, { files }]) => ({ name, base: name, paths: files }));
writeFileSync(join(target, "index.json"), `${JSON.stringify(list)}\n`);
rmSync(scratch, { recursive: true });
