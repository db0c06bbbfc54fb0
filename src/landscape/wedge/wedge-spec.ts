/** What the low-loss set is made of. */
export const WEDGE_KINDS = ["all-tuples", "axes", "rotated"] as const;
export type WedgeKind = (typeof WEDGE_KINDS)[number];

/**
 * Wedges: cuboids that are infinite along n long directions and of length ε along s = D − n short ones ("Large Scale
 * Structure", section 3.1). `all-tuples`: one for every n-tuple of the axes, none of which is stored (section 3.2); `axes`:
 * K with random axes; `rotated`: K with random directions.
 */
export interface WedgeSpec {
  kind: WedgeKind;
  /** D */
  dimension: number;
  /** s = D − n, short directions of each wedge. */
  short: number;
  /** K, of `axes` and `rotated`. */
  wedges?: number;
  /** All tuples of the axes of a random rotation, instead of those of the coordinates. */
  turned?: boolean;
  /** ε/2; default 0. */
  halfWidth?: number;
  seed: number;
  /** The distance L to the nearest wedge, as published, or L²/2 (default), whose Hessian has s eigenvalues of 1. */
  objective?: "distance" | "half-square";
}

/** Whether a spec is that of wedges, and not of a network. */
export const isWedges = (spec: { kind: string }): spec is WedgeSpec =>
  (WEDGE_KINDS as readonly string[]).includes(spec.kind);

/** A rotation of more dimensions is a matrix of over 16 MB. */
const MOST_TURNED = 2000;

/** @throws RangeError where there are no such wedges */
export function checkWedges({ kind, dimension, short, wedges, turned, halfWidth = 0 }: WedgeSpec): void {
  if (!Number.isInteger(dimension) || dimension < 2) {
    throw new RangeError(`Wedges in ${dimension} dimensions were asked for; give a whole number from 2.`);
  }
  if (!Number.isInteger(short) || short < 1 || short > dimension) {
    throw new RangeError(
      `${short} short directions of ${dimension} were asked for; give a whole number from 1 to the dimension, ${dimension}.`,
    );
  }
  if (!(halfWidth >= 0 && halfWidth < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Wedges of half width ${halfWidth} were asked for; give a number from 0.`);
  }
  if (kind === "all-tuples") {
    if (wedges !== undefined) {
      throw new RangeError(`All tuples are all wedges there are; leave their number, ${wedges}, out.`);
    }
    if (turned && dimension > MOST_TURNED) {
      throw new RangeError(
        `All tuples of a rotation in ${dimension} dimensions were asked for; give at most ${MOST_TURNED}, or leave the rotation out.`,
      );
    }
    return;
  }
  if (wedges === undefined || !Number.isInteger(wedges) || wedges < 1) {
    throw new RangeError(`${wedges ?? "No"} wedges were asked for; give their number, from 1.`);
  }
  if (turned)
    throw new RangeError(`Only all tuples can be turned; take the kind rotated instead of ${kind}.`);
}
