import { moveTo, type PathPoint, type PlacedPath, pathPoint, positionOf } from "./placed-path.ts";
import { dot } from "./products.ts";

/** How far a tube around a path can reach before it meets itself. All in the metric of the places. */
export interface InjectivityRadius {
  /** The smallest of the three below: for offsets shorter than this, (t, offset) → φ is one to one. */
  radius: number;
  /** The smallest radius of curvature, 1/κ; infinite for a straight path. */
  curvature: { radius: number; at: number };
  /** Half of the smallest distance between two stretches of the path that run beside each other; infinite for none. */
  approach: { radius: number; at: readonly [number, number] };
  /** The reach at which the disc across one end meets another one; infinite where it meets none. */
  ends: { radius: number; at: readonly [number, number] };
}

/**
 * The radius of injectivity of the normal tube of a path (the thickness of Litherland, Simon, Durumeric and Rawdon
 * 1999, for paths with ends): the smallest of the radius of curvature, half of the critical distances of the path
 * from itself (|B(s) − B(t)| smallest in both, where the difference is across both tangents), and, since the tube ends with
 * flat discs, what an end disc allows. Beyond it the determinant of the tunnel can be 0 and one φ can have
 * two (t, ξ).
 *
 * Searched on a grid and then refined; stretches that run beside each other for less than a grid step are not seen.
 *
 * @param range of t; default [−0.1, 1.1]
 * @param points of the grid, default 400; twice as many take four times as long
 */
export function injectivityRadius(
  curve: PlacedPath,
  { range = [-0.1, 1.1], points = 400 }: { range?: readonly [number, number]; points?: number } = {},
): InjectivityRadius {
  const step = (range[1] - range[0]) / (points - 1);
  const ts = Float64Array.from({ length: points }, (_, i) =>
    i < points - 1 ? range[0] + i * step : range[1],
  );
  const curvature = smallestCurvatureRadius(curve, ts);
  const approach = closestApproach(curve, ts);
  const ends = endReach(curve, ts);
  return {
    radius: Math.min(curvature.radius, approach.radius, ends.radius),
    curvature,
    approach,
    ends,
  };
}

function smallestCurvatureRadius(curve: PlacedPath, ts: Float64Array): { radius: number; at: number } {
  const point = pathPoint(curve);
  const radius = (t: number) => {
    const { turn, speed } = moveTo(curve, t, point);
    return speed / Math.hypot(...turn);
  };
  let best = { radius: Number.POSITIVE_INFINITY, at: Number.NaN };
  const radii = ts.map(radius);
  for (let i = 0; i < ts.length; i++) {
    const [a, b] = [Math.max(0, i - 1), Math.min(ts.length - 1, i + 1)];
    if (radii[i] > radii[a] || radii[i] > radii[b]) continue;
    const at = minimise(radius, ts[a], ts[b]);
    if (radius(at) < best.radius) best = { radius: radius(at), at };
  }
  return best;
}

/** The smallest of the local minima of |B(s) − B(t)| / 2 inside of s < t. */
function closestApproach(curve: PlacedPath, ts: Float64Array): InjectivityRadius["approach"] {
  const n = ts.length;
  const K = curve.anchors.dimension;
  const point = pathPoint(curve);
  const places = new Float64Array(n * K);
  ts.forEach((t, i) => {
    positionOf(curve, moveTo(curve, t, point), places.subarray(i * K, (i + 1) * K));
  });
  const squares = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let d = 0; d < K; d++) sum += (places[i * K + d] - places[j * K + d]) ** 2;
      squares[i * n + j] = squares[j * n + i] = sum;
    }
  }
  let best: InjectivityRadius["approach"] = {
    radius: Number.POSITIVE_INFINITY,
    at: [Number.NaN, Number.NaN],
  };
  for (let i = 1; i < n - 1; i++) {
    for (let j = i + 2; j < n - 1; j++) {
      const here = squares[i * n + j];
      let lowest = true;
      for (let a = i - 1; a <= i + 1 && lowest; a++) {
        for (let b = j - 1; b <= j + 1; b++) if (squares[a * n + b] < here) lowest = false;
      }
      if (!lowest) continue;
      const found = approachFrom(curve, [ts[i], ts[j]], ts[1] - ts[0]);
      if (found.radius < best.radius) best = found;
    }
  }
  return best;
}

/**
 * Newton's method for (B(s) − B(t)) · B'(s) = 0 = (B(s) − B(t)) · B'(t), from a node of the grid that is closest among
 * its neighbours; where it goes elsewhere, as it may where the strands follow each other, the node itself.
 */
