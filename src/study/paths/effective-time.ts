import { type MeanInterval, meanInterval } from "../../geometry/index.ts";
import { type Collapse, type Curve, collapse } from "./collapse.ts";
import { powerLaw } from "./regression.ts";
import type { Line, Spreading, SpreadingSetting } from "./spreading-node.ts";

/** The two readings of the σ of figure 2: it is not said which is meant. */
export const READINGS = {
  likelihood: { name: "standard deviation of the likelihood", of: (s: SpreadingSetting) => s.sigma },
  initialisation: { name: "factor of the initialisation", of: (s: SpreadingSetting) => s.initScale },
} as const;
export type Reading = keyof typeof READINGS;

/** What the "effective time constant" of figure 2 may be, from the lines of a training; its formula is not known. */
export const CANDIDATES: {
  name: string;
  times: (setting: SpreadingSetting, sigma: number, history: readonly Line[]) => number[];
}[] = [
  { name: "n", times: (_setting, _sigma, history) => history.map(({ step }) => step) },
  { name: "η n", times: ({ rate }, _, history) => history.map(({ step }) => rate * step) },
  { name: "η² n", times: ({ rate }, _, history) => history.map(({ step }) => rate ** 2 * step) },
  {
    name: "η n / σ²",
    times: ({ rate }, sigma, history) => history.map(({ step }) => (rate * step) / sigma ** 2),
  },
  { name: "η² n v", times: ({ rate }, _, history) => noiseSums(history).map((sum) => rate ** 2 * sum) },
];

/** Σ v over the steps, v being the variance of the gradient: from the lines before which it was measured. */
function noiseSums(history: readonly Line[]): number[] {
  let [sum, before] = [0, 0];
  return history.map(({ step, gradientVariance }) => {
    sum += gradientVariance * (step - before);
    before = step;
    return sum;
  });
}

/** How well a quantity of several settings falls together in a time, and as which power of it. */
export interface Measured extends Collapse {
  candidate: string;
  /** Exponent of the common law of each start; the interval is over the starts. */
  exponent: MeanInterval;
}

/** Measures the collapse of a quantity in each candidate of the time, from a step on. */
export function candidatesOf(
  paths: readonly Spreading[],
  reading: Reading,
  quantity: string,
  from: number,
): Measured[] {
  return CANDIDATES.map(({ name, times }) => {
    const byStart = paths[0].histories.map((_, r) =>
      paths.map(({ setting, histories }): Curve => {
        const late = (_: unknown, i: number) => histories[r][i].step >= from;
        const time = times(setting, READINGS[reading].of(setting), histories[r]).filter(late);
        return { time, values: histories[r].map((line) => line[quantity]).filter(late) };
      }),
    );
    const own = byStart.map(
      (curves) =>
        powerLaw(
          curves.flatMap(({ time }) => time),
          curves.flatMap(({ values }) => values),
        ).slope,
    );
    const pooled = paths.map((_, i) => ({
      time: byStart.flatMap((curves) => curves[i].time),
      values: byStart.flatMap((curves) => curves[i].values),
    }));
    return { candidate: name, ...collapse(pooled), exponent: meanInterval(own) };
  });
}

/** The candidate that explains most of those in which the quantity grows, if there are any. */
export function bestOf(measured: readonly Measured[]): Measured {
  const growing = measured.filter(({ slope }) => slope > 0);
  const eligible = growing.length > 0 ? growing : measured;
  return eligible.reduce((best, one) => (one.explained > best.explained ? one : best));
}
