import { Rng } from "../../engine/index.ts";
import { checkMaxDimension, logNearest, mostLikelyDimension, nearestDivergence } from "./mind.ts";
import type { Neighbours } from "./neighbour-list.ts";
import { nearestNeighbours } from "./neighbours.ts";
import { checkPoints, type DimensionEstimate, type Points } from "./points.ts";
import { concentrationOf, type VonMises, vonMisesDivergence } from "./von-mises.ts";

export interface DANCoOptions {
  /** Neighbours of each point, 3 to 25; default 10. */
  k?: number;
  /** The largest dimension that is tried; default the number of coordinates, at most 10. */
  maxDimension?: number;
  /** Returns the best real number instead of the best whole number; default true. */
  fractal?: boolean;
  /** Draws the points of the balls that the data are compared with; default the stream of seed 0. */
  rng?: Rng;
}

/** Neighbours that lie on a line with the point to within 8° say nothing of angles. */
const COLLINEAR = 0.99;
/** Keeps the concentration of angles that are all equal finite. */
const LARGEST_RESULTANT = 1 - 1e-6;

/** What DANCo compares: distances to nearest neighbours and angles between neighbours, averaged over points. */
interface Statistics {
  dimension: number;
  angles: VonMises;
}

/**
 * DANCo, dimensionality from angle and norm concentration (Ceruti et al. 2014): the d whose uniform ball, with as many
 * random points, has neighbour distances (MiND_MLk) and angles between neighbours (von Mises) closest to those of the
 * points in Kullback–Leibler divergence.
 *
 * With `fractal` the statistics of the balls are interpolated linearly between whole dimensions and d is the real
 * number of least divergence. Published code puts a cubic through the divergences instead, which rings after the high
 * value at d = 1: below 0, and to 2.7 for a ball of 3 dimensions. Where the neighbours of a point lie on a line its angles are
 * taken as ν = 0 and τ = 1, as scikit-dimension does for points with one coordinate: the likelihood of angles that are
 * all 0 or π has no useful maximum.
 *
 * @throws RangeError for k outside 3 … 25 or not below N − 1, repeated points, lattices
 */
export function danco(points: Points, options: DANCoOptions = {}): DimensionEstimate {
  const { k = 10, fractal = true, rng = Rng.fromSeed(0) } = options;
  const { maxDimension = Math.min(10, points.dimension) } = options;
  if (!(Number.isInteger(k) && k >= 3 && k <= 25)) {
    throw new RangeError(`DANCo was asked to use ${k} neighbours; give a whole number from 3 to 25.`);
  }
  const n = checkPoints(points, k + 2);
  checkMaxDimension(maxDimension);
  // The same bound for data and balls, far enough from either that it biases neither.
  const bound = 2 * maxDimension + 5;
  const data = statistics(points, k, bound);
  const balls = Array.from({ length: maxDimension }, (_, i) =>
    statistics(uniformBall(n, i + 1, rng.split("danco").foldIn(i + 1)), k, bound),
  );
  const divergenceAt = (d: number) => divergence(data, ballAt(balls, d), k);
  let estimate = 1;
  for (let d = 2; d <= maxDimension; d++) if (divergenceAt(d) < divergenceAt(estimate)) estimate = d;
  if (fractal) {
    const candidates = [estimate];
    if (estimate > 1) candidates.push(minimum(divergenceAt, estimate - 1, estimate));
    if (estimate < maxDimension) candidates.push(minimum(divergenceAt, estimate, estimate + 1));
    estimate = candidates.reduce((a, b) => (divergenceAt(b) < divergenceAt(a) ? b : a));
  }
  return { estimate, details: { divergence: divergenceAt(estimate) } };
}

/** n random points, uniform in the unit ball of d dimensions. */
export function uniformBall(n: number, d: number, rng: Rng): Points {
  const points = Float64Array.from(rng.split("direction").normal(n * d));
  const volumes = rng.split("radius").uniform64(n);
  for (let i = 0; i < n; i++) {
    const row = points.subarray(i * d, (i + 1) * d);
    const scale = volumes[i] ** (1 / d) / Math.hypot(...row);
    for (let at = 0; at < d; at++) row[at] *= scale;
  }
  return { dimension: d, points };
}

function divergence(data: Statistics, ball: Statistics, k: number): number {
  return nearestDivergence(data.dimension, ball.dimension, k) + vonMisesDivergence(data.angles, ball.angles);
}

/** The statistics of the ball of d dimensions, 1 ≤ d ≤ their number, from those of whole dimensions. */
function ballAt(balls: Statistics[], d: number): Statistics {
  const below = balls[Math.floor(d) - 1];
  const above = balls[Math.ceil(d) - 1];
  const share = d - Math.floor(d);
  const between = (a: number, b: number) => a + share * (b - a);
  return {
    dimension: between(below.dimension, above.dimension),
    angles: {
      mean: between(below.angles.mean, above.angles.mean),
      concentration: between(below.angles.concentration, above.angles.concentration),
    },
  };
}

/** Where f is least between low and high, to 1e-6, by golden section. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  const shrink = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [high - shrink * (high - low), low + shrink * (high - low)];
  let [fa, fb] = [f(a), f(b)];
  while (high - low > 1e-6) {
    if (fa < fb) {
      [high, b, fb] = [b, a, fa];
      a = high - shrink * (high - low);
      fa = f(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + shrink * (high - low);
      fb = f(b);
    }
  }
  return (low + high) / 2;
}

function statistics(points: Points, k: number, bound: number): Statistics {
  const neighbours = nearestNeighbours(points, k + 1);
  return {
    dimension: mostLikelyDimension(logNearest(neighbours), k, bound),
    angles: meanAngles(points, neighbours, k),
  };
}

/** Von Mises fits to the angles between the first k neighbours of each point, averaged over points. */
function meanAngles({ dimension: r, points: x }: Points, neighbours: Neighbours, k: number): VonMises {
  const n = x.length / r;
  const directions = new Float64Array(k * r);
  const average = { mean: 0, concentration: 0 };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) {
      const at = i * neighbours.k + j;
      const other = neighbours.indices[at] * r;
      for (let d = 0; d < r; d++)
        directions[j * r + d] = (x[other + d] - x[i * r + d]) / neighbours.distances[at];
    }
    const { mean, concentration } = fitAngles(directions, k, r);
    average.mean += mean / n;
    average.concentration += concentration / n;
  }
  return average;
}

/** Maximum likelihood of the angles, in [0, π], between all pairs of k directions. */
function fitAngles(directions: Float64Array, k: number, r: number): VonMises {
  let [cosines, sines, smallest] = [0, 0, 1];
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < a; b++) {
      let cos = 0;
      for (let d = 0; d < r; d++) cos += directions[a * r + d] * directions[b * r + d];
      smallest = Math.min(smallest, Math.abs(cos));
      cosines += cos;
      sines += Math.sqrt(Math.max(0, 1 - cos * cos));
    }
  }
  if (smallest > COLLINEAR) return { mean: 0, concentration: 1 };
  const pairs = (k * (k - 1)) / 2;
  const resultant = Math.min(LARGEST_RESULTANT, Math.hypot(cosines, sines) / pairs);
  // atan2, not the published atan of the quotient, which jumps by π where the mean angle passes a right angle.
  return { mean: Math.atan2(sines, cosines), concentration: concentrationOf(resultant) };
}