function approachFrom(
  curve: PlacedPath,
  node: readonly [number, number],
  step: number,
): InjectivityRadius["approach"] {
  const [p, q] = [pathPoint(curve), pathPoint(curve)];
  const difference = new Float64Array(curve.anchors.dimension);
  const place = new Float64Array(curve.anchors.dimension);
  const distanceAt = (s: number, t: number) => {
    positionOf(curve, moveTo(curve, s, p), difference);
    positionOf(curve, moveTo(curve, t, q), place);
    for (let d = 0; d < place.length; d++) difference[d] -= place[d];
    return Math.hypot(...difference);
  };
  const grid = { radius: distanceAt(...node) / 2, at: node };
  let [s, t] = node;
  for (let iteration = 0; iteration < 20; iteration++) {
    const radius = distanceAt(s, t) / 2;
    const [f, g] = [dot(difference, p.first), -dot(difference, q.first)];
    const ss = dot(p.first, p.first) + dot(difference, p.second);
    const tt = dot(q.first, q.first) - dot(difference, q.second);
    const st = -dot(p.first, q.first);
    const determinant = ss * tt - st * st;
    const ds = (tt * f - st * g) / determinant;
    const dt = (ss * g - st * f) / determinant;
    if (Math.abs(ds) + Math.abs(dt) < 1e-12) return radius < grid.radius ? { radius, at: [s, t] } : grid;
    s -= ds;
    t -= dt;
    if (!(Math.abs(s - node[0]) < 2 * step && Math.abs(t - node[1]) < 2 * step)) break;
  }
  return grid;
}

/** Where the disc across an end first meets a disc across another place. */
function endReach(curve: PlacedPath, ts: Float64Array): InjectivityRadius["ends"] {
  const n = ts.length;
  let best: InjectivityRadius["ends"] = { radius: Number.POSITIVE_INFINITY, at: [Number.NaN, Number.NaN] };
  const other = pathPoint(curve);
  for (const end of [0, n - 1]) {
    const point = moveTo(curve, ts[end], pathPoint(curve));
    const reach = (t: number) => meetingReach(curve, point, moveTo(curve, t, other));
    // The nearest discs tell the curvature again, and nothing but rounding closer by.
    const from = end === 0 ? 2 : 0;
    const to = end === 0 ? n : n - 2;
    const reaches = ts.map((t, i) => (i >= from && i < to ? reach(t) : Number.POSITIVE_INFINITY));
    for (let i = from; i < to; i++) {
      const [a, b] = [Math.max(from, i - 1), Math.min(to - 1, i + 1)];
      if (!(reaches[i] <= reaches[a] && reaches[i] <= reaches[b])) continue;
      const t = minimise(reach, ts[a], ts[b]);
      const radius = Math.min(reach(t), reaches[i]);
      if (radius < best.radius) best = { radius, at: [ts[end], reaches[i] <= radius ? ts[i] : t] };
    }
  }
  return best;
}

/**
 * The smallest radius at which the discs across two places meet: the smallest largest distance from both of a point in
 * both of the hyperplanes across. Infinite where these are parallel.
 */
export function meetingReach(curve: PlacedPath, p: PathPoint, q: PathPoint): number {
  const origin = positionOf(curve, p);
  const difference = positionOf(curve, q).map((x, d) => x - origin[d]);
  const cosine = dot(p.tangent, q.tangent);
  const [along, beyond] = [dot(p.tangent, difference), dot(q.tangent, difference)];
  const sineSquared = Math.max(0, 1 - cosine * cosine);
  // The squared distances of the two places from where the hyperplanes meet, in the plane of the two tangents …
  const fromFirst = beyond ** 2 / sineSquared;
  const fromSecond = along ** 2 / sineSquared;
  // … and how far they are from each other across it.
  const inPlane = (along ** 2 + beyond ** 2 - 2 * cosine * along * beyond) / sineSquared;
  const across = Math.max(0, dot(difference, difference) - inPlane);
  if (!Number.isFinite(fromFirst + fromSecond)) return Number.POSITIVE_INFINITY;
  // The best point divides that stretch such that it is as far from both, if it can.
  const share = across > 0 ? (fromSecond - fromFirst + across) / (2 * across) : 0.5;
  const divided = Math.min(1, Math.max(0, share));
  return Math.sqrt(Math.max(fromFirst + divided ** 2 * across, fromSecond + (1 - divided) ** 2 * across));
}

/** Where f is smallest between a and b, by golden section; f has one minimum there. */
function minimise(f: (x: number) => number, a: number, b: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [a, b];
  let [x, y] = [high - golden * (high - low), low + golden * (high - low)];
  let [fx, fy] = [f(x), f(y)];
  while (high - low > 1e-10) {
    if (fx < fy) {
      [high, y, fy] = [y, x, fx];
      x = high - golden * (high - low);
      fx = f(x);
    } else {
      [low, x, fx] = [x, y, fy];
      y = low + golden * (high - low);
      fy = f(y);
    }
  }
  // The minimum may be at an end.
  return [a, b].reduce((best, end) => (f(end) < f(best) ? end : best), (low + high) / 2);
}
