/** Least squares of a straight line. */
export interface Line {
  slope: number;
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
  return { slope, intercept: mv - slope * mu, explained: uv ** 2 / (uu * vv) };
}
