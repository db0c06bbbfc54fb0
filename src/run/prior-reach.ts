import { dot } from "../engine/index.ts";
import type { AmbientSpace } from "../geometry/index.ts";
import type { FullSpace, Prior } from "../inference/index.ts";
import type { Span } from "../subspace/index.ts";

/** A prior that is so many times as wide as the span of a path, or as narrow, is a slip: chains could not move. */
const ABSURD = 1e6;

/**
 * Refuses a prior that has nothing to do with the size of a span: of its control points around their mean, in the metric of
 * the space, or in the full space of their weights.
 *
 * @param tube τ of a tunnel
 * @throws RangeError where the prior is over a million times as wide or as narrow
 */
export function checkReach(
  space: AmbientSpace | FullSpace,
  span: Span,
  { scale }: Pick<Prior, "scale">,
  tube: number,
): void {
  // In directions of their own, coordinates are standard normal whatever the lengths.
  if (space.kind === "line" || (space.kind !== "full" && space.span.metric === "directions")) return;
  const [reach, flags] =
    space.kind === "tunnel" ? [tube * scale, "--tube times --prior-scale"] : [scale, "--prior-scale"];
  const size =
    space.kind === "full"
      ? Math.sqrt(Math.max(...span.anchors.map((anchor) => dot(anchor, anchor))) / span.size)
      : space.span.places.points.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (reach <= size * ABSURD && reach >= size / ABSURD) return;
  throw new RangeError(
    `The prior has a standard deviation of ${reach} (${flags}), and ${space.kind === "full" ? "weights of the path are" : "its control points reach to"} ${size.toPrecision(2)}; give one that is within a factor of ${ABSURD.toLocaleString("en")} of that.`,
  );
}
