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

/** Distances looked at first, as powers of two of the scale; the error must rise between two of them. */
const POWERS = { from: -8, to: 3 };
/** Then the interval is cut into so many parts, so many times. */
const PARTS = 8;
const ROUNDS = 3;

/**
 * The smallest distance, as far as doubling steps show it, at which the error is higher than at the start by one point:
 * bracketed by doubling, then found to 0.1 % by cutting the interval into eight parts three times. All
 * points and directions are evaluated together, in the span of anchors and directions.
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

  let brackets = ways.map((way) => ({ ...way, low: 0, high: Number.POSITIVE_INFINITY }));
  /** Narrows each bracket to the first interval between its nodes at whose end the error has risen. */
  const narrow = async (nodes: (bracket: (typeof brackets)[number]) => number[]) => {
    const open = brackets.map((bracket) => nodes(bracket));
    const at = brackets.flatMap(({ p, j }, i) => open[i].map((r) => ({ p, j, r })));
    const errors = await errorsAt(at);
    let from = 0;
    brackets = brackets.map((bracket, i) => {
      const own = open[i];
      const found = errors.subarray(from, from + own.length);
      from += own.length;
      const { p } = bracket;
      const risen = own.findIndex((_, k) => found[k] >= base[p] + rise[p]);
      const low = risen === 0 || own.length === 0 ? bracket.low : own[(risen < 0 ? own.length : risen) - 1];
      return { ...bracket, low, high: risen < 0 ? bracket.high : own[risen] };
    });
  };
  const doubling = Array.from(
    { length: POWERS.to - POWERS.from + 1 },
    (_, k) => scale * 2 ** (POWERS.from + k),
  );
  await narrow(() => doubling);
  options.onProgress?.(1 / (ROUNDS + 1));
  for (let round = 0; round < ROUNDS; round++) {
    // The end of an interval is known to have risen already.
    await narrow(({ low, high }) =>
      Number.isFinite(high)
        ? Array.from({ length: PARTS - 1 }, (_, k) => low + ((k + 1) * (high - low)) / PARTS)
        : [],
    );
    options.onProgress?.((round + 2) / (ROUNDS + 1));
  }
  const distances = starts.map((_, p) =>
    brackets
      .filter((bracket) => bracket.p === p)
      .map(({ low, high }) => (Number.isFinite(high) ? (low + high) / 2 : null)),
  );
  return { distances, largest: doubling[doubling.length - 1], rise };
}
