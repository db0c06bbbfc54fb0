import type { Rng } from "../engine/index.ts";
import { moveTo, pathPoint, type Tunnel } from "../geometry/index.ts";
import type { Prior } from "./posterior.ts";

/** Nodes of the distribution function of t; between them it is linear. */
const NODES = 2001;

/**
 * Independent draws from the prior of a tunnel: t uniform in arc length or in position on the range of the tunnel, ξ normal.
 *
 * @returns positions (t, ξ), count × K
 */
export function priorDraws(
  { frame, range, dimension: k }: Tunnel,
  { scale, weight }: Prior & { weight: Exclude<Prior["weight"], "volume"> },
  count: number,
  rng: Rng,
): Float64Array {
  const { curve } = frame;
  const point = pathPoint(curve);
  const width = (range[1] - range[0]) / (NODES - 1);
  const cumulative = new Float64Array(NODES);
  for (let i = 1; i < NODES; i++) {
    const speed = weight === "arc-length" ? moveTo(curve, range[0] + (i - 0.5) * width, point).speed : 1;
    cumulative[i] = cumulative[i - 1] + speed;
  }
  const tOf = (u: number) => {
    const mass = u * cumulative[NODES - 1];
    let [low, high] = [0, NODES - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] <= mass) low = middle;
      else high = middle;
    }
    return range[0] + width * (low + (mass - cumulative[low]) / (cumulative[high] - cumulative[low]));
  };
  const us = rng.split("t").uniform64(count);
  const zs = rng.split("xi").normal(count * k);
  return Float64Array.from(zs, (z, at) => (at % k === 0 ? tOf(us[at / k]) : scale * z));
}
