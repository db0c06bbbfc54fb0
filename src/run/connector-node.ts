import { allocateVector, combine, dot, gram, releaseVector } from "../engine/index.ts";
import { Hull, linePoints, type NodeMetrics } from "../fit/index.ts";
import {
  blockMeans,
  contrastGroups,
  cosine,
  deviationCosines,
  norm,
  tangentialCosines,
} from "../geometry/index.ts";
import { polychain } from "../subspace/index.ts";
import { evaluatePath, straight } from "./connector-path-node.ts";
import { type ConnectorSetup, optimaLosses, shown } from "./connector-setup.ts";
import type { ConnectorMethod, ConnectorPath, ConnectorResult, HyperplaneResult } from "./connector-spec.ts";
import {
  curveStage,
  hyperplaneStage,
  insertionStage,
  nebStage,
  type StagedPath,
  writePath,
} from "./connector-stage-node.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/** What messages call a method. */
const DOING: Record<ConnectorMethod, string> = {
  hyperplane: "optimising points in hyperplanes",
  neb: "relaxing an elastic band",
  bezier: "training a Bézier curve",
  polychain: "training a polygonal chain",
};

/**
 * The job of `isthmus connect` for two optima of any landscape: finds paths between them by one method or by several, and
 * evaluates these and the straight line. Writes checkpoints/METHOD.safetensors, the path with the lowest peak as
 * checkpoints/curve.safetensors, and results/connector.json.
 *
 * @throws RangeError where one of the optima is none
 */
export async function connectorJob(
  folder: RunFolder,
  setup: ConnectorSetup,
  options: JobOptions,
): Promise<ConnectorResult> {
  const { landscape, optima, spec } = setup;
  const [a, b] = optima;
  const measure = shown(setup);
  options.onStage?.("evaluating the line");
  const losses = await optimaLosses(setup, options.signal);
  const line = await evaluatePath(setup, "line", straight(a, b), options);
  const paths: ConnectorPath[] = [];
  const parts: Pick<ConnectorResult, "hyperplane" | "cycles"> = {};
  let best: { path: ConnectorPath; staged: StagedPath } | undefined;
  using cleanup = new DisposableStack();
  for (const method of spec.methods) {
    options.onStage?.(DOING[method]);
    let staged: StagedPath;
    if (method === "hyperplane") {
      const found = await hyperplanePath(folder, setup, losses, options);
      staged = found.staged;
      parts.hyperplane = found.result;
    } else if (method === "neb") {
      const { cycles, ...rest } = await nebStage(folder, "neb", setup, [a, b], options);
      staged = rest;
      parts.cycles = cycles.map((cycle) => ({
        ...cycle,
        saddleLoss: measure(cycle.saddleLoss),
        pivotLoss: measure(cycle.pivotLoss),
      }));
    } else staged = await curveStage(folder, method, setup, [a, b], options);
    cleanup.defer(() => releaseVector(...staged.anchors.slice(1, -1)));
    options.onStage?.("evaluating the path");
    const path = await evaluatePath(setup, method, staged, options);
    paths.push(path);
    if (!best || isLower(path, best.path)) best = { path, staged };
  }
  writePath(folder, "curve", setup, best!.staged.map.spec, best!.staged.anchors);
  const own = { size: 2, values: gram([a, b]) };
  const between = { size: 2, values: gram([a, b], a) };
  const last = line.loss.length - 1;
  const result: ConnectorResult = {
    parameters: landscape.size,
    measure: setup.wedges ? "distance" : "loss",
    ends: [0, last].map((p, i) => ({
      loss: line.loss[p],
      norm: norm(own, [1 - i, i]),
      ...(line.error && { error: line.error[p] }),
      ...(line.testError && { testError: line.testError[p] }),
    })),
    distance: norm(between, [0, 1]),
    cosine: cosine(own, [1, 0], [0, 1]),
    ...(line.changed && { disagreement: line.changed[0][last] }),
    line,
    paths,
    best: best!.path.method as ConnectorMethod,
    ...parts,
  };
  folder.writeJson("connector", result);
  return result;
}

