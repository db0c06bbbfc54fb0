import { type MeanInterval, meanInterval } from "../../geometry/index.ts";
import { powerLaw } from "./regression.ts";
import type { Line, Spreading } from "./spreading-node.ts";

/** Steps between two bounds, both included. */
export type Window = readonly [from: number, to: number];

/**
 * The exponent of a logged quantity in the number of steps. Its interval is over the starts, which are independent: the
 * lines of one training are not.
 */
export function exponentOf({ histories }: Spreading, name: string, [from, to]: Window): MeanInterval {
  return meanInterval(histories.map((history) => ownExponent(history, name, [from, to])));
}

function ownExponent(history: readonly Line[], name: string, [from, to]: Window): number {
  const lines = history.filter(({ step }) => step >= from && step <= to);
  return powerLaw(
    lines.map(({ step }) => step),
    lines.map((line) => line[name]),
  ).slope;
}

/** As texts show it: the mean, and the interval in brackets. */
export const shownInterval = ({ mean, interval: [low, high] }: MeanInterval, digits = 2): string =>
  `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** Whether an exponent is that of a diffusion, ½, give or take a tenth. */
export const isDiffusive = (exponent: number): boolean => Math.abs(exponent - 0.5) <= 0.1;
