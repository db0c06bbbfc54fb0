import type { Metric } from "./metric.ts";

/** Mean [d] and sums of squared deviations, [d] or [d, d], of positions one by one (Welford 1962). */
export interface RunningMoments {
  readonly kind: Metric["kind"];
  readonly count: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

export function noMoments(kind: Metric["kind"], dimension: number): RunningMoments {
  const size = kind === "dense" ? dimension * dimension : dimension;
  return { kind, count: 0, mean: new Float64Array(dimension), squares: new Float64Array(size) };
}

export function addPosition(moments: RunningMoments, position: Float64Array): RunningMoments {
  const { kind } = moments;
  const d = position.length;
  const count = moments.count + 1;
  const mean = moments.mean.slice();
  const squares = moments.squares.slice();
  const before = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    before[i] = position[i] - mean[i];
    mean[i] += before[i] / count;
  }
  if (kind === "diagonal") {
    for (let i = 0; i < d; i++) squares[i] += before[i] * (position[i] - mean[i]);
  } else {
    // The product of the deviations from the new and the old mean is symmetric: their ratio is (count − 1)/count.
    const share = (count - 1) / count;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) squares[i * d + j] += share * before[i] * before[j];
    }
  }
  return { kind, count, mean, squares };
}

/**
 * The sample covariance, shrunk towards 10⁻³ times the identity as if five more positions had shown that (Stan,
 * `var_adaptation` and `covar_adaptation`), [d] or [d, d]. Needs two positions.
 */
export function regularisedCovariance({ kind, count, mean, squares }: RunningMoments): Float64Array {
  const d = mean.length;
  const scale = count / (count + 5) / (count - 1);
  const added = (1e-3 * 5) / (count + 5);
  const covariance = squares.map((sum) => sum * scale);
  for (let i = 0; i < d; i++) covariance[kind === "dense" ? i * (d + 1) : i] += added;
  return covariance;
}
