import { allocateVector, combine, rectify } from "../engine/index.ts";
import { centredGram, type Gram } from "../geometry/index.ts";
import type { WorkOptions } from "../landscape/index.ts";
import { type CoefficientMap, coefficientMatrix, evenly, polychain, Span } from "../subspace/index.ts";

/** A subspace as geometry sees it: a map, and the inner products of the vectors that it combines. */
export interface SubspaceGram {
  map: CoefficientMap;
  /** To measure differences of points with, more precisely than from zero (see `Span.differences`). */
  differences: Gram;
  /** Seen from zero: for norms of points and the angles between them. */
  absolute: Gram;
  /** How many of its points, joined by straight pieces, stand for a curve that leaves its span. */
  standIns?: number;
}

/** Points that stand for a curve which leaves its span; their inner products cost the square of their number. */
export const STAND_INS = 201;

/** Whether the points of a subspace are not in the span of its anchors: those of a rectified neural curve. */
export const leavesSpan = (span: Span): boolean =>
  span.parts?.some(({ rectified }) => rectified === true) ?? false;

/**
 * The Gram matrix of a subspace: that of its anchors, or for a curve that leaves their span that of its points, with the
 * chain through them as the map.
 *
 * @param at positions t of those points; by default 201 even ones
 */
export async function subspaceGram(
  span: Span,
  map: CoefficientMap,
  { at, ...options }: WorkOptions & { at?: Float64Array } = {},
): Promise<SubspaceGram> {
  if (!leavesSpan(span)) {
    const absolute = span.gram();
    return { map, absolute, differences: span.parts ? absolute : span.gram(0) };
  }
  const ts = at ?? evenly(map, STAND_INS);
  const absolute = await pointsGram(span, map, ts, options);
  return { map: polychain(ts.length), absolute, differences: centredGram(absolute), standIns: ts.length };
}

/** Parameters of all points that are held at a time, 16 MB. */
const HELD = 4e6;

/** Inner products of points of a curve outside of its span, made a few parameters at a time, so that D does not matter. */
async function pointsGram(
  span: Span,
  map: CoefficientMap,
  ts: Float64Array,
  { signal, onProgress }: WorkOptions,
): Promise<Gram> {
  const n = ts.length;
  const m = span.anchors.length;
  const c = coefficientMatrix(map, ts);
  const values = new Float64Array(n * n);
  const block = 4 * Math.ceil(HELD / (4 * n));
  for (const { offset, size, group, rectified } of span.parts!) {
    for (let start = offset; start < offset + size; start += block) {
      signal?.throwIfAborted();
      onProgress?.(start / span.size);
      const end = Math.min(start + block, offset + size);
      const anchors = span.anchors.map((anchor) => anchor.subarray(start, end));
      using points = new Span(Array.from(ts, () => allocateVector(end - start)));
      for (const [p, point] of points.anchors.entries()) {
        const first = p * span.terms + group * m;
        combine(point, anchors, c.subarray(first, first + m));
        if (rectified) rectify(point);
      }
      const products = points.gram();
      for (let i = 0; i < values.length; i++) values[i] += products.values[i];
      // So that an interruption is heard.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { size: n, values };
}
