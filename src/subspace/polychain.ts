import { checkCount, type PathMap, pathMap } from "./coefficient-map.ts";

/**
 * The polygonal chain that visits its n anchors in order, each leg in the same time: anchor j is at t = j/(n − 1),
 * and c_j(t) = max(0, 1 − |t(n − 1) − j|) (Garipov et al. 2018, eq. 3, with n = 3; any number of bends in its code).
 *
 * Derivatives are those of the leg; at a bend, of the leg that begins there. From the second order on they are 0.
 * A chain has no continuation: a t outside of [0, 1] is an error.
 *
 * @param points n, ends and bends together; a whole number from 2
 */
export function polychain(points: number): PathMap {
  checkCount("The number of points of a polygonal chain", points, 2);
  const legs = points - 1;
  return pathMap({ kind: "polychain", points }, points, (t, order, out) => {
    if (!(t >= 0 && t <= 1)) {
      throw new RangeError(
        `The position on a polygonal chain is t = ${t}; give a number from 0 to 1, since a chain ends there.`,
      );
    }
    out.fill(0);
    const leg = Math.min(Math.floor(t * legs), legs - 1);
    if (order === 0) {
      out[leg + 1] = t * legs - leg;
      out[leg] = 1 - out[leg + 1];
    } else if (order === 1) {
      out[leg] = -legs;
      out[leg + 1] = legs;
    }
    return out;
  });
}
