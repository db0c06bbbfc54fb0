import { principalAxes } from "./covariance.ts";
import { checkPoints, type DimensionEstimate, type Points } from "./points.ts";

export interface FisherSeparabilityOptions {
  /** Principal axes with less than 1/condition of the largest variance are left out; default 10. */
  condition?: number;
}

/** The margins α that are tried: 0.60, 0.62, …, 0.98. */
const MARGINS = Float64Array.from({ length: 20 }, (_, i) => 0.6 + 0.02 * i);
/** Of the largest margin at which some pair is not separable, this share is the margin of the estimate. */
const REFERENCE = 0.9;

/**
 * FisherS (Albergante, Bac & Zinovyev 2019): the points are centred, whitened on their main principal axes and projected
 * onto the unit sphere; p(α) is the share of pairs with ⟨x, y⟩ > α, which for a uniform distribution on the unit sphere
 * in n dimensions is p = (1 − α²)^((n−1)/2) / (α √(2πn)). Solved for n with the Lambert function, at the margin nearest
 * 0.9 of the largest with p > 0. It measures what the data fill: n for a ball, but also n for the sphere around it.
 *
 * @throws RangeError where no pair of points is closer than the smallest margin, or all points coincide
 */
export function fisherSeparability(
  points: Points,
  options: FisherSeparabilityOptions = {},
): DimensionEstimate {
  const { condition = 10 } = options;
  if (!(condition >= 1)) throw new RangeError(`The condition number is ${condition}; give a number from 1.`);
  const n = checkPoints(points, 2);
  const { points: directions, dimension } = whitenedDirections(points, condition);
  const inseparable = pairsAbove(directions, dimension).map((pairs) => (2 * pairs) / n ** 2);
  const last = inseparable.findLastIndex((p) => p > 0);
  if (last === -1) {
    throw new RangeError(
      `No two of the ${n} points are within an angle of ${Math.round((Math.acos(MARGINS[0]) * 180) / Math.PI)}° of each other; give more points.`,
    );
  }
  const reference = REFERENCE * MARGINS[last];
  let nearest = 0;
  for (let i = 1; i <= last; i++) {
    if (Math.abs(MARGINS[i] - reference) < Math.abs(MARGINS[nearest] - reference)) nearest = i;
  }
  const [margin, p] = [MARGINS[nearest], inseparable[nearest]];
  return {
    estimate: sphereDimension(margin, p),
    details: { margin, inseparable: p, axes: dimension },
  };
}

/** n of p = (1 − α²)^((n−1)/2) / (α √(2πn)): W(−ln(1−α²) / (2π p² α² (1−α²))) / −ln(1−α²) */
export function sphereDimension(margin: number, inseparable: number): number {
  const square = margin ** 2;
  const log = -Math.log1p(-square);
  return lambertW(log / (2 * Math.PI * inseparable ** 2 * square * (1 - square))) / log;
}

/** Unit vectors from the mean to the points, in units of the standard deviation along each main axis. */
function whitenedDirections({ dimension: r, points: x }: Points, condition: number): Points {
  const n = x.length / r;
  const { mean, variances, axes } = principalAxes({ dimension: r, points: x });
  if (!(variances[0] > 0))
    throw new RangeError(`All ${n} points coincide; they have no dimension to measure.`);
  const kept = variances.filter((variance) => variance >= variances[0] / condition).length;
  const directions = new Float64Array(n * kept);
  for (let i = 0; i < n; i++) {
    let squared = 0;
    for (let axis = 0; axis < kept; axis++) {
      let along = 0;
      for (let d = 0; d < r; d++) along += (x[i * r + d] - mean[d]) * axes[axis * r + d];
      along /= Math.sqrt(variances[axis]);
      directions[i * kept + axis] = along;
      squared += along * along;
    }
    // A point at the mean has no direction and stays zero: separable from all others.
    const scale = squared > 0 ? 1 / Math.sqrt(squared) : 0;
    for (let axis = 0; axis < kept; axis++) directions[i * kept + axis] *= scale;
  }
  return { dimension: kept, points: directions };
}

/** For each margin the number of pairs of unit vectors with a larger cosine. */
function pairsAbove(x: Float64Array, r: number): Float64Array {
  const n = x.length / r;
  // counts[m]: pairs above exactly m margins.
  const counts = new Float64Array(MARGINS.length + 1);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      let cos = 0;
      for (let d = 0; d < r; d++) cos += x[i * r + d] * x[j * r + d];
      let margins = 0;
      while (margins < MARGINS.length && cos > MARGINS[margins]) margins++;
      counts[margins]++;
    }
  }
  const above = new Float64Array(MARGINS.length);
  for (let m = MARGINS.length - 1, sum = 0; m >= 0; m--) above[m] = sum += counts[m + 1];
  return above;
}

/** W with W exp(W) = x, for x > 0: Newton's iteration on W + ln W = ln x, which also serves for x that overflow exp. */
function lambertW(x: number): number {
  const log = Math.log(x);
  let w = x < Math.E ? x / (1 + x) : log;
  for (let step = 0; step < 20; step++) w = (w * (1 + log - Math.log(w))) / (1 + w);
  return w;
}
