import { firstCrossings } from "../geometry/index.ts";
import type { NetworkLandscape, WorkOptions } from "../landscape/index.ts";

/** How far one can go from some points along some directions until the error has risen. */
export interface Rises {
  /** By point and then by direction, in weight-space distance; null where it has not risen at the largest distance. */
  distances: (number | null)[][];
  /** The largest distance that was looked at. */
  largest: number;
  /** By how much the error has risen: one point of an error rate, or a tenth of a root mean squared error. */
  rise: number[];
}

/** The smallest and the largest distance that are looked at, in units of the scale. */
const REACH = { first: 2 ** -8, largest: 2 ** 3 };

/**
 * The smallest distance, as far as doubling steps show it, at which the error is higher than at the start by one point;
 * see `firstCrossings`. All points and directions are evaluated together, in the span of anchors and directions.
 *
 * @param anchors m vectors of length D, in the vector memory
 * @param starts coefficients of the points, m each
 * @param directions of length 1, in the vector memory
 * @param scale a typical norm of the points
 */
export async function distancesToRise(
  landscape: Pick<NetworkLandscape, "evaluateSpan" | "loss">,
  anchors: readonly Float32Array[],
  starts: readonly Float64Array[],
  directions: readonly Float32Array[],
  scale: number,
  options: WorkOptions = {},
): Promise<Rises> {
  const vectors = [...anchors, ...directions];
  const ways = starts.flatMap((_, p) => directions.map((_, j) => ({ p, j })));
  /** Errors at some distances along some ways, way by way. */
  const errorsAt = async (at: readonly { p: number; j: number; r: number }[]) => {
    const c = new Float64Array(at.length * vectors.length);
    at.forEach(({ p, j, r }, row) => {
      c.set(starts[p], row * vectors.length);
      c[row * vectors.length + anchors.length + j] = r;
    });
    return (await landscape.evaluateSpan(vectors, c, { signal: options.signal })).error;
  };
  const base = await errorsAt(starts.map((_, p) => ({ p, j: 0, r: 0 })));
  const classification = landscape.loss.task === "classification";
  const rise = Array.from(base, (error) => (classification ? 0.01 : 0.1 * error));

  const largest = REACH.largest * scale;
  const found = await firstCrossings(
    ways.map(({ p }) => base[p] + rise[p]),
    (numbers, r) => errorsAt(numbers.map((way, i) => ({ ...ways[way], r: r[i] }))),
    { first: REACH.first * scale, largest, onProgress: options.onProgress },
  );
  const each = directions.length;
  return { distances: starts.map((_, p) => found.slice(p * each, (p + 1) * each)), largest, rise };
}
