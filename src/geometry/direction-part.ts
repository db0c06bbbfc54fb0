import { allocateVector, combine, dot, releaseVector } from "../engine/index.ts";

/** Which part of a direction is kept: all, that in the flat hull of some points, or that at right angles to it. */
export type DirectionPart = "full" | "inside" | "orthogonal";

/** Of a difference, what is left below this share when the earlier ones are taken out is rounding of float32. */
const ROUNDING = 1e-5;

/**
 * Orthonormal vectors that span the differences of some points: the directions inside their flat hull, one fewer than
 * there are points, or less where they depend on each other. In the vector memory: give them back with `releaseVector`.
 *
 * @param points of length D, in the vector memory
 */
export function orthonormalDifferences(points: readonly Float32Array[]): Float32Array[] {
  const frame: Float32Array[] = [];
  for (const point of points.slice(1)) {
    const difference = allocateVector(point.length);
    combine(difference, [point, points[0]], [1, -1]);
    const whole = Math.sqrt(dot(difference, difference));
    removeParts(difference, frame);
    const rest = Math.sqrt(dot(difference, difference));
    if (rest > ROUNDING * whole) {
      const unit = allocateVector(point.length);
      combine(unit, [difference], [1 / rest]);
      frame.push(unit);
    }
    releaseVector(difference);
  }
  return frame;
}

/**
 * Keeps the part of a direction inside the span of orthonormal vectors, or the part at right angles to them, in place,
 * and scales it back to the length that the direction had: so parts can be compared at the same distance. (Of a
 * random direction in D dimensions only a share of √(q / D) of the length lies in q of them.)
 *
 * @param direction of length D, in the vector memory
 * @param frame q orthonormal vectors, of `orthonormalDifferences`
 * @throws where nothing is left: there are no vectors to lie in, or the direction lies in the other part
 */
export function keepPart(direction: Float32Array, frame: readonly Float32Array[], part: DirectionPart): void {
  if (part === "full") return;
  const whole = Math.sqrt(dot(direction, direction));
  if (part === "orthogonal") removeParts(direction, frame);
  else if (frame.length > 0) {
    const along = frame.map((unit) => dot(direction, unit));
    combine(direction, frame, along);
  } else direction.fill(0);
  const kept = Math.sqrt(dot(direction, direction));
  if (!(kept > 0)) {
    throw new RangeError(
      `Nothing of the direction is ${part === "inside" ? "inside the subspace" : "orthogonal to the subspace"}; choose another part.`,
    );
  }
  const factor = whole / kept;
  for (let d = 0; d < direction.length; d++) direction[d] *= factor;
}

/** Takes the parts along orthonormal vectors out, in place; twice, to take out the rounding of the first pass too. */
function removeParts(direction: Float32Array, frame: readonly Float32Array[]): void {
  if (frame.length === 0) return;
  const copy = allocateVector(direction.length);
  for (let pass = 0; pass < 2; pass++) {
    copy.set(direction);
    const along = frame.map((unit) => -dot(copy, unit));
    combine(direction, [copy, ...frame], [1, ...along]);
  }
  releaseVector(copy);
}