/** By the peak, which is that of the ends where a path is low, and then by the mean. */
function isLower({ statistics: a }: ConnectorPath, { statistics: b }: ConnectorPath): boolean {
  return a.max < b.max || (a.max === b.max && a.lengthMean < b.lengthMean);
}

/** The hyperplane method, with nodes in legs that are still high, and what the deviations tell. */
async function hyperplanePath(
  folder: RunFolder,
  setup: ConnectorSetup,
  losses: readonly number[],
  options: JobOptions,
): Promise<{ staged: StagedPath; result: HyperplaneResult }> {
  const { optima, spec, wedges } = setup;
  const [a, b] = optima;
  const target = (losses[0] + losses[1]) / 2 + spec.tolerance;
  const points = linePoints(spec.nodes);
  const { nodes, history, share } = await hyperplaneStage(
    folder,
    "hyperplane",
    setup,
    points,
    { target },
    options,
  );
  const values = gram([a, b, ...nodes], a);
  const cosines = deviationCosines({ size: nodes.length + 2, values }, points);
  const wedgeOf =
    wedges && wedges.spec.kind !== "all-tuples" ? (theta: Float32Array) => wedges.nearest(theta) : undefined;
  const groups = wedgeOf
    ? nodes.map(wedgeOf)
    : spec.nodes >= 4
      ? contrastGroups(cosines)
      : nodes.map(() => 0);
  const about = { size: nodes.length + 2, values: gram([a, b, ...nodes]) };
  const means = (matrix: Float64Array) => {
    const { within, across } = blockMeans(matrix, groups);
    return { within, across: Number.isNaN(across) ? null : across };
  };
  const chain = {
    anchors: [a, ...nodes, b],
    alphas: [0, ...points.map(([, alpha]) => alpha), 1],
  };
  options.onStage?.("putting nodes into legs that are high");
  const offPlane = distanceFromHyperplanes(optima, nodes, points);
  const insertions = await insertionStage(folder, "insertion", setup, chain, target, options);
  const measure = shown(setup);
  const steps = (lines: readonly { steps: number }[]) => lines.reduce((sum, line) => sum + line.steps, 0);
  return {
    staged: {
      map: polychain(chain.anchors.length),
      anchors: chain.anchors,
      gradients: steps(history) + steps(insertions),
      share,
    },
    result: {
      nodes: history.map((line, k) => ({
        ...nodeResult(line, measure),
        alpha: points[k][1],
        ...(wedgeOf && { wedge: groups[k] }),
      })),
      cosines: points.map((_, i) =>
        Array.from(cosines.subarray(i * spec.nodes, (i + 1) * spec.nodes), (x) =>
          Number.isNaN(x) ? null : x,
        ),
      ),
      groups,
      grouped: wedgeOf ? "wedges" : "contrast",
      ...means(cosines),
      tangential: means(tangentialCosines(about, points)),
      insertions: insertions.map((one) => ({
        ...one,
        before: measure(one.before),
        after: measure(one.after),
      })),
      // Without insertions no leg was higher than its ends.
      peakBefore: measure(
        Math.max(...losses, ...history.map(({ loss }) => loss), insertions[0]?.before ?? 0),
      ),
      offPlane,
    },
  };
}

const nodeResult = ({ startLoss, loss, steps }: NodeMetrics, measure: (loss: number) => number) => ({
  startLoss: measure(startLoss),
  loss: measure(loss),
  steps,
});

/** The largest distance of a point from the hyperplane that it was to stay in, over its norm. */
export function distanceFromHyperplanes(
  optima: readonly Float32Array[],
  nodes: readonly Float32Array[],
  points: readonly (readonly number[])[],
): number {
  using hull = new Hull(optima);
  const start = allocateVector(optima[0].length);
  const difference = allocateVector(optima[0].length);
  const shares = nodes.map((node, k) => {
    hull.place(points[k], start);
    combine(difference, [node, start], [1, -1]);
    return Math.hypot(...hull.coordinates(difference)) / Math.sqrt(dot(node, node));
  });
  releaseVector(start, difference);
  return Math.max(...shares);
}
