/**
 * Posteriors around paths of degree 20, as the command line trains and samples them: what a gradient of the log-density
 * costs in each space, and effective draws a second.
 *
 *     npm run bench -- posteriors
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDataset } from "../src/data/node.ts";
import { Rng } from "../src/engine/index.ts";
import { posterior, spanLikelihood } from "../src/inference/index.ts";
import { mlp } from "../src/model/index.ts";
import { openRunData, readPath, type SampleResult } from "../src/run/node.ts";
import { spaceOf } from "../src/run/sample-node.ts";
import { bezier } from "../src/subspace/index.ts";
import { sayer } from "./say.ts";

const CHAINS = 10;
const DEGREE = 20;
const SPACES = ["volume", "tunnel", "line"] as const;
/** Of the published grid, those around the best. */
const TEMPERATURES = "1,2.154,4.642,10,21.544";

function isthmus(...args: string[]): unknown {
  const main = join(import.meta.dirname, "../src/cli/main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, "--json"], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`isthmus ${args.join(" ")} failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** Milliseconds of a gradient of ten chains in each space around the path of a run, the best of several repetitions. */
async function gradients(name: string, run: string): Promise<Record<(typeof SPACES)[number], number>> {
  const dataset = await loadDataset(name);
  const network = mlp([dataset.shape[0], 16, 16, 16, 1], "relu");
  using data = openRunData(dataset, network, 0, Rng.fromSeed(0).split("split"));
  const { span: own } = readPath(run);
  using span = own;
  using likelihood = await spanLikelihood(data.train, span.anchors, CHAINS);
  const targets = SPACES.map((space) => {
    const around = spaceOf(span.gram(0), bezier(DEGREE), { space, metric: "published", tube: 0.1 });
    const prior = { scale: 0.5, weight: "arc-length" as const };
    const noise = { kind: "sampled" as const };
    const target = posterior({ space: around, prior, likelihood, noise, temperature: 10 });
    const positions = Float64Array.from(Rng.fromSeed(1).normal(CHAINS * target.dimension), (x) => 0.3 * x);
    return { space, target, positions };
  });
  const best = { volume: Number.POSITIVE_INFINITY, tunnel: Number.POSITIVE_INFINITY, line: Infinity };
  for (let repetition = 0; repetition < 15; repetition++) {
    for (const { space, target, positions } of targets) {
      const [values, slopes] = [new Float64Array(CHAINS), new Float64Array(positions.length)];
      const start = performance.now();
      for (let i = 0; i < 20; i++) await target.evaluate(positions, values, slopes);
      best[space] = Math.min(best[space], (performance.now() - start) / 20);
    }
  }
  return best;
}

const pace = ({ convergence, seconds }: SampleResult["temperatures"][number]) =>
  convergence.essBulkMean / seconds;

/** Prints one line for each measurement, or JSON. */
export async function benchPosteriors(json: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-bench-"));
  const say = sayer(json);
  try {
    for (const [name, steps, wanted] of [
      ["concrete", "8000", 50],
      ["airfoil", "20000", 20],
    ] as const) {
      const run = join(folder, name);
      const training = ["--degree", String(DEGREE), "--steps", steps, "--validate-every", "100"];
      isthmus("path", "--data", name, ...training, "--seed", "0", "--out", run);
      const { volume, tunnel, line } = await gradients(name, run);
      say(
        `${name} tunnel_gradient`,
        tunnel / volume,
        "1.3 or less",
        `times the volume: ${SPACES.map((space, i) => `${space} ${[volume, tunnel, line][i].toFixed(2)} ms`).join(", ")} for ${CHAINS} chains`,
      );
      const budget = ["--warmup", "2000", "--draws", "200", "--thin", "10", "--temperature", TEMPERATURES];
      const out = join(folder, `${name}-draws`);
      const result = isthmus("sample", run, "--as-published", ...budget, "--out", out) as SampleResult;
      const best = result.temperatures[result.best];
      say(
        `${name} effective_draws`,
        pace(best),
        `${wanted} or more`,
        `a second at temperature ${best.temperature}, that of best validation; at all: ${result.temperatures.map((t) => `${pace(t).toFixed(0)} (T = ${t.temperature}, R-hat ${t.convergence.rHatMean.toFixed(2)})`).join(", ")}`,
      );
    }
    const toy = join(folder, "toy");
    const data = ["--data", "toy-regression", "--degree", "10", "--powers", "3", "--steps", "4000"];
    isthmus("path", ...data, "--rate", "0.001", "--samples", "20", "--seed", "10", "--out", toy);
    const sampling = ["--sampler", "mclmc", "--temperature", "10", "--warmup", "2000", "--thin", "2"];
    const draws = isthmus("sample", toy, ...sampling, "--out", join(folder, "toy-draws")) as SampleResult;
    const [{ seconds, convergence }] = draws.temperatures;
    say(
      "toy draws",
      seconds,
      "under 5",
      `seconds for ${draws.chains} chains of ${draws.draws} draws, K = 10; ${convergence.essBulkMean.toFixed(0)} effective`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
