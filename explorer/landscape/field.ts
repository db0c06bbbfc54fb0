/** Values at the nodes of an evenly spaced grid, row-major: value (xs[ix], ys[iy]) at iy · nx + ix. */
export interface GridField {
  xs: readonly number[];
  ys: readonly number[];
  values: Float64Array;
}

/** The value at (x, y) by bilinear interpolation; NaN outside. */
export function valueAt({ xs, ys, values }: GridField, x: number, y: number): number {
  const nx = xs.length;
  const u = ((x - xs[0]) / (xs[nx - 1] - xs[0])) * (nx - 1);
  const v = ((y - ys[0]) / (ys[ys.length - 1] - ys[0])) * (ys.length - 1);
  if (!(u >= 0 && v >= 0 && u <= nx - 1 && v <= ys.length - 1)) return Number.NaN;
  const ix = Math.min(Math.floor(u), nx - 2);
  const iy = Math.min(Math.floor(v), ys.length - 2);
  const at = iy * nx + ix;
  const [fx, fy] = [u - ix, v - iy];
  const below = values[at] + fx * (values[at + 1] - values[at]);
  const above = values[at + nx] + fx * (values[at + nx + 1] - values[at + nx]);
  return below + fy * (above - below);
}

/** How values become heights and colours. */
export type FieldScale = "linear" | "log" | "clipped";

/** How far above the limit of a clipped scale values are told apart, in its range. */
const BEYOND = 3;

/** A map from values to [0, 1], and back for the legend. */
export interface Scaling {
  (value: number): number;
  /** The same, but above 1 where a clipped scale has ended: between such nodes and others the edge can be found. */
  open(value: number): number;
  low: number;
  high: number;
  inverse(position: number): number;
}

/**
 * `linear` goes from the smallest value to the largest, `log` does so in logarithms of the distance to just below the smallest,
 * `clipped` is linear up to a limit above which all is alike.
 */
export function scalingOf(values: Float64Array, scale: FieldScale, limit: number | null): Scaling {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (scale === "clipped" && limit !== null) high = Math.min(high, limit);
  const range = high > low ? high - low : 1;
  const clamp = (position: number, top = 1) =>
    Number.isNaN(position) ? top : Math.min(top, Math.max(0, position));
  if (scale !== "log") {
    const linear = (value: number) => clamp((value - low) / range);
    const open = (value: number) => clamp((value - low) / range, scale === "clipped" ? BEYOND : 1);
    return Object.assign(linear, { open, low, high, inverse: (p: number) => low + p * range });
  }
  // A hundredth of the range below the minimum is the start of the logarithm.
  const base = 0.01 * range;
  const span = Math.log((range + base) / base);
  const logarithmic = (value: number) => clamp(Math.log((value - low + base) / base) / span);
  return Object.assign(logarithmic, {
    open: logarithmic,
    low,
    high,
    inverse: (p: number) => low - base + base * Math.exp(p * span),
  });
}
