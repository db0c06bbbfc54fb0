import { interpolate } from "../chart.ts";
import type { LandscapeModel, PlanePath, PlanePoint } from "./landscape-model.ts";

/** A marked point or a place on a path; x, y are its coordinates in the plane, offPlane its distance from it. */
type Thing = { x: number; y: number; offPlane: number } & (
  | { point: PlanePoint; path?: undefined }
  | { path: PlanePath; t: number; point?: undefined }
);

/** The marked point, or else the place on a path, that is nearest to (x, y) in the plane and no further than `reach`. */
export function thingNear(
  { points, paths }: Pick<LandscapeModel, "points" | "paths">,
  x: number,
  y: number,
  reach: number,
): Thing | undefined {
  const things: Thing[] = points.map((point) => ({ ...point, point }));
  const near = nearest(things, x, y, reach);
  if (near) return near;
  const places = paths.flatMap((path) =>
    path.x.slice(1).flatMap((_, i): Thing[] => {
      const share = shareOfSegment(path, i, x, y);
      if (Number.isNaN(share)) return [];
      const mix = (values: number[]) => values[i] + share * (values[i + 1] - values[i]);
      const t = (i + share) / (path.x.length - 1);
      return [{ path, t, x: mix(path.x), y: mix(path.y), offPlane: distanceAt(path, t) }];
    }),
  );
  return nearest(places, x, y, reach);
}

/** Distance of a path from the plane at t in [0, 1]; where a run only has the largest one, that. */
export function distanceAt({ distances, offPlane }: PlanePath, t: number): number {
  if (!distances) return offPlane;
  const at = distances.map((_, i) => i / (distances.length - 1));
  return interpolate(at, distances, t);
}

function nearest(things: readonly Thing[], x: number, y: number, reach: number): Thing | undefined {
  let best: Thing | undefined;
  let least = reach;
  for (const thing of things) {
    const distance = Math.hypot(thing.x - x, thing.y - y);
    if (distance > least) continue;
    [best, least] = [thing, distance];
  }
  return best;
}

/** Where on the segment after point i of a path, in [0, 1], it is nearest to (x, y); NaN where the pen is lifted. */
function shareOfSegment(path: PlanePath, i: number, x: number, y: number): number {
  const [x0, y0, x1, y1] = [path.x[i], path.y[i], path.x[i + 1], path.y[i + 1]];
  if ([x0, y0, x1, y1].some((value) => value === null || Number.isNaN(value))) return Number.NaN;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  return length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
}
