import type { NetworkLandscape } from "../landscape/index.ts";

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
 * layers once, here.
 *
 * @param chains points that a program evaluates at once; calls with fewer cost less only if they have one
 */
export async function spanLikelihood(
  landscape: NetworkLandscape,
  anchors: readonly Float32Array[],
  chains: number,
): Promise<SpanLikelihood> {
  const m = anchors.length;
  const several = await landscape.onSpan(anchors, chains);
  const single = chains > 1 ? await landscape.onSpan(anchors, 1) : several;
  const programs = [...new Set([several, single])];
  return {
    anchors: m,
    examples: landscape.examples.count,
    regression: landscape.loss.task === "regression",
    async evaluate(coefficients, losses, gradients) {
      const n = coefficients.length / m;
      for (let from = 0; from < n; ) {
        const program = n - from === 1 ? single : several;
        const points = program.losses.length;
        const here = Math.min(points, n - from);
        program.coefficients.set(coefficients.subarray(from * m, (from + here) * m));
        // Programs have a fixed number of points; those that are too many repeat the last.
        for (let i = here; i < points; i++) {
          program.coefficients.copyWithin(i * m, (here - 1) * m, here * m);
        }
        await program.run();
        for (let i = 0; i < here; i++) losses[from + i] = program.losses[i];
        for (let i = 0; i < here * m; i++) gradients[from * m + i] = program.gradients[i];
        from += here;
      }
    },
    [Symbol.dispose]: () => {
      for (const program of programs) program[Symbol.dispose]();
    },
  };
}
