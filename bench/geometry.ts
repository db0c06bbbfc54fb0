/**
 * How long the geometry of 1,000 points of a path takes once its Gram matrix is known:
 *
 *     node bench/geometry.ts RUN/checkpoints/subspace.safetensors
 *
 * Prints the best of 20 repetitions of each measurement, in milliseconds, and the first repetition of all together, when
 * nothing is compiled yet.
 */
import { loadCheckpoint } from "../src/cli/checkpoints.ts";
import { Rng } from "../src/engine/index.ts";
import {
  curvatures,
  embedRows,
  maximumLikelihood,
  pathLength,
  principalComponents,
  tangentRank,
  twoNN,
} from "../src/geometry/index.ts";
import { networkOf } from "../src/model/index.ts";
import { subspaceGram } from "../src/run/index.ts";
import { coefficientMatrix, evenly, isPath, sampleCoordinates } from "../src/subspace/index.ts";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("Give a checkpoint of a path: node bench/geometry.ts RUN/checkpoints/subspace.safetensors");
  process.exit(2);
}
const loaded = loadCheckpoint(file);
using span = loaded.span(networkOf(loaded.spec!));
let start = performance.now();
const { map, differences } = await subspaceGram(span, loaded.map);
console.log(
  `gram ${(performance.now() - start).toFixed(1)}, of ${differences.size} anchors, D = ${span.size}`,
);
if (!isPath(map)) throw new RangeError(`${file} holds a ${map.kind}; give a path.`);

const ts = evenly(map, 1000);
let points = embedRows(differences, new Float64Array(0));
const measurements: Record<string, () => unknown> = {
  curvature: () => curvatures(map, differences, ts),
  length: () => pathLength(map, differences),
  "principal components": () => principalComponents(coefficientMatrix(map, ts), differences),
  "random points": () => {
    points = embedRows(differences, coefficientMatrix(map, sampleCoordinates(map, Rng.fromSeed(1), 1000)));
  },
  "maximum likelihood": () => maximumLikelihood(points),
  TwoNN: () => twoNN(points),
  "tangent rank": () => tangentRank(points),
};
const best: Record<string, number> = { all: Number.POSITIVE_INFINITY };
for (let repetition = 0; repetition < 20; repetition++) {
  let all = 0;
  for (const [name, measure] of Object.entries(measurements)) {
    start = performance.now();
    measure();
    const took = performance.now() - start;
    best[name] = Math.min(best[name] ?? took, took);
    all += took;
  }
  best["all, at first"] ??= all;
  best.all = Math.min(best.all, all);
}
for (const [name, took] of Object.entries(best)) console.log(`${name} ${took.toFixed(1)}`);
