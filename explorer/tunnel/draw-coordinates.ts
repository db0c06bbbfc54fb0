import { moveTo, type PathPoint, pathPoint, positionOf, type Tunnel } from "../../src/geometry/index.ts";

/**
 * Coordinates (t, ξ) in a tunnel of draws that a sampler has made elsewhere, in the volume or in the full space: t of the
 * nearest place of the path, and what is across it. What lies beyond the ends is given to them.
 *
 * @param phi coordinates of the affine span, n × K
 * @param nodes at which the path is searched, to be refined by a step of Gauss and Newton
 * @returns n × K
 */
export function nearestCoordinates(tunnel: Tunnel, phi: Float64Array, nodes = 241): Float64Array {
  const { curve } = tunnel.frame;
  const K = tunnel.dimension;
  const [from, to] = tunnel.range;
  const points: PathPoint[] = [];
  const places: Float64Array[] = [];
  for (let i = 0; i < nodes; i++) {
    const point = moveTo(curve, from + ((to - from) * i) / (nodes - 1), pathPoint(curve));
    points.push(point);
    places.push(positionOf(curve, point));
  }
  const lambda = new Float64Array(phi.length);
  const here = pathPoint(curve);
  const [offset, across] = [new Float64Array(K), new Float64Array(K - 1)];
  for (let at = 0; at < phi.length; at += K) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let i = 0; i < nodes; i++) {
      let squared = 0;
      for (let d = 0; d < K; d++) squared += (phi[at + d] - places[i][d]) ** 2;
      if (squared < least) [best, least] = [i, squared];
    }
    const { t, first, speed } = points[best];
    let along = 0;
    for (let d = 0; d < K; d++) along += (phi[at + d] - places[best][d]) * first[d];
    const refined = Math.min(to, Math.max(from, t + along / (speed * speed)));
    positionOf(curve, moveTo(curve, refined, here), offset);
    for (let d = 0; d < K; d++) offset[d] = phi[at + d] - offset[d];
    tunnel.frame.components(here, offset, across);
    lambda[at] = refined;
    for (let d = 1; d < K; d++) lambda[at + d] = across[d - 1] / tunnel.scale;
  }
  return lambda;
}
