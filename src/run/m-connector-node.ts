import { releaseVector } from "../engine/index.ts";
import { centrePoint, meetingOf, spokePoints } from "../fit/index.ts";
import { polychain } from "../subspace/index.ts";
import { encodeOptimum } from "./checkpoint.ts";
import { distanceFromHyperplanes } from "./connector-node.ts";
import { evaluatePath, straight } from "./connector-path-node.ts";
import { type ConnectorSetup, optimaLosses, shown } from "./connector-setup.ts";
import type { MConnectorResult, Spoke } from "./connector-spec.ts";
import { hyperplaneStage, writePath } from "./connector-stage-node.ts";
import type { RunFolder } from "./folder-node.ts";
import type { JobOptions } from "./train-node.ts";

/**
 * The job of `isthmus connect --method hyperplane` for three or more optima: an m-connector ("Large Scale Structure",
 * section 4.3). The centre of their hull and points on the way from each optimum to it are optimised at right angles to
 * the hull; of wedges the centre is to lie where all the optima's wedges meet.
 *
 * Writes checkpoints/centre.safetensors, spoke-N.safetensors (from optimum N to the centre), curve.safetensors (from the
 * first optimum over the centre to the second) and results/m-connector.json.
 *
 * @throws RangeError where one of the optima is none, or depends on the others
 */
export async function mConnectorJob(
  folder: RunFolder,
  setup: ConnectorSetup,
  options: JobOptions,
): Promise<MConnectorResult> {
  const { optima, spec, wedges, owner, layout, landscape } = setup;
  const n = optima.length;
  const measure = shown(setup);
  options.onStage?.("evaluating the optima");
  const losses = await optimaLosses(setup, options.signal);
  const target = losses.reduce((a, b) => a + b, 0) / n + spec.tolerance;
  options.onStage?.("optimising the centre");
  using meeting = wedges && meetingOf(wedges, optima);
  // The wedges of all optima meet along the straight lines to the centre, too; networks have curved ones.
  const perSpoke = wedges ? 0 : spec.nodes;
  const points = [centrePoint(n), ...optima.flatMap((_, j) => spokePoints(n, j, perSpoke))];
  const goal = { target, ...(meeting && { landscape: meeting }) };
  const { nodes, history, share } = await hyperplaneStage(folder, "points", setup, points, goal, options);
  using cleanup = new DisposableStack();
  cleanup.defer(() => releaseVector(...nodes));
  const [centre] = nodes;
  folder.writeBytes("checkpoints/centre.safetensors", encodeOptimum(owner, layout, centre));
  options.onStage?.("evaluating the spokes");
  const spokes: Spoke[] = [];
  const chains = optima.map((optimum, j) => [
    optimum,
    ...nodes.slice(1 + j * perSpoke, 1 + (j + 1) * perSpoke),
    centre,
  ]);
  for (const [j, anchors] of chains.entries()) {
    const only = { ...setup, test: undefined };
    const staged = { map: polychain(anchors.length), anchors, gradients: 0, share };
    const path = await evaluatePath(only, "hyperplane", staged, options);
    const direct = await evaluatePath(only, "line", straight(optima[j], centre), options);
    spokes.push({
      t: path.t,
      loss: path.loss,
      peak: path.statistics.max,
      straightPeak: direct.statistics.max,
    });
    writePath(folder, `spoke-${j + 1}`, setup, staged.map.spec, anchors);
    options.onProgress?.((j + 1) / n);
  }
  const through = [...chains[0], ...chains[1].slice(0, -1).reverse()];
  writePath(folder, "curve", setup, polychain(through.length).spec, through);
  const distances = wedges && wedges.spec.kind !== "all-tuples" ? wedges.distances(centre) : undefined;
  const tested = await setup.test?.evaluate(centre, { signal: options.signal });
  const gradients = history.reduce((sum, { steps }) => sum + steps, 0);
  const own = await landscape.evaluateSpan(
    [...optima, centre],
    Float64Array.from([...centrePoint(n), 0, ...new Array(n).fill(0), 1]),
  );
  const result: MConnectorResult = {
    parameters: landscape.size,
    measure: wedges ? "distance" : "loss",
    optima: losses.map(measure),
    centre: {
      startLoss: measure(own.loss[0]),
      loss: measure(own.loss[1]),
      steps: history[0].steps,
      ...(tested && { testError: tested.error }),
    },
    ...(distances && { distances: optima.map((theta) => distances[wedges!.nearest(theta)]) }),
    spokes,
    offPlane: distanceFromHyperplanes(optima, nodes, points),
    gradients,
    passes: gradients * share,
  };
  folder.writeJson("m-connector", result);
  return result;
}
