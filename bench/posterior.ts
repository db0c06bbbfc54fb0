/**
 * What a gradient of a log-density costs in the spaces around a path:
 *
 *     node bench/posterior.ts RUN [--data-dir …]     # RUN: a finished run of isthmus path
 *
 * Prints the best of several repetitions, in milliseconds, for ten chains at once, and the ratio to the volume.
 */

import { loadCheckpoint } from "../src/cli/checkpoints.ts";
import { terminalIo } from "../src/cli/io.ts";
import { openData } from "../src/cli/spec-data.ts";
import { Rng } from "../src/engine/index.ts";
import { posterior, spanLikelihood } from "../src/inference/index.ts";
import { networkOf } from "../src/model/index.ts";
import { openRunData, RunFolder } from "../src/run/node.ts";
import { spaceOf } from "../src/run/sample-node.ts";
import { isPath } from "../src/subspace/index.ts";

const CHAINS = 10;
const [run] = process.argv.slice(2);
if (!run) {
  console.error("Give a run of isthmus path: node bench/posterior.ts RUN");
  process.exit(2);
}
const folder = RunFolder.open(run);
const loaded = loadCheckpoint(folder.pathOf("checkpoints/path.safetensors"));
if (!isPath(loaded.map)) throw new RangeError(`${run} holds no path.`);
const network = networkOf(loaded.spec!);
const spec = folder.record.spec as Parameters<typeof openData>[0];
const io = terminalIo(new AbortController().signal, true);
const dataset = await openData(spec, folder.record.seed, io);
using data = openRunData(dataset, network, 0, Rng.fromSeed(folder.record.seed).split("split"));
using span = loaded.span(network);
using likelihood = await spanLikelihood(data.train, span.anchors, CHAINS);

const best: Record<string, number> = {};
const targets = (["volume", "tunnel", "line"] as const).map((space) => {
  const own = spaceOf(span.gram(0), loaded.map as never, { space, metric: "published", tube: 0.1 });
  const target = posterior({
    space: own,
    prior: { scale: 0.5, weight: "arc-length" },
    likelihood,
    noise: dataset.classes > 0 ? undefined : { kind: "sampled" },
    temperature: 10,
  });
  const positions = Float64Array.from(Rng.fromSeed(1).normal(CHAINS * target.dimension), (x) => 0.3 * x);
  return { space, target, positions };
});
for (let repetition = 0; repetition < 15; repetition++) {
  for (const { space, target, positions } of targets) {
    const [values, gradients] = [new Float64Array(CHAINS), new Float64Array(positions.length)];
    const start = performance.now();
    for (let i = 0; i < 20; i++) await target.evaluate(positions, values, gradients);
    best[space] = Math.min(best[space] ?? Number.POSITIVE_INFINITY, (performance.now() - start) / 20);
  }
}
for (const [space, took] of Object.entries(best)) {
  console.log(`${space} ${took.toFixed(3)} ms, ${(took / best.volume).toFixed(2)} times the volume`);
}
