import { allocateVector, axpy, combine, dot, type Rng, releaseVector } from "../../engine/index.ts";
import type { ShortSpace } from "../../landscape/index.ts";

/**
 * Directions of a probe. `random`: uniform on the sphere. `orthogonal`: the same, at right angles to θ, so that the radius
 * hardly changes. `radial`: that of θ itself. `long`, `short`: random ones along a wedge, and across it.
 */
export const DIRECTION_KINDS = ["random", "orthogonal", "radial", "long", "short"] as const;
export type DirectionKind = (typeof DIRECTION_KINDS)[number];

/**
 * Directions of length 1 from θ, in the vector memory; give them back with `releaseVector`.
 *
 * @param count how many; there is one radial direction only
 * @param shortSpace of the wedge nearest to θ, for directions along it and across it
 * @throws RangeError where there is no such direction
 */
export function probeDirections(
  kind: DirectionKind,
  count: number,
  theta: Float32Array,
  rng: Rng,
  shortSpace?: ShortSpace,
): Float32Array[] {
  const D = theta.length;
  const radius2 = dot(theta, theta);
  if ((kind === "radial" || kind === "orthogonal") && !(radius2 > 0)) {
    throw new RangeError(`θ is 0 and has no ${kind} directions; probe it along random ones.`);
  }
  if ((kind === "long" || kind === "short") && !shortSpace) {
    throw new RangeError(
      `Directions ${kind === "long" ? "along" : "across"} a wedge need a landscape of wedges.`,
    );
  }
  if (kind === "radial") {
    const direction = allocateVector(D);
    combine(direction, [theta], [1 / Math.sqrt(radius2)]);
    return [direction];
  }
  const part = allocateVector(D);
  try {
    return Array.from({ length: count }, (_, i) => {
      const direction = allocateVector(D);
      direction.set(rng.split(kind).foldIn(i).normal(D));
      // Twice, so that the rounding of the first pass is taken out, too.
      for (let pass = 0; pass < 2; pass++) {
        if (kind === "orthogonal") axpy(direction, -dot(direction, theta) / radius2, theta);
        else if (kind === "long")
          shortSpace!.addCombination(direction, shortSpace!.coordinates(direction), -1);
        else if (kind === "short") {
          part.fill(0);
          shortSpace!.addCombination(part, shortSpace!.coordinates(direction), 1);
          direction.set(part);
        }
      }
      const length = Math.sqrt(dot(direction, direction));
      if (!(length > 0)) {
        throw new RangeError(`There are no ${kind} directions among ${D}; choose another kind.`);
      }
      combine(direction, [direction], [1 / length]);
      return direction;
    });
  } finally {
    releaseVector(part);
  }
}
