import quantile from "@stdlib/stats-base-dists-t-quantile";

/** Least squares of a straight line. */
export interface Line {
  slope: number;
  /** Of the slope, for points that are independent of each other, with so many degrees of freedom. */
  standardError: number;
  freedom: number;
  intercept: number;
  /** Share of the variance that the line explains, R². */
  explained: number;
}

/** The line through points (ln x, ln y), whose slope is the exponent of a power law. */
export function powerLaw(xs: readonly number[], ys: readonly number[]): Line {
  const [u, v] = [xs, ys].map((values) => values.map(Math.log));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mu, mv] = [mean(u), mean(v)];
  let [uu, uv, vv] = [0, 0, 0];
  u.forEach((x, i) => {
    uu += (x - mu) ** 2;
    uv += (x - mu) * (v[i] - mv);
    vv += (v[i] - mv) ** 2;
  });
  const slope = uv / uu;
  const freedom = u.length - 2;
  return {
    slope,
    standardError: Math.sqrt(Math.max(0, vv - slope * uv) / freedom / uu),
    freedom,
    intercept: mv - slope * mu,
    explained: Math.min(1, uv ** 2 / (uu * vv)),
  };
}

/** The 95 % interval of a slope, by Student's t. */
export function slopeInterval({ slope, standardError, freedom }: Line): [low: number, high: number] {
  const half = quantile(0.975, freedom) * standardError;
  return [slope - half, slope + half];
}
