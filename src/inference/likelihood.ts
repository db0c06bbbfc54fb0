import type { NetworkLandscape, PointsGradient, SpanGradient } from "../landscape/index.ts";

/** The losses of a network on data, summed over the examples, at points of a span: what a posterior on it needs. */
export interface SpanLikelihood extends Disposable {
  /** m, coefficients of a point. */
  readonly anchors: number;
  /** Number of examples. */
  readonly examples: number;
  /** Whether the losses are squared errors; otherwise they are cross-entropies, which are −log-likelihoods. */
  readonly regression: boolean;
  /**
   * @param coefficients of n points, n × m, row-major
   * @param losses n sums over the examples, written
   * @param gradients of the sums in the coefficients, n × m, written
   */
  evaluate(coefficients: Float64Array, losses: Float64Array, gradients: Float64Array): Promise<void>;
}

/**
 * The likelihood of a network's landscape on the span of a few anchors. The data are projected through the anchors' first
 * layers once, here, if there is memory to keep that.
 *
 * @param chains points that are evaluated at once; a call with fewer costs as much. Sums round differently from row to
 *   row, so that a chain should keep its row
 * @param signal stops an evaluation, between portions of the examples
 */
export async function spanLikelihood(
  landscape: NetworkLandscape,
  anchors: readonly Float32Array[],
  chains: number,
  signal?: AbortSignal,
): Promise<SpanLikelihood> {
  const m = anchors.length;
  const program = await landscape.onSpan(anchors, chains);
  return likelihoodOf(landscape, m, chains, program, program.coefficients, signal);
}

/**
 * The likelihood of a network's landscape on the full space, which is the span of the D unit vectors: the coefficients of a
 * point are its parameters.
 *
 * @param chains points that are evaluated at once; a call with fewer costs as much
 */
export async function pointLikelihood(
  landscape: NetworkLandscape,
  chains: number,
  signal?: AbortSignal,
): Promise<SpanLikelihood> {
  const D = landscape.size;
  const program = await landscape.onPoints(chains);
  return likelihoodOf(landscape, D, chains, program, program.thetas, signal);
}

/** What a program that takes `chains` points of m coefficients makes of any number of points. */
function likelihoodOf(
  landscape: NetworkLandscape,
  m: number,
  chains: number,
  program: SpanGradient | PointsGradient,
  inputs: Float32Array,
  signal?: AbortSignal,
): SpanLikelihood {
  return {
    anchors: m,
    examples: landscape.examples.count,
    regression: landscape.loss.task === "regression",
    async evaluate(coefficients, losses, gradients) {
      const n = coefficients.length / m;
      for (let from = 0; from < n; from += chains) {
        const here = Math.min(chains, n - from);
        inputs.set(coefficients.subarray(from * m, (from + here) * m));
        // Those that are too many repeat the last.
        for (let i = here; i < chains; i++) inputs.copyWithin(i * m, (here - 1) * m, here * m);
        await program.run(signal);
        losses.set(program.losses.subarray(0, here), from);
        gradients.set(program.gradients.subarray(0, here * m), from * m);
      }
    },
    [Symbol.dispose]: () => program[Symbol.dispose](),
  };
}
