import type { Line } from "./spreading-node.ts";

/** How far the loss of an example may lie above its late level at the end of the first phase, in nats. */
const NEAR = 0.5;

const median = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

/** Median of the losses of the lines between two steps: single positions can have a large loss. */
export const levelOf = (history: readonly Line[], from: number, to: number): number =>
  median(history.filter(({ step }) => step > from && step <= to).map(({ loss }) => loss));

/**
 * The step at which the first phase ends, in which the loss falls: the first logged one whose loss is within half a nat of
 * the level of the second half of the training. For a Gaussian likelihood the mean squared error then exceeds its level by
 * less than σ².
 */
export function changePoint(history: readonly Line[]): number {
  const { step: steps } = history[history.length - 1];
  const late = levelOf(history, steps / 2, steps);
  return history.find(({ loss }) => loss - late <= NEAR)!.step;
}

/** Pearson's correlation. */
export function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const product = (u: readonly number[], mu: number, v: readonly number[], mv: number) =>
    u.reduce((sum, x, i) => sum + (x - mu) * (v[i] - mv), 0);
  return product(xs, mx, ys, my) / Math.sqrt(product(xs, mx, xs, mx) * product(ys, my, ys, my));
}

/** Differences of the logarithms from each value to the next: without the trend that makes all grown things correlate. */
export const logChanges = (values: readonly number[]): number[] =>
  values.slice(1).map((value, i) => Math.log(value / values[i]));
