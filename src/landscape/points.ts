import type { Span } from "../subspace/index.ts";
import type { SpanMetrics } from "./metrics.ts";
import type { EvaluationOptions, NetworkLandscape } from "./network-landscape.ts";

/**
 * Loss and error at points of a span, also of one whose groups of parameters have coefficients of their own.
 *
 * @param coefficients of P points, P × `span.terms` row-major
 */
export async function evaluatePoints(
  landscape: NetworkLandscape,
  span: Span,
  coefficients: Float64Array,
  options: EvaluationOptions = {},
): Promise<SpanMetrics> {
  if (!span.parts) return landscape.evaluateSpan(span.anchors, coefficients, options);
  const { terms } = span;
  const place = (p: number, theta: Float32Array) =>
    span.point(coefficients.subarray(p * terms, (p + 1) * terms), theta);
  return landscape.evaluateSeveral(coefficients.length / terms, place, options);
}
