import { type Gram, inner, norm } from "../gram.ts";

/** Below this fraction of its length, what is left of a vector is rounding. */
const ROUNDING = 1e-6;

/** Orthonormal axes in a span, and where points are among them. */
export interface AxisFrame {
  /** Coefficients of each axis over the anchors. */
  axes: Float64Array[];
  /** Coordinates of the point with coefficients c along the axes, and how far it is from their span. */
  coordinates(c: ArrayLike<number>): { at: number[]; off: number };
}

/**
 * Axes through the origin along vectors, made orthonormal one after the other (Gram-Schmidt).
 *
 * @param gram inner products of the anchors themselves, not of differences
 * @param vectors coefficients of each
 * @throws RangeError where they are linearly dependent, to 1e-6 of their lengths
 */
export function axisFrame(gram: Gram, vectors: readonly ArrayLike<number>[]): AxisFrame {
  const axes: Float64Array[] = [];
  for (const [k, vector] of vectors.entries()) {
    let axis = Float64Array.from(vector);
    const whole = norm(gram, axis);
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of axes) {
        const along = inner(gram, axis, earlier);
        axis = axis.map((x, i) => x - along * earlier[i]);
      }
    }
    const left = norm(gram, axis);
    if (!(left > ROUNDING * whole)) {
      throw new RangeError(
        `Vector ${k + 1} of ${vectors.length} is ${whole > 0 ? "a combination of those before it" : "zero"}; give vectors that are linearly independent.`,
      );
    }
    axes.push(axis.map((x) => x / left));
  }
  return {
    axes,
    coordinates(c) {
      const at = axes.map((axis) => inner(gram, c, axis));
      const rest = Float64Array.from(
        c,
        (x, i) => x - axes.reduce((sum, axis, k) => sum + at[k] * axis[i], 0),
      );
      return { at, off: norm(gram, rest) };
    },
  };
}

/**
 * Coefficients of points given by their coordinates along axes, scaled.
 *
 * @param nodes [points, axes], row-major
 * @returns [points, anchors], row-major
 */
export function alongAxes({ axes }: AxisFrame, nodes: ArrayLike<number>, scale = 1): Float64Array {
  const k = axes.length;
  const m = axes[0].length;
  const c = new Float64Array((nodes.length / k) * m);
  for (let p = 0; p < nodes.length / k; p++) {
    for (let i = 0; i < m; i++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += nodes[p * k + j] * axes[j][i];
      c[p * m + i] = scale * sum;
    }
  }
  return c;
}
