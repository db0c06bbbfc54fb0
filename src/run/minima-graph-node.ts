import { releaseVector } from "../engine/index.ts";
import { nextPair, saddleMatrix, spanningTree } from "../fit/index.ts";
import { evaluatePath, straight } from "./connector-path-node.ts";
import { type ConnectorSetup, optimaLosses, shown } from "./connector-setup.ts";
import type { MinimaEdge, MinimaGraphResult } from "./connector-spec.ts";
import { nebStage } from "./connector-stage-node.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/**
 * The job of `isthmus connect --method neb` for three or more optima: explores the graph of these minima by AutoNEB along
 * its spanning tree (Draxler et al. 2018, section 2.3). Writes a path checkpoints/path-A-B.safetensors for each pair that
 * was tried, and results/minima-graph.json.
 *
 * @param most pairs that are tried, at most; from the number of minima less one, so that all are joined
 * @throws RangeError where one of the optima is none
 */
export async function minimaGraphJob(
  folder: RunFolder,
  setup: ConnectorSetup,
  most: number,
  options: JobOptions,
): Promise<MinimaGraphResult> {
  const { landscape, optima, names, wedges } = setup;
  const n = optima.length;
  const measure = shown(setup);
  options.onStage?.("evaluating the minima");
  const losses = (await optimaLosses(setup, options.signal)).map(measure);
  const edges: MinimaEdge[] = [];
  let pair = nextPair(losses, edges);
  for (; pair && edges.length < most; pair = nextPair(losses, edges)) {
    const [a, b] = pair[0] < pair[1] ? pair : [pair[1], pair[0]];
    options.onStage?.(`joining minima ${a + 1} and ${b + 1}`);
    const ends = [optima[a], optima[b]] as const;
    const only = { ...setup, test: undefined };
    const staged = await nebStage(folder, `path-${a + 1}-${b + 1}`, setup, ends, options);
    try {
      const path = await evaluatePath(only, "neb", staged, options);
      const line = await evaluatePath(only, "line", straight(...ends), options);
      edges.push({
        a,
        b,
        line: line.statistics.max,
        saddle: path.statistics.max,
        lengthRatio: path.lengthRatio,
        gradients: staged.gradients,
      });
    } finally {
      releaseVector(...staged.anchors.slice(1, -1));
    }
  }
  const saddles = saddleMatrix(losses, edges);
  const result: MinimaGraphResult = {
    parameters: landscape.size,
    measure: wedges ? "distance" : "loss",
    minima: losses.map((loss, i) => ({ name: names[i], loss })),
    edges,
    tree: spanningTree(edges).map((edge) => edges.indexOf(edge)),
    saddles: losses.map((_, i) =>
      Array.from(saddles.subarray(i * n, (i + 1) * n), (x) => (Number.isFinite(x) ? x : null)),
    ),
    complete: pair === undefined,
  };
  folder.writeJson("minima-graph", result);
  return result;
}
