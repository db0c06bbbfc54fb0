import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";

/** The networks that draws of a posterior are: points of a span, or whole parameter vectors. */
export type PosteriorPoints = {
  /** P, of the noise of a regression */
  scales: Float64Array;
} & (
  | {
      anchors: readonly Float32Array[];
      /** P × m */
      coefficients: Float64Array;
    }
  | {
      /** P × D */
      thetas: Float32Array;
    }
);

/** Outputs of the networks from number `from` to before `to` for every example: [to − from, n, outputs]. */
export function outputsOf(
  landscape: NetworkLandscape,
  points: PosteriorPoints,
  options: WorkOptions = {},
  from = 0,
  to: number = points.scales.length,
): Promise<Float32Array> {
  if ("thetas" in points) {
    const D = landscape.size;
    return landscape.predictPoints(points.thetas.subarray(from * D, to * D), options);
  }
  const { anchors, coefficients } = points;
  const m = anchors.length;
  return landscape.predictSpan(anchors, coefficients.slice(from * m, to * m), options);
}
