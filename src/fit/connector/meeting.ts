import type { Landscape, WedgeLandscape } from "../../landscape/index.ts";

/**
 * Half the sum of the squared distances to the wedges nearest to some points: 0 where they all meet. Dispose of it before
 * the wedges themselves.
 */
export function meetingOf(wedges: WedgeLandscape, points: readonly Float32Array[]): Landscape {
  const spaces = points.map((point) => wedges.shortSpace(point));
  const meeting = wedges.intersection(spaces);
  meeting[Symbol.dispose] = () => {
    // Those of all tuples are made for each point; the others belong to the landscape.
    if (wedges.spec.kind === "all-tuples") for (const space of spaces) space[Symbol.dispose]();
  };
  return meeting;
}
