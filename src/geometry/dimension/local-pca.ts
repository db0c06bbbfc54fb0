import { principalAxes } from "./covariance.ts";
import { nearestNeighbours } from "./neighbours.ts";
import { checkPoints, type DimensionEstimate, mean, type Points, subset } from "./points.ts";

/** How the dimension is read off the variances l₁ ≥ l₂ ≥ … along the principal axes. */
export type VarianceRule = "FO" | "Fan" | "maxgap" | "ratio" | "participation" | "Kaiser" | "broken-stick";

export interface LocalPCAOptions {
  /** Default "FO"; see `dimensionOfVariances`. */
  rule?: VarianceRule;
  /** Neighbours of each point: PCA of each neighbourhood (with the point), averaged. Without it, PCA of all points. */
  k?: number;
  /** Of the rule "FO"; default 0.05. */
  alphaFO?: number;
  /** Of the rule "ratio"; default 0.95. */
  alphaRatio?: number;
  /** Of the rule "Fan"; defaults 10, 0.8 and 0.95. */
  alphaFan?: number;
  betaFan?: number;
  shareFan?: number;
}

/**
 * Dimension by principal component analysis, of all points or of the neighbourhood of each (lPCA in scikit-dimension).
 *
 * @throws RangeError where the points, or a point and all its neighbours, coincide
 */
export function localPCA(points: Points, options: LocalPCAOptions = {}): DimensionEstimate {
  const n = checkPoints(points, 2);
  const { k } = options;
  if (k === undefined) {
    return { estimate: dimensionOfVariances(principalAxes(points).variances, options) };
  }
  const { indices } = nearestNeighbours(points, k);
  const perPoint = new Float64Array(n).map((_, i) => {
    const neighbourhood = subset(points, [i, ...indices.subarray(i * k, (i + 1) * k)]);
    return dimensionOfVariances(principalAxes(neighbourhood).variances, options);
  });
  return { estimate: mean(perPoint), perPoint };
}

/**
 * The dimension by one of these rules:
 *
 * - "FO" (Fukunaga & Olsen 1971): how many variances exceed `alphaFO` l₁.
 * - "Fan" (Fan et al. 2010): the leading variances that hold more than `shareFan` of the total are signal, the mean of
 *   the rest is noise and is subtracted; then the first axis before a gap lᵢ/lᵢ₊₁ above `alphaFan`, or with which the
 *   axes hold more than `betaFan`.
 * - "maxgap": the axis before the largest gap lᵢ/lᵢ₊₁; never all axes, unless there is one.
 * - "ratio": the fewest axes that hold `alphaRatio` of the total. (The 0.05 of scikit-dimension would always give 1.)
 * - "participation": (Σ l)² / Σ l², a real number.
 * - "Kaiser": how many variances exceed their mean.
 * - "broken-stick" (Jackson 1993): how many leading variances exceed the expected pieces of a randomly broken stick.
 *
 * The last two and "maxgap" compare with directions in which nothing happens, which an embedding of a Gram matrix leaves
 * out: they need points with more coordinates than dimensions.
 */
export function dimensionOfVariances(
  variances: Float64Array,
  options: Omit<LocalPCAOptions, "k"> = {},
): number {
  const {
    rule = "FO",
    alphaFO = 0.05,
    alphaRatio = 0.95,
    alphaFan = 10,
    betaFan = 0.8,
    shareFan = 0.95,
  } = options;
  const total = sum(variances);
  if (!(total > 0)) {
    throw new RangeError(
      "The points, or a point and all its neighbours, coincide; leave out repeated points.",
    );
  }
  switch (rule) {
    case "FO":
      return variances.filter((l) => l > alphaFO * variances[0]).length;
    case "Fan":
      return fan(variances, alphaFan, betaFan, shareFan);
    case "maxgap":
      return largestGap(variances);
    case "ratio":
      return axesHolding(variances, (share) => share >= alphaRatio);
    case "participation":
      return total ** 2 / sum(variances.map((l) => l * l));
    case "Kaiser":
      return variances.filter((l) => l > total / variances.length).length;
    case "broken-stick":
      return brokenStick(variances, total);
    default:
      throw new RangeError(
        `The rule ${rule satisfies never} is unknown; give FO, Fan, maxgap, ratio, participation, Kaiser or broken-stick.`,
      );
  }
}

function fan(variances: Float64Array, alpha: number, beta: number, share: number): number {
  const signal = axesHolding(variances, (held) => held > share);
  const rest = variances.subarray(signal);
  const noise = rest.length > 0 ? sum(rest) / rest.length : 0;
  const cleaned = variances.map((l) => Math.max(0, l - noise));
  const gap = cleaned.findIndex((l, i) => i + 1 < cleaned.length && l > alpha * cleaned[i + 1]);
  const enough = axesHolding(cleaned, (held) => held > beta);
  return gap === -1 ? enough : Math.min(gap + 1, enough);
}

function largestGap(variances: Float64Array): number {
  let [best, largest] = [1, 0];
  for (let i = 0; i + 1 < variances.length && variances[i] > 0; i++) {
    const gap = variances[i] / variances[i + 1];
    if (gap > largest) [best, largest] = [i + 1, gap];
  }
  return best;
}

/** The fewest leading axes whose share of the total is enough. */
function axesHolding(variances: Float64Array, enough: (share: number) => boolean): number {
  const total = sum(variances);
  let held = 0;
  const last = variances.findIndex((l) => {
    held += l;
    return enough(held / total);
  });
  // The share of all axes is 1, but perhaps not to the last bit.
  return last === -1 ? variances.length : last + 1;
}

function brokenStick(variances: Float64Array, total: number): number {
  const r = variances.length;
  let piece = 0;
  for (let i = 1; i <= r; i++) piece += 1 / i / r;
  let count = 0;
  for (; count < r && variances[count] / total > piece; count++) piece -= 1 / (count + 1) / r;
  return count;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
