import { barrier, chordLength, pathLength, pathStatistics } from "../geometry/index.ts";
import { predictedClasses } from "../inference/index.ts";
import { coefficientMatrix, line, Span } from "../subspace/index.ts";
import { type ConnectorSetup, shown } from "./connector-setup.ts";
import type { ConnectorPath } from "./connector-spec.ts";
import type { StagedPath } from "./connector-stage-node.ts";
import type { JobOptions } from "./train-node.ts";

/** Legs of the chain that has as many positions as a curve. */
const CURVE_LEGS = 11;

/** Losses along a path between two optima, and what else there is to see. */
export async function evaluatePath(
  setup: Pick<ConnectorSetup, "landscape" | "train" | "test" | "wedges" | "spec">,
  method: ConnectorPath["method"],
  { map, anchors, gradients, share }: StagedPath,
  options: JobOptions,
): Promise<ConnectorPath> {
  const { landscape, train, test, spec } = setup;
  const { signal } = options;
  const legs = map.kind === "polychain" ? anchors.length - 1 : CURVE_LEGS;
  const pieces = legs * spec.perLeg;
  const t = Array.from({ length: pieces + 1 }, (_, i) => i / pieces);
  const coefficients = coefficientMatrix(map, t);
  const span = new Span(anchors);
  const gram = span.gram(0);
  const found = await landscape.evaluateSpan(anchors, coefficients, options);
  const loss = Array.from(found.loss, shown(setup));
  const tested = await test?.evaluateSpan(anchors, coefficients, { signal });
  const length = pathLength(map, gram);
  return {
    method,
    t,
    loss,
    ...(train && { error: [...found.error!] }),
    ...(tested && { testLoss: [...tested.loss], testError: [...tested.error] }),
    ...(test?.loss.task === "classification" && {
      changed: await changedLabels(test, anchors, coefficients, signal),
    }),
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

/** Shares of examples whose predicted class differs from that at the start, and from that at the end. */
async function changedLabels(
  landscape: NonNullable<ConnectorSetup["test"]>,
  anchors: readonly Float32Array[],
  coefficients: Float64Array,
  signal?: AbortSignal,
): Promise<[number[], number[]]> {
  const logits = await landscape.predictSpan(anchors, coefficients, { signal });
  const { outputs } = landscape.network;
  const each = landscape.examples.count * outputs;
  const classes = Array.from({ length: logits.length / each }, (_, p) =>
    predictedClasses({
      classes: outputs,
      values: Float64Array.from(logits.subarray(p * each, (p + 1) * each)),
    }),
  );
  const share = (a: Int32Array, b: Int32Array) =>
    a.reduce((sum, label, i) => sum + Number(label !== b[i]), 0) / a.length;
  const from = (end: Int32Array) => classes.map((own) => share(own, end));
  return [from(classes[0]), from(classes[classes.length - 1])];
}
