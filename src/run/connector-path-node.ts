import { barrier, chordLength, pathLength, pathStatistics } from "../geometry/index.ts";
import { predictedClasses } from "../inference/index.ts";
import type { NetworkLandscape } from "../landscape/index.ts";
import { coefficientMatrix, line, Span } from "../subspace/index.ts";
import { type ConnectorSetup, shown } from "./connector-setup.ts";
import type { ConnectorPath } from "./connector-spec.ts";
import type { StagedPath } from "./connector-stage-node.ts";
import type { JobOptions } from "./train-node.ts";

/** A path with fewer legs, or with none, is looked at in as many places as a chain of ten nodes. */
const CURVE_LEGS = 11;

/** Losses along a path between two optima, and what else there is to see. */
export async function evaluatePath(
  setup: Pick<ConnectorSetup, "landscape" | "train" | "test" | "testLabels" | "wedges" | "spec">,
  method: ConnectorPath["method"],
  { map, anchors, gradients, share }: StagedPath,
  options: JobOptions,
): Promise<ConnectorPath> {
  const { landscape, train, test, spec } = setup;
  const { signal } = options;
  const legs = map.kind === "polychain" ? anchors.length - 1 : CURVE_LEGS;
  const pieces = legs * Math.ceil((spec.perLeg * Math.max(legs, CURVE_LEGS)) / legs);
  const t = Array.from({ length: pieces + 1 }, (_, i) => i / pieces);
  const coefficients = coefficientMatrix(map, t);
  const span = new Span(anchors);
  const gram = span.gram(0);
  const found = await landscape.evaluateSpan(anchors, coefficients, options);
  const loss = Array.from(found.loss, shown(setup));
  const tested = test && (await onTest(test, setup.testLabels, anchors, coefficients, signal));
  const length = pathLength(map, gram);
  return {
    method,
    t,
    loss,
    ...(train && { error: [...found.error!] }),
    ...tested,
    statistics: pathStatistics(map, gram, t, loss),
    barrier: barrier(t, loss),
    length,
    lengthRatio: length / chordLength(map, gram),
    gradients,
    passes: gradients * share,
  };
}

/** The straight line between two optima, as a path that took no gradients. */
export const straight = (a: Float32Array, b: Float32Array): StagedPath => ({
  map: line(),
  anchors: [a, b],
  gradients: 0,
  share: 1,
});

/**
 * Test errors, and of a classification the shares of examples whose predicted class differs from that at the start, and
 * from that at the end: all from one pass.
 */
async function onTest(
  test: NetworkLandscape,
  labels: Int32Array | undefined,
  anchors: readonly Float32Array[],
  coefficients: Float64Array,
  signal?: AbortSignal,
): Promise<Pick<ConnectorPath, "testError" | "changed">> {
  if (!labels) {
    const { error } = await test.evaluateSpan(anchors, coefficients, { signal });
    return { testError: [...error] };
  }
  const logits = await test.predictSpan(anchors, coefficients, { signal });
  const { outputs } = test.network;
  const each = test.examples.count * outputs;
  const classes = Array.from({ length: logits.length / each }, (_, p) =>
    predictedClasses({
      classes: outputs,
      values: Float64Array.from(logits.subarray(p * each, (p + 1) * each)),
    }),
  );
  const from = (other: Int32Array) =>
    classes.map((own) => own.reduce((sum, label, i) => sum + Number(label !== other[i]), 0) / own.length);
  return { testError: from(labels), changed: [from(classes[0]), from(classes[classes.length - 1])] };
}
