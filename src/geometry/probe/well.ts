import { combine, dot } from "../../engine/index.ts";
import type { Landscape, WorkOptions } from "../../landscape/index.ts";
import { firstCrossings } from "./first-crossings.ts";

/** The loss at which a well ends: a value, or so much above the loss at its centre. */
export type WellThreshold = { loss: number } | { above: number };

export interface WellSearch extends WorkOptions {
  /** Default { loss: 1 }, where the colours of the published maps end ("Large Scale Structure", figure 2). */
  threshold?: WellThreshold;
  /** Go along great circles of the sphere around the origin through θ, so that the radius stays; default straight on. */
  sphere?: boolean;
  /** The largest distance that is looked at; default twice the norm of θ (on the sphere, a quarter of the circle). */
  largest?: number;
  /** Relative precision of the distances; default 0.001. */
  precision?: number;
}

/** How far one can go from a point until the loss is high. */
export interface Well {
  /** Loss at the centre, and that at which the well ends. */
  centre: number;
  threshold: number;
  /** R, the norm of the centre. */
  radius: number;
  largest: number;
  /** By direction: distance (along the great circle, Rφ), and the angle between centre and end in radians; null if beyond. */
  distances: (number | null)[];
  angles: (number | null)[];
  /** Over the directions that end: their mean distance, its standard deviation and mean angle; null of none. */
  mean: number | null;
  sd: number | null;
  meanAngle: number | null;
  /** Directions along which the loss stays below. */
  unreached: number;
}

/** The largest cosine between θ and a direction on the sphere. */
const ORTHOGONAL = 1e-3;

/**
 * The well around θ: along each direction v the smallest a with L(θ + a v) ≥ Lc, which is the half width of a tunnel
 * ("Large Scale Structure", section 4.4; the threshold is ours). Each step of the search evaluates all directions at once.
 *
 * @param directions of length 1, in the vector memory
 * @throws RangeError where the loss at θ has reached the threshold, a direction on the sphere is not orthogonal to θ, or
 *   θ is 0 and no largest distance is given
 */
export async function wellAround(
  landscape: Pick<Landscape, "evaluateSeveral">,
  theta: Float32Array,
  directions: readonly Float32Array[],
  { threshold: wanted = { loss: 1 }, sphere = false, precision, ...search }: WellSearch = {},
): Promise<Well> {
  const radius = Math.sqrt(dot(theta, theta));
  const { signal, onProgress } = search;
  const { loss: atCentre } = await landscape.evaluateSeveral(1, (_, point) => point.set(theta), { signal });
  const [centre] = atCentre;
  const threshold = "loss" in wanted ? wanted.loss : centre + wanted.above;
  if (!(threshold > centre)) {
    throw new RangeError(
      `The loss at the centre is ${centre.toPrecision(4)}, and a well that ends at ${threshold} lies below it; give a higher threshold, or one above the centre.`,
    );
  }
  const cosines = directions.map((v) => (radius > 0 ? dot(v, theta) / radius : 0));
  const skew = cosines.findIndex((c) => Math.abs(c) > ORTHOGONAL);
  if (sphere && skew >= 0) {
    throw new RangeError(
      `Direction ${skew} has the cosine ${cosines[skew].toFixed(3)} with θ, so that it leaves the sphere; give orthogonal directions.`,
    );
  }
  const largest = search.largest ?? (sphere ? (radius * Math.PI) / 2 : 2 * radius);
  if (!(largest > 0)) {
    throw new RangeError("θ is 0, so that its radius gives no scale; give the largest distance to look at.");
  }
  const coefficients = (a: number) =>
    sphere ? [Math.cos(a / radius), radius * Math.sin(a / radius)] : [1, a];
  const distances = await firstCrossings(
    new Float64Array(directions.length).fill(threshold),
    async (ways, positions) => {
      const place = (p: number, point: Float32Array) =>
        combine(point, [theta, directions[ways[p]]], coefficients(positions[p]));
      return (await landscape.evaluateSeveral(ways.length, place, { signal })).loss;
    },
    { first: largest / 128, largest, precision, onProgress },
  );
  const angleAt = (a: number, cosine: number) =>
    sphere ? a / radius : Math.atan2(a * Math.sqrt(1 - cosine * cosine), radius + a * cosine);
  const angles = distances.map((a, i) => (a === null ? null : angleAt(a, cosines[i])));
  const ended = distances.filter((a) => a !== null);
  const meanOf = (values: number[]) =>
    values.length > 0 ? values.reduce((sum, x) => sum + x, 0) / values.length : null;
  const mean = meanOf(ended);
  const sd =
    mean !== null && ended.length > 1
      ? Math.sqrt(ended.reduce((sum, a) => sum + (a - mean) ** 2, 0) / (ended.length - 1))
      : null;
  return {
    centre,
    threshold,
    radius,
    largest,
    distances,
    angles,
    mean,
    sd,
    meanAngle: meanOf(angles.filter((a) => a !== null)),
    unreached: distances.length - ended.length,
  };
}
