/**
 * Times every workload beside its PyTorch peer in the same run, and then posteriors around paths, products with
 * Hessians and the page, which have no peer.
 *
 *     npm run bench [-- --json] [-- workload ...]
 *
 * The peer runs under each of its thread settings and the best one counts. Where PyTorch is absent, ours stand alone.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchHessian } from "./hessian.ts";
import { benchPage } from "./page.ts";
import { benchPosteriors } from "./posteriors.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

const { values, positionals } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    python: { type: "string", default: "/usr/bin/python3" },
  },
  allowPositionals: true,
});

const median = (xs: number[]) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)];

/** Median milliseconds of one unit. */
async function time({ prepare, calls }: Workload): Promise<number> {
  const { call, units = 1 } = await prepare();
  for (let i = 0; i < Math.min(5, calls); i++) await call();
  const times: number[] = [];
  for (let repetition = 0; repetition < (units > 1000 ? 3 : 7); repetition++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) await call();
    times.push((performance.now() - start) / calls / units);
  }
  return median(times);
}

interface PeerLine {
  ms: number;
  threads: number;
  blas_threads: string;
  blas: string;
  torch: string;
}

/** Thread settings of PyTorch itself and of its BLAS. */
const SETTINGS = [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 2],
];

const hasPeer = spawnSync(values.python, ["-c", "import torch"]).status === 0;

/** The peer's best median over its thread settings. */
function timePeer(workload: string): PeerLine | undefined {
  if (!hasPeer) return undefined;
  const lines = SETTINGS.map(([threads, blas]) => {
    const { stdout, status, stderr } = spawnSync(
      values.python,
      [join(import.meta.dirname, "peer", "torch_peer.py"), "--threads", String(threads), workload],
      {
        encoding: "utf8",
        env: { ...process.env, OPENBLAS_NUM_THREADS: String(blas), OMP_NUM_THREADS: String(threads) },
      },
    );
    if (status !== 0) throw new Error(`The peer failed on ${workload}: ${stderr}`);
    return JSON.parse(stdout) as PeerLine;
  });
  return lines.reduce((a, b) => (b.ms < a.ms ? b : a));
}

const chosen = WORKLOADS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (!hasPeer) console.error(`${values.python} has no PyTorch; only our times are measured.`);
const rows: string[][] = [];
for (const workload of chosen) {
  const before = await time(workload);
  const peer = timePeer(workload.name === "tiny_grad_10" ? "tiny_grad" : workload.name);
  const ours = peer ? median([before, await time(workload), await time(workload)]) : before;
  const ratio = peer ? peer.ms / ours : undefined;
  if (values.json) {
    const line = { workload: workload.name, ours_ms: ours, peer_ms: peer?.ms ?? null, ratio: ratio ?? null };
    console.log(JSON.stringify(line));
  } else {
    const setting = peer ? `torch ${peer.torch} ${peer.threads} / ${peer.blas} ${peer.blas_threads}` : "";
    const cells = [
      workload.name,
      ours.toPrecision(3),
      peer?.ms.toPrecision(3) ?? "-",
      ratio?.toPrecision(3) ?? "-",
    ];
    rows.push([...cells, setting, workload.unit]);
    console.error(`${workload.name}: ours ${cells[1]} ms, peer ${cells[2]} ms, ratio ${cells[3]}`);
  }
  if (peer?.blas === "reference") {
    console.error(
      "PyTorch runs on the reference BLAS here; install libopenblas0-pthread for a fair comparison.",
    );
  }
}
if (!values.json && rows.length > 0) {
  console.log("| workload | ours, ms | peer, ms | ratio | peer's best threads | one unit |");
  console.log("| --- | ---: | ---: | ---: | --- | --- |");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}
if (positionals.length === 0 || positionals.includes("posteriors")) await benchPosteriors(values.json);
if (positionals.length === 0 || positionals.includes("hessian")) await benchHessian(values.json);
if (positionals.length === 0 || positionals.includes("page")) await benchPage(values.json);
process.exit(0);
