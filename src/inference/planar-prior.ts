import { arcLengthBetween, moveTo, type PlacedPath, pathPoint, positionOf } from "../geometry/index.ts";
import type { Prior } from "./posterior.ts";

/** Positions at which the path is looked at, between which a root of the foot condition is found. */
const GRID = 200;

const gaussian = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/**
 * The densities of priors of a tunnel at points φ of the plane, with respect to area in the plane (Dold et al. 2025, fig.
 * 4, centre and right): all (t, ξ) with φ(t, ξ) = φ are found, which are the feet of perpendiculars on the path, and p(t) p(ξ)
 * / |det ∂φ/∂(t, ξ)| is summed over them. It is infinite where the tunnel folds over (at a centre of curvature).
 *
 * @param curve in two dimensions
 * @param phi n × 2
 * @param options.range of t
 * @param options.tube τ, the length of one unit of ξ
 * @param options.scale standard deviation of ξ
 * @returns n
 */
export function planarPriorDensity(
  curve: PlacedPath,
  phi: ArrayLike<number>,
  {
    range,
    tube,
    scale,
    weight,
  }: {
    range: readonly [number, number];
    tube: number;
    scale: number;
    weight: Exclude<Prior["weight"], "volume">;
  },
): Float64Array {
  if (curve.anchors.dimension !== 2) {
    throw new RangeError(
      `The path lies in ${curve.anchors.dimension} dimensions; give one in a plane, such as a path of degree 2.`,
    );
  }
  const point = pathPoint(curve);
  const place = new Float64Array(2);
  const length = arcLengthBetween(curve, range[0], range[1]);
  const width = range[1] - range[0];
  const ts = Float64Array.from({ length: GRID }, (_, i) => range[0] + (width * i) / (GRID - 1));
  const nodes = Array.from(ts, (t) => {
    moveTo(curve, t, point);
    positionOf(curve, point, place);
    return [place[0], place[1], point.first[0], point.first[1]];
  });
  /** (φ − B(t)) · B'(t), 0 at a foot. */
  const along = (t: number, x: number, y: number) => {
    moveTo(curve, t, point);
    positionOf(curve, point, place);
    return (x - place[0]) * point.first[0] + (y - place[1]) * point.first[1];
  };
  /** What the foot at t contributes; `point` and `place` are there. */
  const share = (t: number, x: number, y: number) => {
    along(t, x, y);
    const { first, second } = point;
    const square = first[0] ** 2 + first[1] ** 2;
    const speed = Math.sqrt(square);
    const [dx, dy] = [x - place[0], y - place[1]];
    const element = tube * speed * Math.abs(1 - (dx * second[0] + dy * second[1]) / square);
    const ofT = weight === "arc-length" ? speed / length : 1 / width;
    return (ofT * gaussian(Math.hypot(dx, dy) / (tube * scale))) / (scale * element);
  };
  const densities = new Float64Array(phi.length / 2);
  for (let at = 0; at < densities.length; at++) {
    const [x, y] = [phi[2 * at], phi[2 * at + 1]];
    let before = Number.NaN;
    for (let i = 0; i < GRID; i++) {
      const [bx, by, fx, fy] = nodes[i];
      const here = (x - bx) * fx + (y - by) * fy;
      if (before * here < 0 || (here === 0 && before !== 0)) {
        let [low, high, atLow] = [i > 0 ? ts[i - 1] : ts[i], ts[i], before];
        for (let step = 0; step < 30 && here !== 0; step++) {
          const middle = (low + high) / 2;
          const value = along(middle, x, y);
          if (value * atLow > 0) [low, atLow] = [middle, value];
          else high = middle;
        }
        densities[at] += share(here === 0 ? ts[i] : (low + high) / 2, x, y);
      }
      before = here;
    }
  }
  return densities;
}
