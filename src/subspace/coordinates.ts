import type { Rng } from "../engine/index.ts";
import { type CoefficientMap, checkCount } from "./coefficient-map.ts";

/**
 * Coordinates of n random points, uniform on the domain, as training on a subspace draws them: t ~ U(0, 1) on a path;
 * on a k-simplex k + 1 exponentials divided by their sum, which is Dirichlet(1, …, 1) (Wortsman et al. 2021).
 *
 * @returns n × k, row-major
 * @throws for an unbounded map, which has no uniform distribution
 */
export function sampleCoordinates(
  map: CoefficientMap,
  rng: Pick<Rng, "uniform64" | "exponential">,
  n: number,
): Float64Array {
  if (map.domain === "interval") return rng.uniform64(n);
  if (map.domain === "unbounded") throw noEnds(map, "no uniform distribution");
  const k = map.dimension;
  const exponentials = rng.exponential(n * (k + 1));
  const zs = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const row = exponentials.subarray(i * (k + 1), (i + 1) * (k + 1));
    const sum = row.reduce((a, b) => a + b);
    for (let j = 0; j < k; j++) zs[i * k + j] = row[j + 1] / sum;
  }
  return zs;
}

/**
 * Coordinates of evenly spaced points with both ends of the domain, for profiles: t = 0, 1/(n − 1), …, 1 on a path;
 * on a k-simplex the lattice with n points along each edge, C(n − 1 + k, k) in all, the last coordinate fastest.
 *
 * @param n points along an edge, a whole number from 2
 * @returns rows of k coordinates, row-major
 * @throws for an unbounded map, which has no ends
 */
export function evenly(map: CoefficientMap, n: number): Float64Array {
  checkCount("The number of evenly spaced points", n, 2);
  if (map.domain === "unbounded") throw noEnds(map, "no ends");
  const zs: number[] = [];
  const steps = new Array<number>(map.dimension).fill(0);
  const visit = (j: number, left: number) => {
    if (j === steps.length) {
      for (const step of steps) zs.push(step / (n - 1));
      return;
    }
    for (steps[j] = 0; steps[j] <= left; steps[j]++) visit(j + 1, left - steps[j]);
  };
  visit(0, n - 1);
  return Float64Array.from(zs);
}

/** Coordinates of the middle: t = ½ of a path, the centroid of a simplex. */
export function middleOf(map: CoefficientMap): Float64Array {
  if (map.domain === "unbounded") throw noEnds(map, "no middle");
  return new Float64Array(map.dimension).fill(1 / (map.dimension + 1));
}

const noEnds = (map: CoefficientMap, lacks: string) =>
  new RangeError(`This ${map.kind} subspace is unbounded and has ${lacks}; give the coordinates themselves.`);
