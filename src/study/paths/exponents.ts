import { type MeanInterval, meanInterval } from "../../geometry/index.ts";
import { powerLaw } from "./regression.ts";
import type { Line, Spreading } from "./spreading-node.ts";

/** The exponent of a logged quantity in the number of steps, over some lines of one training. */
export const ownExponent = (lines: readonly Line[], name: string): number =>
  powerLaw(
    lines.map(({ step }) => step),
    lines.map((line) => line[name]),
  ).slope;

/**
 * The same from a step on, for all starts. The interval is over them, since they are independent, and the lines of one
 * training are not.
 */
export const exponentOf = ({ histories }: Spreading, name: string, from: number): MeanInterval =>
  meanInterval(
    histories.map((history) =>
      ownExponent(
        history.filter(({ step }) => step >= from),
        name,
      ),
    ),
  );

/** A mean and its interval. */
export type Interval = Pick<MeanInterval, "mean" | "interval">;

/** As texts show it: the mean, and the interval in brackets. */
export const shownInterval = ({ mean, interval: [low, high] }: Interval, digits = 2): string =>
  `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** Whether an exponent is that of a diffusion, ½, give or take a tenth. */
export const isDiffusive = (exponent: number): boolean => Math.abs(exponent - 0.5) <= 0.1;
