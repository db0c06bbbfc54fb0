import { allocateVector, releaseVector } from "../engine/index.ts";
import type { Span } from "../subspace/index.ts";
import type { NetworkLandscape, SpanMetrics, WorkOptions } from "./network-landscape.ts";

/**
 * Loss and error at points of a span, also of one whose groups of parameters have coefficients of their own.
 *
 * @param coefficients of P points, P × `span.terms` row-major
 */
export async function evaluatePoints(
  landscape: NetworkLandscape,
  span: Span,
  coefficients: Float64Array,
  options: WorkOptions = {},
): Promise<SpanMetrics> {
  if (!span.parts) return landscape.evaluateSpan(span.anchors, coefficients, options);
  const points = coefficients.length / span.terms;
  const result = { loss: new Float64Array(points), error: new Float64Array(points) };
  const theta = allocateVector(span.size);
  try {
    for (let p = 0; p < points; p++) {
      span.point(coefficients.subarray(p * span.terms, (p + 1) * span.terms), theta);
      const { loss, error } = await landscape.evaluate(theta, { signal: options.signal });
      result.loss[p] = loss;
      result.error[p] = error;
      options.onProgress?.((p + 1) / points);
    }
  } finally {
    releaseVector(theta);
  }
  return result;
}
