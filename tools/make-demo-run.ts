/**
 * Makes the run that the explorer shows first, explorer/public/runs/demo: two optima on the embedded Fashion-MNIST, the barrier
 * between them and the curve around it. Of its files the ones that the page reads are kept.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = join(root, "explorer", "public", "runs");
const FILES = [
  "run.json",
  "metrics.jsonl",
  "results/connect.json",
  "results/plane.npz",
  "checkpoints/curve.safetensors",
];

const scratch = mkdtempSync(join(tmpdir(), "isthmus-demo-"));
const flags =
  "--network 32 --dropout 0 --init glorot-uniform --optimiser adam --weight-decay 0 --rate 0.002 --epochs 60 --curve-optimiser adam --curve-weight-decay 0 --curve-epochs 200 --curve-schedule cosine --train-count 6000 --validation-count 0 --plane-points 61 --out demo";
execFileSync(process.execPath, [join(root, "src", "cli", "main.ts"), "connect", ...flags.split(" ")], {
  cwd: scratch,
  stdio: "inherit",
});
rmSync(join(target, "demo"), { recursive: true, force: true });
for (const file of FILES) {
  mkdirSync(dirname(join(target, "demo", file)), { recursive: true });
  cpSync(join(scratch, "demo", file), join(target, "demo", file));
}
writeFileSync(
  join(target, "index.json"),
  `${JSON.stringify([{ name: "demo", base: "demo", paths: FILES }])}\n`,
);
rmSync(scratch, { recursive: true });
