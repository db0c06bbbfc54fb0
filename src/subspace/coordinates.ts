import type { Rng } from "../engine/index.ts";
import { type CoefficientMap, checkCount } from "./coefficient-map.ts";
import { simplex } from "./simplex.ts";

/**
 * Coordinates of n random points, uniform on the domain, as training on a subspace draws them: t ~ U(0, 1) on a path;
 * on a k-simplex k + 1 exponentials divided by their sum, which is Dirichlet(1, …, 1) (Wortsman et al. 2021); on a
 * complex the same on one of its simplexes, each as likely (Benton et al. 2021, code).
 *
 * @returns n × k, row-major
 * @throws for an unbounded map, which has no uniform distribution
 */
export function sampleCoordinates(
  map: CoefficientMap,
  rng: Pick<Rng, "uniform64" | "exponential" | "split">,
  n: number,
): Float64Array {
  if (map.domain === "interval") return rng.uniform64(n);
  if (map.domain === "unbounded") throw noEnds(map, "no uniform distribution");
  const k = map.dimension;
  if (map.spec.kind === "complex") {
    const { simplexes } = map.spec;
    const which = rng.split("simplex").uniform64(n);
    const zs = new Float64Array(n * k);
    for (let i = 0; i < n; i++) {
      const corners = simplexes[Math.floor(which[i] * simplexes.length)];
      const exponentials = rng.split(`corners ${i}`).exponential(corners.length);
      const sum = exponentials.reduce((a, b) => a + b);
      corners.forEach((corner, j) => {
        if (corner > 0) zs[i * k + corner - 1] = exponentials[j] / sum;
      });
    }
    return zs;
  }
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
 * on a k-simplex the lattice with n points along each edge, C(n − 1 + k, k) in all, the last coordinate fastest; on a
 * complex those of all its simplexes, each point once.
 *
 * @param n points along an edge, a whole number from 2
 * @returns rows of k coordinates, row-major
 * @throws for an unbounded map, which has no ends
 */
export function evenly(map: CoefficientMap, n: number): Float64Array {
  checkCount("The number of evenly spaced points", n, 2);
  if (map.domain === "unbounded") throw noEnds(map, "no ends");
  if (map.spec.kind === "complex") return evenlyOnComplex(map.spec.simplexes, map.dimension, n);
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

function evenlyOnComplex(simplexes: readonly (readonly number[])[], k: number, n: number): Float64Array {
  const points = new Map<string, number[]>();
  for (const corners of simplexes) {
    const side = corners.length - 1;
    const lattice = side === 0 ? [[]] : rowsOf(evenly(simplex(side), n), side);
    for (const row of lattice) {
      const z = new Array<number>(k).fill(0);
      const first = 1 - row.reduce((a, b) => a + b, 0);
      [first, ...row].forEach((weight, j) => {
        if (corners[j] > 0) z[corners[j] - 1] = weight;
      });
      // Lattice points are multiples of 1/(n − 1), whatever rounding the first weight has seen.
      const steps = z.map((weight) => Math.round(weight * (n - 1)));
      points.set(
        steps.join(),
        steps.map((step) => step / (n - 1)),
      );
    }
  }
  return Float64Array.from([...points.values()].flat());
}

function rowsOf(flat: Float64Array, k: number): number[][] {
  return Array.from({ length: flat.length / k }, (_, i) => [...flat.subarray(i * k, (i + 1) * k)]);
}

/** Coordinates of the middle: t = ½ of a path, the centroid of a simplex, that of the first simplex of a complex. */
export function middleOf(map: CoefficientMap): Float64Array {
  if (map.spec.kind === "complex") {
    const [corners] = map.spec.simplexes;
    return Float64Array.from({ length: map.dimension }, (_, j) =>
      corners.includes(j + 1) ? 1 / corners.length : 0,
    );
  }
  if (map.domain === "unbounded") throw noEnds(map, "no middle");
  return new Float64Array(map.dimension).fill(1 / (map.dimension + 1));
}

const noEnds = (map: CoefficientMap, lacks: string) =>
  new RangeError(`This ${map.kind} subspace is unbounded and has ${lacks}; give the coordinates themselves.`);
